#include "cli/restore_choice.hpp"

#include <algorithm>

namespace pgark::cli {

void add_restore_choice(CLI::App& command, RestoreChoice& choice, const std::string& group) {
  command.add_flag("--clean", choice.restore.clean, "drop the archive's objects from the target first")
      ->group(group);
  command
      .add_flag("--create", choice.restore.create,
                "create the database named in the archive, restore into it")
      ->group(group);
  command.add_option("--section", choice.sections, "only pre-data, data or post-data (may be repeated)")
      ->type_name("SECTION")
      ->allow_extra_args(false)
      ->check(CLI::IsMember({"pre-data", "data", "post-data"}))
      ->group(group);
  command.add_flag("--no-owner", choice.restore.no_owner, "everything belongs to the restoring role")
      ->group(group);
  command.add_flag("--no-privileges", choice.restore.no_privileges, "no GRANT and REVOKE")->group(group);
}

restore::RestoreOptions restore_options(const RestoreChoice& choice) {
  restore::RestoreOptions result = choice.restore;
  result.include_schemas = choice.selection.include_schemas;
  result.exclude_schemas = choice.selection.exclude_schemas;
  result.include_tables = choice.selection.include_tables;
  result.exclude_tables = choice.selection.exclude_tables;
  result.schema_only = choice.selection.schema_only;
  result.data_only = choice.selection.data_only;
  if (!choice.sections.empty()) {
    const auto wants = [&](const char* name) {
      return std::ranges::find(choice.sections, name) != choice.sections.end();
    };
    result.section_pre_data = wants("pre-data");
    result.section_data = wants("data");
    result.section_post_data = wants("post-data");
  }
  return result;
}

}  // namespace pgark::cli
