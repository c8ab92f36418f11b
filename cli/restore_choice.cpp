#include "cli/restore_choice.hpp"

#include <utility>

#include "cli/input_file.hpp"
#include "cli/option_group.hpp"
#include "cli/restore_options.hpp"
#include "restore/toc_list.hpp"

namespace pgark::cli {

namespace {

constexpr std::size_t kListBytesMax = std::size_t{1} << 30;  // a million entries and more

void check(const RestoreChoice& choice) {
  if (choice.if_exists && !choice.restore.clean)
    value_or_throw(Result<>(fail(ErrorCode::usage, "--if-exists needs --clean")));
}

}  // namespace

void add_globals_options(CLI::App& command, bool& globals, bool& no_role_passwords, const std::string& verb) {
  constexpr const char* kGroup = "The cluster";
  auto* all =
      command.add_flag("--globals", globals,
                       verb + " roles, tablespaces and privileges on parameters of the whole cluster too");
  all->group(kGroup);
  command.add_flag("--no-role-passwords", no_role_passwords, "roles without their passwords")
      ->group(kGroup)
      ->needs(all);
}

void add_restore_choice(CLI::App& command, RestoreChoice& choice, const std::string& group_name) {
  OptionGroup group(command, group_name);
  restore::RestoreOptions& restore = choice.restore;
  group.flag("-c,--clean", restore.clean, "drop the archive's objects from the target first");
  group.flag("--if-exists", choice.if_exists, "with --clean, no error for what is not there: always so");
  group.flag("-C,--create", restore.create, "create the database named in the archive, restore into it");
  group.value("--create-as", restore.create_as, "NAME",
              "create the archive's database under this name instead");
  group.flag("-1,--single-transaction", restore.single_transaction,
             "everything in one transaction, or nothing");
  group.flag("--disable-triggers", restore.disable_triggers,
             "without definitions: no triggers and foreign keys while rows are loaded (superuser)");
}

void add_name_changes(CLI::App& command, RestoreChoice& choice) {
  OptionGroup group(command, "Other names");
  group.list("--map-owner", choice.restore.map_owners, "OLD=NEW",
             "role NEW in place of OLD, as owner and wherever privileges, policies, ... name it");
  group.list("--rename-schema", choice.restore.rename_schemas, "OLD=NEW",
             "schema OLD as NEW, beside what is in the target");
  group.list("--rename-table", choice.restore.rename_tables, "[SCHEMA.]OLD=NEW",
             "table, view or sequence OLD as NEW, with its indexes and sequences");
}

void add_target_session(CLI::App& command, RestoreChoice& choice, const std::string& group_name) {
  OptionGroup group(command, group_name);
  group.flag("--enable-row-security", choice.restore.enable_row_security,
             "load rows under row-level security, instead of failing");
  group.value("--role", choice.restore.role, "ROLE", "become this role before restoring (SET ROLE)");
}

restore::RestoreOptions restore_options(RestoreChoice choice) {
  check(choice);
  if (!choice.restore.create_as.empty()) choice.restore.create = true;
  value_or_throw(apply_filter(value_or_throw(read_filters(choice.selection.filters)), choice));
  restore::RestoreOptions result = std::move(choice.restore);
  result.include_schemas = std::move(choice.selection.include_schemas);
  result.exclude_schemas = std::move(choice.selection.exclude_schemas);
  result.include_tables = std::move(choice.selection.include_tables);
  result.exclude_tables = std::move(choice.selection.exclude_tables);
  result.strict_names = choice.selection.strict_names;
  static_cast<ContentChoice&>(result) = value_or_throw(content_choice(choice.selection));
  if (!choice.use_list.empty()) {
    const std::string text = value_or_throw(read_input(choice.use_list, kListBytesMax));
    result.use_list = value_or_throw(restore::parse_toc_list(text, choice.use_list));
  }
  return result;
}

}  // namespace pgark::cli
