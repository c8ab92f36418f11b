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
  selection = {};
  selection.section_data = false;
  EXPECT_EQ(content_of(selection), "selection");
  selection = {};
  selection.exclude_table_data = {"x"};
  EXPECT_EQ(content_of(selection), "selection");
  selection = {};
  selection.no_data = true;
  EXPECT_EQ(content_of(selection), "schema-only");
}

TEST(ArchiveInfo, selection_reads_like_a_command_line) {
  DumpOptions options;
  EXPECT_EQ(describe_selection(options), "");
  Selection& selection = options.selection;
  selection.include_schemas = {"a", "b*"};
  selection.exclude_schemas = {"c"};
  selection.include_tables = {"t"};
  selection.exclude_tables = {"u"};
  selection.exclude_table_data = {"log"};
  selection.schema_only = selection.no_comments = true;
  EXPECT_EQ(describe_selection(options),
            "-n a -n b* -N c -t t -T u --exclude-table-data log -s --no-comments");
}

TEST(ArchiveInfo, options_of_the_session_that_change_the_text_are_named) {
  DumpOptions options;
  options.session.role = "auditor";
  options.session.encoding = "LATIN1";
  options.session.extra_float_digits = -3;
  options.session.quote_all_identifiers = true;
  options.selection.section_data = false;
  EXPECT_EQ(describe_selection(options),
            "--section=pre-data --section=post-data --role auditor --encoding LATIN1 --extra-float-digits -3 "
            "--quote-all-identifiers");
}

TEST(ArchiveInfo, the_encoding_is_that_of_the_text) {
  DumpOptions options;
  options.session.encoding = "LATIN1";
  Catalog catalog;
  catalog.database.encoding = "UTF8";
  const auto info = archive_info(catalog, {}, options, {}, {});
  EXPECT_EQ(info.at(format::info_key::kEncoding), "LATIN1");
}

}  // namespace
}  // namespace pgark::dumper
