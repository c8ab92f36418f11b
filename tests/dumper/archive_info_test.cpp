#include "dumper/archive_info.hpp"

#include <gtest/gtest.h>

#include "format/toc.hpp"

namespace pgark::dumper {
namespace {

using namespace format::info_key;

std::string content_of(const Selection& selection) {
  DumpOptions options;
  options.selection = selection;
  return archive_info({}, {}, options, {}, {}).at(kComplete);
}

TEST(ArchiveInfo, time_is_rfc_3339_in_utc) {
  EXPECT_EQ(format_time(WallTime{}), "1970-01-01T00:00:00Z");
  EXPECT_EQ(format_time(WallTime(std::chrono::seconds(1740819900))), "2025-03-01T09:05:00Z");
}

TEST(ArchiveInfo, names_the_source) {
  Catalog catalog;
  catalog.database.name = "shop";
  catalog.database.encoding = "UTF8";
  catalog.database.server_version = "15.4";
  catalog.database.server_version_num = 150004;
  Snapshot snapshot;
  snapshot.lsn = "0/1A";
  DumpOptions options;
  options.pgark_version = "9.9";
  const auto info = archive_info(catalog, snapshot, options, WallTime{}, WallTime(std::chrono::seconds(1)));
  EXPECT_EQ(info.at(kDatabase), "shop");
  EXPECT_EQ(info.at(kEncoding), "UTF8");
  EXPECT_EQ(info.at(kServerVersion), "15.4");
  EXPECT_EQ(info.at(kServerVersionNum), "150004");
  EXPECT_EQ(info.at(kSnapshotLsn), "0/1A");
  EXPECT_EQ(info.at(kPgarkVersion), "9.9");
  EXPECT_EQ(info.at(kFinished), "1970-01-01T00:00:01Z");
}

TEST(ArchiveInfo, content) {
  EXPECT_EQ(content_of({}), "full");
  Selection selection;
  selection.schema_only = true;
  EXPECT_EQ(content_of(selection), "schema-only");
  selection.schema_only = false;
  selection.data_only = true;
  EXPECT_EQ(content_of(selection), "data-only");
  selection.exclude_tables = {"x"};
  EXPECT_EQ(content_of(selection), "selection");
}

TEST(ArchiveInfo, selection_reads_like_a_command_line) {
  DumpOptions options;
  EXPECT_EQ(describe_selection(options), "");
  options.selection = {{"a", "b*"}, {"c"}, {"t"}, {"u"}, true, false};
  EXPECT_EQ(describe_selection(options), "-n a -n b* -N c -t t -T u -s");
}

}  // namespace
}  // namespace pgark::dumper
