#include "dumper/archive_info.hpp"

#include <ctime>

#include "format/toc.hpp"

namespace pgark::dumper {
namespace {

void append_patterns(std::string& text, const char* option, const std::vector<std::string>& patterns) {
  for (const std::string& pattern : patterns) {
    text += (text.empty() ? "" : " ") + std::string(option) + ' ' + pattern;
  }
}

std::string content(const Selection& selection) {
  const bool narrowed =
      !selection.everything() || !selection.exclude_schemas.empty() || !selection.exclude_tables.empty();
  if (narrowed) return "selection";
  if (selection.schema_only) return "schema-only";
  return selection.data_only ? "data-only" : "full";
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
  std::string text;
  append_patterns(text, "-n", selection.include_schemas);
  append_patterns(text, "-N", selection.exclude_schemas);
  append_patterns(text, "-t", selection.include_tables);
  append_patterns(text, "-T", selection.exclude_tables);
  if (selection.schema_only) text += text.empty() ? "-s" : " -s";
  if (selection.data_only) text += text.empty() ? "-a" : " -a";
  return text;
}

std::map<std::string, std::string> archive_info(const Catalog& catalog, const Snapshot& snapshot,
                                                const DumpOptions& options, WallTime started,
                                                WallTime finished) {
  using namespace format::info_key;
  return {{kDatabase, catalog.database.name},
          {kServerVersion, catalog.database.server_version},
          {kServerVersionNum, std::to_string(catalog.database.server_version_num)},
          {kPgarkVersion, options.pgark_version},
          {kEncoding, catalog.database.encoding},
          {kStarted, format_time(started)},
          {kFinished, format_time(finished)},
          {kSnapshotLsn, snapshot.lsn},
          {kOptions, describe_selection(options)},
          {kComplete, content(options.selection)}};
}

}  // namespace pgark::dumper
