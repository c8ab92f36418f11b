#include "cli/backup_options.hpp"

#include <string_view>
#include <utility>

#include "base/duration_text.hpp"
#include "cli/option_group.hpp"

namespace pgark::cli {
namespace {

void add_patterns(CLI::App& command, dumper::Selection& selection) {
  OptionGroup group(command, kSelectionGroup);
  group.list("--table-and-children", selection.include_tables_and_children, "PATTERN",
             "as -t, with the partitions and inheritance children of what matches");
  group.list("--exclude-table-and-children", selection.exclude_tables_and_children, "PATTERN",
             "as -T, with partitions and children");
  group.list("--exclude-table-data", selection.exclude_table_data, "PATTERN",
             "save the definition of matching tables, not their rows");
  group.list("--exclude-table-data-and-children", selection.exclude_table_data_and_children, "PATTERN",
             "the same, with partitions and children");
  group.list("-e,--extension", selection.include_extensions, "PATTERN", "save only matching extensions");
  group.list("--exclude-extension", selection.exclude_extensions, "PATTERN", "leave matching extensions out");
  group.list("--include-foreign-data", selection.include_foreign_data, "PATTERN",
             "also rows of the foreign tables of matching foreign servers");
}

void add_parts(CLI::App& command, BackupChoice& choice) {
  dumper::Selection& selection = choice.selection;
  OptionGroup parts(command, kPartsGroup);
  parts.flag("-b,--large-objects,--blobs", choice.large_objects,
             "large objects also where schemas, tables or extensions are chosen");
  parts.flag("-B,--no-large-objects,--no-blobs", choice.no_large_objects, "no large objects");
  parts.flag("--statistics", selection.statistics, "optimizer statistics, for a target of version 18");
  parts.flag("--sequence-data", selection.sequence_data, "values of sequences also without rows");
  parts.flag("--no-unlogged-table-data", selection.no_unlogged_table_data, "no rows of unlogged tables");
  OptionGroup left_out(command, kLeaveOutGroup);
  left_out.flag("--no-toast-compression", selection.no_toast_compression,
                "columns get the default compression method");
}

void add_session(CLI::App& command, dumper::Selection& selection, dumper::SessionOptions& session) {
  OptionGroup group(command, "How to read");
  group.value("--role", session.role, "ROLE", "become this role before reading (SET ROLE)");
  group.value("-E,--encoding", session.encoding, "ENCODING",
              "encoding of the archive's text (default: the database's own)");
  group.value("--lock-wait-timeout", session.lock_wait_timeout, "TIME",
              "fail when a table cannot be locked within TIME: milliseconds, or 10s, 2min");
  group.value("--snapshot", session.snapshot, "NAME", "read the snapshot that another session exported");
  group.flag("--serializable-deferrable", session.serializable_deferrable,
             "wait for a moment without serialization anomalies");
  group.flag("--enable-row-security", session.enable_row_security,
             "save the rows that row-level security shows, instead of failing");
  group.flag("--load-via-partition-root", selection.load_via_partition_root,
             "rows of partitions will be restored through the partitioned table");
  group
      .value("--extra-float-digits", session.extra_float_digits, "N",
             "digits of floating-point numbers, -15 to 3 (default: exact)")
      ->check(CLI::Range(-15, 3));
  group.flag("--quote-all-identifiers", session.quote_all_identifiers,
             "put every name into double quotes; done by itself where one is a word of SQL in a later major");
}

// The list that a rule's pattern goes into; nullptr when there is none.
std::vector<std::string>* list_of(const FilterRule& rule, BackupChoice& choice) {
  dumper::Selection& selection = choice.selection;
  const auto either = [&rule](std::vector<std::string>* include, std::vector<std::string>* exclude) {
    return rule.include ? include : exclude;
  };
  switch (rule.kind) {
    case FilterKind::table: return either(&choice.shared.include_tables, &choice.shared.exclude_tables);
    case FilterKind::table_and_children:
      return either(&selection.include_tables_and_children, &selection.exclude_tables_and_children);
    case FilterKind::table_data: return either(nullptr, &selection.exclude_table_data);
    case FilterKind::table_data_and_children:
      return either(nullptr, &selection.exclude_table_data_and_children);
    case FilterKind::schema: return either(&choice.shared.include_schemas, &choice.shared.exclude_schemas);
    case FilterKind::extension: return either(&selection.include_extensions, &selection.exclude_extensions);
    case FilterKind::foreign_data: return either(&selection.include_foreign_data, nullptr);
    case FilterKind::function:
    case FilterKind::index:
    case FilterKind::trigger: break;
  }
  return nullptr;
}

Result<> check(const BackupPlan& plan) {
  const dumper::Selection& selection = plan.selection;
  const bool rows = selection.wants_rows() && selection.section_data;
  const bool definitions =
      selection.wants_schema() && (selection.section_pre_data || selection.section_post_data);
  if (!rows && !definitions && !selection.sequence_data)
    return fail(ErrorCode::usage, "the options leave nothing to save");
  if (!rows && selection.large_objects == true)
    return fail(ErrorCode::usage, "--large-objects needs rows to be saved: they are rows");
  if (!rows && !selection.include_foreign_data.empty())
    return fail(ErrorCode::usage, "--include-foreign-data needs rows to be saved");
  if (!plan.session.snapshot.empty() && plan.session.serializable_deferrable)
    return fail(ErrorCode::usage, "--snapshot and --serializable-deferrable exclude each other");
  if (!plan.session.lock_wait_timeout.empty() && !is_duration_text(plan.session.lock_wait_timeout)) {
    return fail(ErrorCode::usage, "the time to wait for a lock is not one", plan.session.lock_wait_timeout,
                "give milliseconds, or a number with us, ms, s, min, h or d");
  }
  return {};
}

}  // namespace

void add_backup_choice(CLI::App& command, BackupChoice& choice) {
  add_selection_options(command, choice.shared, "save");
  add_patterns(command, choice.selection);
  add_name_options(command, choice.shared);
  add_parts(command, choice);
  add_session(command, choice.selection, choice.session);
}

Result<> apply_filter(const std::vector<FilterRule>& rules, BackupChoice& choice) {
  return apply_rules(rules, "a backup", [&choice](const FilterRule& rule) { return list_of(rule, choice); });
}

Result<BackupPlan> backup_plan(BackupChoice choice) {
  auto rules = read_filters(choice.shared.filters);
  if (!rules) return tl::unexpected<Error>(rules.error());
  if (auto applied = apply_filter(*rules, choice); !applied) return tl::unexpected<Error>(applied.error());
  auto content = content_choice(choice.shared);
  if (!content) return tl::unexpected<Error>(content.error());
  BackupPlan plan{std::move(choice.selection), std::move(choice.session)};
  static_cast<ContentChoice&>(plan.selection) = *content;
  plan.selection.include_schemas = std::move(choice.shared.include_schemas);
  plan.selection.exclude_schemas = std::move(choice.shared.exclude_schemas);
  plan.selection.include_tables = std::move(choice.shared.include_tables);
  plan.selection.exclude_tables = std::move(choice.shared.exclude_tables);
  plan.selection.strict_names = choice.shared.strict_names;
  if (choice.selection.statistics && choice.shared.no_statistics)
    return fail(ErrorCode::usage, "--statistics and --no-statistics exclude each other");
  if (choice.large_objects && choice.no_large_objects)
    return fail(ErrorCode::usage, "--large-objects and --no-large-objects exclude each other");
  if (choice.large_objects || choice.no_large_objects) plan.selection.large_objects = choice.large_objects;
  if (auto checked = check(plan); !checked) return tl::unexpected<Error>(checked.error());
  return plan;
}

}  // namespace pgark::cli
