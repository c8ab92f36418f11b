#include "dumper/archive_info.hpp"

#include <algorithm>
#include <ctime>
#include <iterator>
#include <string_view>
#include <utility>

#include "format/toc.hpp"

namespace pgark::dumper {
namespace {

struct PatternOption {
  std::vector<std::string> Selection::*patterns;
  const char* option;
  bool adds = false;  // beyond what a whole dump holds
};

constexpr PatternOption kPatternOptions[] = {
    {&Selection::include_schemas, "-n"},
    {&Selection::exclude_schemas, "-N"},
    {&Selection::include_tables, "-t"},
    {&Selection::include_tables_and_children, "--table-and-children"},
    {&Selection::exclude_tables, "-T"},
    {&Selection::exclude_tables_and_children, "--exclude-table-and-children"},
    {&Selection::exclude_table_data, "--exclude-table-data"},
    {&Selection::exclude_table_data_and_children, "--exclude-table-data-and-children"},
    {&Selection::include_extensions, "-e"},
    {&Selection::exclude_extensions, "--exclude-extension"},
    {&Selection::include_foreign_data, "--include-foreign-data", true},
};

// Whatever changes what the archive holds or how it is written.
class OptionText {
 public:
  void add(std::string_view option) { text_.append(text_.empty() ? "" : " ").append(option); }
  void add_if(bool given, std::string_view option) {
    if (given) add(option);
  }
  void add_value(std::string_view option, const std::string& value) {
    if (!value.empty()) add(std::string(option) + ' ' + value);
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

std::string content(const Selection& selection) {
  const auto given = [&selection](const PatternOption& option) {
    return !(selection.*option.patterns).empty() && !option.adds;
  };
  const bool narrowed = std::any_of(std::begin(kPatternOptions), std::end(kPatternOptions), given) ||
                        selection.no_unlogged_table_data || selection.large_objects == false;
  const bool mixed = selection.wants_schema() == selection.wants_rows();
  if (narrowed || !selection.every_section()) return "selection";
  if (mixed) return selection.wants_schema() ? "full" : "selection";
  return selection.wants_schema() ? "schema-only" : "data-only";
}

}  // namespace

std::string format_time(WallTime time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[32];
  return std::string(text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts));
}

std::string describe_selection(const DumpOptions& options) {
  const Selection& selection = options.selection;
  OptionText text;
  for (const PatternOption& option : kPatternOptions) {
    for (const std::string& pattern : selection.*option.patterns) text.add_value(option.option, pattern);
  }
  if (const std::string content = selection.to_options(); !content.empty()) text.add(content);
  text.add_if(selection.no_unlogged_table_data, "--no-unlogged-table-data");
  text.add_if(selection.no_toast_compression, "--no-toast-compression");
  text.add_if(selection.load_via_partition_root, "--load-via-partition-root");
  text.add_if(selection.sequence_data, "--sequence-data");
  text.add_if(selection.statistics, "--statistics");
  if (selection.large_objects) text.add(*selection.large_objects ? "--large-objects" : "--no-large-objects");
  const SessionOptions& session = options.session;
  text.add_value("--role", session.role);
  text.add_value("--encoding", session.encoding);
  if (session.extra_float_digits)
    text.add_value("--extra-float-digits", std::to_string(*session.extra_float_digits));
  text.add_if(session.quote_all_identifiers, "--quote-all-identifiers");
  text.add_if(session.enable_row_security, "--enable-row-security");
  text.add_value("--snapshot", session.snapshot);
  return text.take();
}

std::map<std::string, std::string> archive_info(const Catalog& catalog, const Snapshot& snapshot,
                                                const DumpOptions& options, WallTime started,
                                                WallTime finished) {
  using namespace format::info_key;
  return {
      {kDatabase, catalog.database.name},
      {kServerVersion, catalog.database.server_version},
      {kServerVersionNum, std::to_string(catalog.database.server_version_num)},
      {kPgarkVersion, options.pgark_version},
      {kEncoding, options.session.encoding.empty() ? catalog.database.encoding : options.session.encoding},
      {kStarted, format_time(started)},
      {kFinished, format_time(finished)},
      {kSnapshotLsn, snapshot.lsn},
      {kOptions, describe_selection(options)},
      {kComplete, content(options.selection)}};
}

}  // namespace pgark::dumper
