#include "cli/selection_options.hpp"

#include <algorithm>
#include <string_view>

#include "cli/option_group.hpp"

namespace pgark::cli {
namespace {

void add_patterns(CLI::App& command, SelectionOptions& options, const std::string& verb) {
  OptionGroup group(command, kSelectionGroup);
  group.list("-n,--schema", options.include_schemas, "PATTERN",
             verb + " only matching schemas (may be repeated)");
  group.list("-N,--exclude-schema", options.exclude_schemas, "PATTERN", "leave matching schemas out");
  group.list("-t,--table", options.include_tables, "PATTERN",
             verb + " only matching tables, views and sequences");
  group.list("-T,--exclude-table", options.exclude_tables, "PATTERN", "leave matching tables out");
}

void add_parts(CLI::App& command, SelectionOptions& options, const std::string& verb) {
  OptionGroup group(command, kPartsGroup);
  group.flag("-s,--schema-only", options.schema_only, verb + " no rows");
  group.flag("-a,--data-only", options.data_only, verb + " only rows and sequence values");
  group.flag("--no-schema", options.no_schema, "no definitions");
  group.flag("--no-data", options.no_data, "no rows and sequence values");
  group.list("--section", options.sections, "SECTION", "only pre-data, data or post-data (may be repeated)")
      ->check(CLI::IsMember({"pre-data", "data", "post-data"}));
}

void add_left_out(CLI::App& command, SelectionOptions& options) {
  OptionGroup group(command, kLeaveOutGroup);
  group.flag("-O,--no-owner", options.no_owner, "no ownership: everything belongs to the restoring role");
  group.flag("-x,--no-privileges,--no-acl", options.no_privileges, "no GRANT and REVOKE");
  group.flag("--no-comments", options.no_comments, "no comments");
  group.flag("--no-security-labels", options.no_security_labels, "no security labels");
  group.flag("--no-statistics", options.no_statistics, "no optimizer statistics");
  group.flag("--no-policies", options.no_policies, "no row-level security");
  group.flag("--no-publications", options.no_publications, "no publications");
  group.flag("--no-subscriptions", options.no_subscriptions, "no subscriptions");
  group.flag("--no-tablespaces", options.no_tablespaces, "everything goes into the default tablespace");
  group.flag("--no-table-access-method", options.no_table_access_method,
             "tables get the default access method");
}

}  // namespace

void add_name_options(CLI::App& command, SelectionOptions& options) {
  OptionGroup group(command, kSelectionGroup);
  group.list("--filter", options.filters, "FILE",
             "read rules \"include|exclude KIND PATTERN\" from a file; - is standard input");
  group.flag("--strict-names", options.strict_names, "each pattern that includes must match something");
}

void add_selection_options(CLI::App& command, SelectionOptions& options, const std::string& verb) {
  add_patterns(command, options, verb);
  add_parts(command, options, verb);
  add_left_out(command, options);
}

Result<ContentChoice> content_choice(const SelectionOptions& options) {
  ContentChoice choice = options;
  if (!options.sections.empty()) {
    const auto wants = [&](std::string_view name) {
      return std::find(options.sections.begin(), options.sections.end(), name) != options.sections.end();
    };
    choice.section_pre_data = wants("pre-data");
    choice.section_data = wants("data");
    choice.section_post_data = wants("post-data");
  }
  if (auto checked = check_content(choice); !checked) return tl::unexpected<Error>(checked.error());
  return choice;
}

}  // namespace pgark::cli
