// The options of pgark backup against a server: each changes what it should and nothing else. Where pg_dump
// of this server has the option too, its archive must hold the same entries.
#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <set>
#include <stdexcept>

#include "options_fixture.hpp"

namespace pgark::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::Not;

constexpr const char* kSleepers = "FROM pg_stat_activity WHERE wait_event = 'PgSleep'";

class BackupOptionsTest : public OptionsTest {
 protected:
  void TearDown() override {
    cluster_.sql("shop", std::string("SELECT pg_terminate_backend(pid) ") + kSleepers);
  }
  // What the options take away from a whole backup; they must add nothing.
  std::set<std::string> missing_with(const Words& options) {
    good_backup({});
    const auto all = entries();
    good_backup(options);
    const auto some = entries();
    EXPECT_TRUE(std::includes(all.begin(), all.end(), some.begin(), some.end()));
    std::set<std::string> missing;
    std::set_difference(all.begin(), all.end(), some.begin(), some.end(),
                        std::inserter(missing, missing.begin()));
    return missing;
  }
  std::string copy_target(std::string_view table) const {
    for (const format::TocEntry& entry : toc().entries) {
      if (entry.kind == "TABLE DATA" && entry.name == table) return entry.copy_target;
    }
    return "no such entry";
  }
  // A session that does something and then stays in its transaction.
  std::unique_ptr<Process> hold(const std::string& statements) {
    auto session = std::make_unique<Process>(cluster_.client(
        "psql", {"-X", "-q", "-d", "shop", "-c", "BEGIN; " + statements + "; SELECT pg_sleep(60)"}));
    for (int tries = 0; tries < 200; ++tries) {
      if (cluster_.sql("shop", std::string("SELECT count(*) ") + kSleepers) == "1") return session;
    }
    throw std::runtime_error("the session never slept");
  }
};

TEST_F(BackupOptionsTest, the_same_entries_as_pg_dump) {
  const std::vector<Words> cases{
      {},
      {"-n", "s1"},
      {"-N", "s2"},
      {"-n", "s*", "-N", "s2"},
      {"-t", "s1.t"},
      {"-t", "s1.t", "-t", "s1.nothing"},
      {"-t", "s2.p*"},
      {"-t", "s1.log"},
      {"-T", "s2.*"},
      {"-T", "s1.log"},
      {"--exclude-table-data", "s1.*"},
      {"-s"},
      {"-a"},
      {"-x"},
      {"--no-comments"},
      {"-x", "--no-comments"},
      {"-e", "hstore"},
      {"-e", "hstore", "-n", "s1"},
      {"--section", "pre-data"},
      {"--section", "data"},
      {"--section", "post-data"},
      {"--section", "pre-data", "--section", "data"},
      {"-s", "--section", "post-data"},
      {"--no-unlogged-table-data"},
  };
  for (const Words& options : cases) {
    SCOPED_TRACE(testing::PrintToString(options));
    good_backup(options);
    auto expected = reference(options);
    // Rows without their materialized views would leave those stale.
    if (options == Words{"-a"}) expected.insert("MATERIALIZED VIEW DATA s1 m");
    EXPECT_EQ(entries(), expected);
  }
}

TEST_F(BackupOptionsTest, names_that_match_nothing) {
  const Words one_of_two{"-n", "s1", "-n", "nothing"};
  good_backup(one_of_two);
  EXPECT_THAT(backup(one_of_two).err, HasSubstr("no matching schemas were found for pattern nothing"));
  EXPECT_EQ(backup(joined(one_of_two, {"--strict-names"})).exit_status, 2);
  EXPECT_EQ(backup({"-n", "nothing"}).exit_status, 2);
  EXPECT_EQ(backup({"-e", "nothing"}).exit_status, 2);
  EXPECT_EQ(backup({"--include-foreign-data", "nothing"}).exit_status, 2);
  EXPECT_TRUE(backup({"-T", "nothing", "--strict-names"}).ok());
}

TEST_F(BackupOptionsTest, children_of_tables) {
  good_backup({"--table-and-children", "s2.p"});
  EXPECT_THAT(entries(), IsSupersetOf({"TABLE s2 p", "TABLE s2 p1", "TABLE s2 other_name",
                                       "TABLE DATA s2 other_name", "TABLE ATTACH s2 p1"}));
  EXPECT_THAT(entries(), Not(Contains("TABLE s1 t")));
  EXPECT_EQ(missing_with({"--exclude-table-and-children", "s2.parent"}),
            (std::set<std::string>{"TABLE s2 parent", "TABLE s2 child", "TABLE DATA s2 parent",
                                   "TABLE DATA s2 child"}));
  EXPECT_EQ(missing_with({"--exclude-table-data-and-children", "s2.p"}),
            (std::set<std::string>{"TABLE DATA s2 p1", "TABLE DATA s2 other_name"}));
}

TEST_F(BackupOptionsTest, extensions) {
  EXPECT_EQ(missing_with({"--exclude-extension", "h*"}),
            (std::set<std::string>{"EXTENSION - hstore", "COMMENT - EXTENSION hstore"}));
}

TEST_F(BackupOptionsTest, parts) {
  EXPECT_THAT(missing_with({"--no-policies"}), Contains("ROW SECURITY s2 secret"));
  const auto rows = missing_with({"--no-data"});
  EXPECT_THAT(rows, IsSupersetOf({"TABLE DATA s1 t", "SEQUENCE SET s1 log_a_seq"}));
  EXPECT_THAT(rows, Not(Contains("TABLE s1 t")));
  auto without_value = rows;
  without_value.erase("SEQUENCE SET s1 log_a_seq");
  EXPECT_EQ(missing_with({"--no-data", "--sequence-data"}), without_value);
  EXPECT_THAT(missing_with({"--no-schema"}), Not(Contains("TABLE DATA s1 t")));
}

TEST_F(BackupOptionsTest, large_objects) {
  const auto has_any = [this] {
    const auto all = toc().entries;
    return std::any_of(all.begin(), all.end(),
                       [](const auto& entry) { return entry.kind == "LARGE OBJECT"; });
  };
  cluster_.sql("shop", "SELECT lo_from_bytea(4242, 'bytes')");
  good_backup({});
  EXPECT_TRUE(has_any());
  for (const Words& without : {Words{"-B"}, Words{"-n", "s1"}, Words{"-s"}, Words{"--no-data"}}) {
    good_backup(without);
    EXPECT_FALSE(has_any()) << testing::PrintToString(without);
  }
  good_backup({"-n", "s1", "-b"});
  EXPECT_TRUE(has_any());
  cluster_.sql("shop", "SELECT lo_unlink(4242)");
}

TEST_F(BackupOptionsTest, publications_and_subscriptions) {
  cluster_.sql("shop",
               "CREATE PUBLICATION pub FOR TABLE s1.t; COMMENT ON PUBLICATION pub IS 'p';"
               "CREATE SUBSCRIPTION sub CONNECTION 'dbname=none' PUBLICATION pub WITH (connect = false)");
  EXPECT_EQ(
      missing_with({"--no-publications"}),
      (std::set<std::string>{"PUBLICATION - pub", "PUBLICATION TABLE s1 pub", "COMMENT - PUBLICATION pub"}));
  EXPECT_EQ(missing_with({"--no-subscriptions"}), (std::set<std::string>{"SUBSCRIPTION - sub"}));
  cluster_.sql("shop",
               "ALTER SUBSCRIPTION sub SET (slot_name = NONE); DROP SUBSCRIPTION sub; DROP PUBLICATION pub");
}

TEST_F(BackupOptionsTest, a_filter_file_is_a_list_of_patterns) {
  const std::string file = (folder_ / "filter").string();
  std::ofstream(file) << "# only this\ninclude table s1.t  # with its rows\ninclude table_and_children s2.p\n"
                         "exclude table_data s1.*\n";
  good_backup({"--filter", file});
  const auto filtered = entries();
  good_backup({"-t", "s1.t", "--table-and-children", "s2.p", "--exclude-table-data", "s1.*"});
  EXPECT_EQ(filtered, entries());
  EXPECT_THAT(filtered, Contains("TABLE s1 t"));
  EXPECT_THAT(filtered, Not(Contains("TABLE DATA s1 t")));
  Command from_stdin = pgark_command({"backup", "-q", "-d", cluster_.conninfo("shop"), "-o",
                                      archive_.string(), "--overwrite", "--filter", "-"});
  from_stdin.input = "include table s1.t";
  EXPECT_TRUE(run(from_stdin).ok());
  EXPECT_THAT(entries(), Contains("TABLE s1 t"));
  EXPECT_THAT(entries(), Not(Contains("TABLE s2 p")));
}

TEST_F(BackupOptionsTest, properties_of_entries) {
  good_backup({});
  const std::string before = script();
  EXPECT_THAT(before, HasSubstr("OWNER TO alice"));
  EXPECT_THAT(before, HasSubstr("SET COMPRESSION pglz"));
  EXPECT_THAT(before, HasSubstr("default_table_access_method"));
  good_backup({"-O", "--no-toast-compression", "--no-table-access-method"});
  const std::string after = script();
  EXPECT_THAT(after, Not(HasSubstr("OWNER TO")));
  EXPECT_THAT(after, Not(HasSubstr("SET COMPRESSION")));
  EXPECT_THAT(after, Not(HasSubstr("default_table_access_method")));
}

TEST_F(BackupOptionsTest, rows_through_the_partition_root) {
  good_backup({});
  EXPECT_EQ(copy_target("other_name"), "s2.other_name (a, b)");
  good_backup({"--load-via-partition-root"});
  EXPECT_EQ(copy_target("other_name"), "s2.p (a, b)");
  good_backup({"--load-via-partition-root", "-a"});
  EXPECT_EQ(copy_target("other_name"), "s2.p (a, b)");
  good_backup({"--load-via-partition-root", "-t", "s2.other_name"});
  EXPECT_EQ(copy_target("other_name"), "s2.other_name (a, b)") << "the root is not in the archive";
}

TEST_F(BackupOptionsTest, quoted_names_and_fewer_digits) {
  good_backup({"--quote-all-identifiers", "--extra-float-digits=-12"});
  const std::string text = script();
  EXPECT_THAT(text, HasSubstr("CREATE TABLE \"s1\".\"t\" ("));
  EXPECT_THAT(text, HasSubstr("row 1\t0.333\n"));
  EXPECT_THAT(text, HasSubstr("SELECT \"t\".\"a\"")) << "the server's text too";
}

TEST_F(BackupOptionsTest, another_encoding) {
  good_backup({"-E", "latin1"});
  const format::Toc contents = toc();
  EXPECT_EQ(contents.info.at(format::info_key::kEncoding), "LATIN1");
  EXPECT_THAT(script(), HasSubstr("1\tcaf\xe9\n"));
  const Words copy{"--no-owner", "--no-privileges"};
  cluster_.create_database("shop_latin", "TEMPLATE template0");
  const ProcessResult restored = restore("shop_latin", copy);
  EXPECT_TRUE(restored.ok()) << restored.describe();
  EXPECT_EQ(cluster_.sql("shop_latin", "SELECT b FROM s2.p1"), "caf\xc3\xa9");
  cluster_.drop_database("shop_latin");
  EXPECT_NE(backup({"-E", "klingon"}).exit_status, 0);
}

TEST_F(BackupOptionsTest, another_role) {
  const ProcessResult refused = backup({"--role", "bob"});
  EXPECT_NE(refused.exit_status, 0);
  EXPECT_THAT(refused.err, HasSubstr("SELECT is not granted"));
  EXPECT_NE(backup({"--role", "nobody_of_this_name"}).exit_status, 0);
}

TEST_F(BackupOptionsTest, row_level_security) {
  cluster_.sql("shop", "GRANT USAGE ON SCHEMA s2 TO bob; GRANT SELECT ON s2.secret TO bob");
  const Words as_bob{"-t", "s2.secret", "--role", "bob"};
  EXPECT_NE(backup(as_bob).exit_status, 0);
  for (const char* jobs : {"1", "4"}) {
    const ProcessResult result = backup(joined(as_bob, {"--enable-row-security", "-j", jobs}));
    ASSERT_TRUE(result.ok()) << result.describe();
    EXPECT_THAT(result.err, HasSubstr("rows that its policies hide"));
    EXPECT_EQ(toc().data.at(0).rows, 2u);
  }
  cluster_.sql("shop", "REVOKE USAGE ON SCHEMA s2 FROM bob; REVOKE SELECT ON s2.secret FROM bob");
}

TEST_F(BackupOptionsTest, a_lock_that_does_not_come) {
  const auto holder = hold("LOCK TABLE s1.log IN ACCESS EXCLUSIVE MODE");
  const ProcessResult result = backup({"--lock-wait-timeout", "200ms"});
  EXPECT_NE(result.exit_status, 0);
  EXPECT_THAT(result.err, HasSubstr("could not be locked within 200ms"));
  EXPECT_LT(result.err.size(), 600u) << "the list of tables is not repeated";
  EXPECT_TRUE(backup({"--lock-wait-timeout", "200ms", "-T", "s1.log"}).ok());
}

TEST_F(BackupOptionsTest, the_snapshot_of_another_session) {
  const auto holder = hold("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SELECT pg_export_snapshot()");
  cluster_.sql("shop", "INSERT INTO s1.log (note) VALUES ('later')");
  std::string snapshot;
  for (const auto& file : std::filesystem::directory_iterator(cluster_.data_directory() / "pg_snapshots"))
    snapshot = file.path().filename();
  const Words rows{"-t", "s1.log", "-a"};
  good_backup(joined(rows, {"--snapshot", snapshot, "-j", "2"}));
  EXPECT_EQ(toc().data.at(0).rows, 2u);
  good_backup(rows);
  EXPECT_EQ(toc().data.at(0).rows, 3u);
  cluster_.sql("shop", "DELETE FROM s1.log WHERE note = 'later'");
  const ProcessResult gone = backup({"--snapshot", "00000003-0000001B-7"});
  EXPECT_THAT(gone.err, HasSubstr("cannot use the snapshot"));
  EXPECT_NE(gone.exit_status, 0);
}

TEST_F(BackupOptionsTest, a_deferrable_snapshot) {
  good_backup({"--serializable-deferrable", "-j", "2"});
  EXPECT_THAT(entries(), Contains("TABLE DATA s1 t"));
}

TEST_F(BackupOptionsTest, the_archive_says_with_what_it_was_made) {
  good_backup({"-n", "s1", "--no-comments", "--exclude-table-data", "s1.log", "--quote-all-identifiers"});
  EXPECT_EQ(toc().info.at(format::info_key::kOptions),
            "-n s1 --exclude-table-data s1.log --no-comments --quote-all-identifiers");
}

}  // namespace
}  // namespace pgark::test
