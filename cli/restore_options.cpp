#include "cli/restore_options.hpp"

#include "cli/option_group.hpp"

namespace pgark::cli {
namespace {

// The list that a rule's pattern goes into; nullptr when there is none.
std::vector<std::string>* list_of(const FilterRule& rule, RestoreChoice& choice) {
  const auto either = [&rule](std::vector<std::string>* include, std::vector<std::string>* exclude) {
    return rule.include ? include : exclude;
  };
  SelectionOptions& shared = choice.selection;
  switch (rule.kind) {
    case FilterKind::table: return either(&shared.include_tables, &shared.exclude_tables);
    case FilterKind::table_and_children: return either(&choice.restore.include_tables_and_children, nullptr);
    case FilterKind::schema: return either(&shared.include_schemas, &shared.exclude_schemas);
    case FilterKind::function: return either(&choice.restore.include_functions, nullptr);
    case FilterKind::index: return either(&choice.restore.include_indexes, nullptr);
    case FilterKind::trigger: return either(&choice.restore.include_triggers, nullptr);
    default: return nullptr;
  }
}

}  // namespace

void add_entry_options(CLI::App& command, RestoreChoice& choice) {
  OptionGroup group(command, kSelectionGroup);
  group.list("--table-and-children", choice.restore.include_tables_and_children, "PATTERN",
             "as -t, with partitions and tables that inherit from them");
  group.list("-I,--index", choice.restore.include_indexes, "PATTERN", "only matching indexes");
  group.list("-P,--function", choice.restore.include_functions, "PATTERN",
             "only matching functions: name, or name(argument types)");
  group.list("--trigger", choice.restore.include_triggers, "PATTERN", "only matching triggers");
  group.flag("--with-dependencies", choice.restore.with_dependencies,
             "and what the chosen ones need: schemas, types, tables that they refer to with their rows, ...");
  add_name_options(command, choice.selection);
  group.value("-L,--use-list", choice.use_list, "FILE",
              "only the entries of an edited --list, in its order where dependencies allow");
}

void add_live_options(CLI::App& command, RestoreChoice& choice, const std::string& group_name) {
  OptionGroup group(command, group_name);
  restore::RestoreOptions& restore = choice.restore;
  group.flag("-e,--exit-on-error", restore.exit_on_error, "stop at the first statement that fails");
  group.flag("--owner-if-allowed", restore.owner_if_allowed,
             "what the role may not give to its owner stays with the role, and is named");
  group.flag("--append", restore.append, "without definitions: add rows to tables that hold some already");
  group.flag("--resume", restore.resume,
             "go on with a restore that was cut off; with the same archive and options (-j may differ)");
  group
      .value("--transaction-size", restore.transaction_size, "N",
             "commit after every N entries; implies --exit-on-error")
      ->check(CLI::PositiveNumber);
  group.flag("--analyze", restore.analyze, "gather statistics of what was restored, at the end (ANALYZE)");
  group.flag("--no-data-for-failed-tables", choice.always_so,
             "no rows for a table that could not be created: always so, for scripts that say it");
}

Result<> apply_filter(const std::vector<FilterRule>& rules, RestoreChoice& choice) {
  return apply_rules(rules, "a restore", [&choice](const FilterRule& rule) { return list_of(rule, choice); });
}

}  // namespace pgark::cli
