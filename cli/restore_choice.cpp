#include "cli/restore_choice.hpp"

#include "cli/option_group.hpp"

namespace pgark::cli {

void add_restore_choice(CLI::App& command, RestoreChoice& choice, const std::string& group_name) {
  OptionGroup group(command, group_name);
  group.flag("-c,--clean", choice.restore.clean, "drop the archive's objects from the target first");
  group.flag("-C,--create", choice.restore.create,
             "create the database named in the archive, restore into it");
}

restore::RestoreOptions restore_options(const RestoreChoice& choice) {
  restore::RestoreOptions result = choice.restore;
  result.include_schemas = choice.selection.include_schemas;
  result.exclude_schemas = choice.selection.exclude_schemas;
  result.include_tables = choice.selection.include_tables;
  result.exclude_tables = choice.selection.exclude_tables;
  static_cast<ContentChoice&>(result) = value_or_throw(content_choice(choice.selection));
  return result;
}

}  // namespace pgark::cli
