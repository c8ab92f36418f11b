// pgark export against the server's own COPY, and archives that are folders on their whole way.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "roundtrip.hpp"

namespace pgark::test {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

// Rows whose text is all that CSV and COPY treat apart; of types that are kept in binary and of one that is
// not.
constexpr std::string_view kTables = R"sql(
CREATE SCHEMA "odd, ""s""";
CREATE TABLE "odd, ""s"""."t.1" (id int, "a, b" text, "say ""x""" bytea, n numeric, at timestamptz, j jsonb,
                                 ages int[]);
INSERT INTO "odd, ""s"""."t.1" VALUES
  (1, '', '', 0, '2024-02-29 12:00:00.5+00', '{"a": "x,y"}', '{1,NULL,3}'),
  (2, NULL, NULL, NULL, NULL, NULL, NULL),
  (3, E'a\tb\nc\rd\be\ff\vg\\h', '\x00ff5c22', 'NaN', 'infinity', '"\u2028"', '{}'),
  (4, 'say "x", then \.', '\x', -1.50, '0044-03-15 BC', 'null', '{{1},{2}}'),
  (5, '\N', NULL, 1e30, 'epoch', '[]', NULL), (6, 'NULL', NULL, 1, NULL, NULL, NULL), (7, 'é😀', NULL, 2, NULL, NULL, NULL);
CREATE TABLE one (t text);
INSERT INTO one VALUES ('\.'), (''), (NULL), ('x'), ('"');
CREATE TYPE pair AS (a int, b text);
CREATE TABLE as_text (p pair, q pair[]);
INSERT INTO as_text VALUES ((1, 'x,"y'), ARRAY[(2, NULL)::pair]), (NULL, NULL);
CREATE TABLE no_columns ();
INSERT INTO no_columns DEFAULT VALUES;
INSERT INTO no_columns DEFAULT VALUES;
CREATE TABLE no_rows (a int, b int);
)sql";

class ExportTest : public testing::Test {
 protected:
  void SetUp() override {
    cluster_.create_database("source", "TEMPLATE template0");
    cluster_.sql("source", kTables);
  }
  void TearDown() override {
    cluster_.drop_database("source");
    cluster_.drop_database("copy");
  }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  static std::string run_ok(const std::vector<std::string>& arguments) {
    const ProcessResult result = run_long(arguments);
    EXPECT_TRUE(result.ok()) << result.describe();
    return result.out;
  }
  std::string backup(const std::string& name, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments{"backup", "-q", "-d", cluster_.conninfo("source"), "-o", path(name)};
    arguments.insert(arguments.end(), more.begin(), more.end());
    run_ok(arguments);
    return path(name);
  }
  std::string server_copy(const std::string& table, const std::string& options) const {
    return run_or_throw(cluster_.client(
        "psql", {"-X", "-q", "-d", "source", "-c", "COPY " + table + " TO STDOUT " + options}));
  }

  Cluster& cluster_ = Cluster::shared();
  const TempDirectory folder_;
};

TEST_F(ExportTest, is_what_the_server_writes) {
  for (const std::string data_format : {"auto", "text"}) {
    const std::string archive = backup(data_format + ".pgark", {"--data-format", data_format});
    for (const std::string table :
         {"\"odd, \"\"s\"\"\".\"t.1\"", "one", "as_text", "no_columns", "no_rows"}) {
      EXPECT_EQ(run_ok({"export", archive, "-q", "-t", table}), server_copy(table, "(FORMAT csv)")) << table;
      EXPECT_EQ(
          run_ok({"export", archive, "-q", "-t", table, "--header", "--delimiter", ";", "--null", "NULL"}),
          server_copy(table, "(FORMAT csv, HEADER, DELIMITER ';', NULL 'NULL')"))
          << table;
      EXPECT_EQ(run_ok({"export", archive, "-q", "-F", "text", "-t", table}), server_copy(table, ""))
          << table;
    }
  }
}

TEST_F(ExportTest, a_file_for_each_table) {
  const std::string archive = backup("a.pgark");
  std::string events = run_ok({"export", archive, "-o", path("csv"), "--json", "-q"});
  events.pop_back();  // the last line's end
  const auto outcome = nlohmann::json::parse(events.substr(events.rfind('\n') + 1));
  EXPECT_EQ(outcome.at("tables").size(), 5U);
  EXPECT_EQ(read_file(folder_ / "csv/public.one.csv"), server_copy("one", "(FORMAT csv)"));
  EXPECT_EQ(read_file(folder_ / "csv/odd%2C%20%22s%22.t%2E1.csv"),
            server_copy("\"odd, \"\"s\"\"\".\"t.1\"", "(FORMAT csv)"));
  struct stat status {};
  ASSERT_EQ(::stat((folder_ / "csv/public.one.csv").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  EXPECT_EQ(run_long({"export", archive, "-o", path("csv")}).exit_status, 2);  // the files exist
  run_ok({"export", archive, "-o", path("csv"), "--overwrite", "-T", "one"});
}

TEST_F(ExportTest, wrong_use_is_told) {
  const std::string archive = backup("a.pgark");
  const auto refused = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"export", archive});
    const ProcessResult result = run_long(arguments);
    EXPECT_EQ(result.exit_status, 2) << result.describe();
    return result.err;
  };
  EXPECT_THAT(refused({}), HasSubstr("5 tables are selected"));
  EXPECT_THAT(refused({"-t", "nothing"}), HasSubstr("nothing"));
  EXPECT_THAT(refused({"-t", "one", "--delimiter", "::"}), HasSubstr("--delimiter"));
  EXPECT_THAT(refused({"-t", "one", "--delimiter", "\""}), HasSubstr("--delimiter"));
  EXPECT_THAT(refused({"-t", "one", "-F", "text", "--header"}), HasSubstr("is for -F csv"));
}

class DirectoryTest : public ExportTest {
 protected:
  void SetUp() override {
    ExportTest::SetUp();
    // Far more than a pack of a mebibyte, in rows that do not shrink.
    cluster_.sql("source",
                 "CREATE TABLE noise AS SELECT n, (SELECT string_agg(md5(n::text || k), '') FROM "
                 "generate_series(1, 20) k) "
                 "AS t FROM generate_series(1, 50000) n; ALTER TABLE noise ADD PRIMARY KEY (n)");
  }
  std::string directory() const {
    return backup("shop.d", {"-F", "directory", "--pack-size", "1MiB", "-j", "4", "-Z", "none"});
  }
  static std::size_t packs_in(const std::string& folder) {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), {})) - 1;
  }
};

TEST_F(DirectoryTest, goes_all_the_way) {
  const std::string folder = directory();
  EXPECT_GT(packs_in(folder), 3U);
  EXPECT_THAT(run_ok({"verify", folder}), HasSubstr("is sound"));
  const auto inspected = nlohmann::json::parse(run_ok({"inspect", folder, "--json"}));
  EXPECT_EQ(inspected.at("packs"), packs_in(folder));
  cluster_.create_database("copy", "TEMPLATE template0");
  run_ok({"restore", folder + "/", "-d", cluster_.conninfo("copy"), "-j", "4", "-q"});
  EXPECT_TRUE(same_database(cluster_, "source", cluster_, "copy"));
}

TEST_F(DirectoryTest, converts_without_touching_a_row) {
  const std::string folder = directory();
  run_ok({"convert", folder, "-F", "custom", "-o", path("one.pgark"), "-q"});
  run_ok(
      {"convert", path("one.pgark"), "-F", "directory", "--pack-size", "1MiB", "-o", path("again.d"), "-q"});
  run_ok({"convert", path("again.d"), "-F", "c", "-o", path("two.pgark"), "-q"});
  EXPECT_TRUE(read_file(folder_ / "one.pgark") == read_file(folder_ / "two.pgark"));
  EXPECT_THAT(run_ok({"verify", path("again.d")}), HasSubstr("is sound"));
  EXPECT_GT(packs_in(path("again.d")), 3U);
  run_ok({"convert", folder, "-F", "d", "-o", path("whole.d"), "-q"});
  EXPECT_EQ(packs_in(path("whole.d")), 1U);  // of a gibibyte at most
  const auto tables = [](const std::string& archive) {
    return nlohmann::json::parse(run_ok({"inspect", archive, "--json"})).at("tables");
  };
  EXPECT_EQ(tables(folder), tables(path("two.pgark")));
}

TEST_F(DirectoryTest, a_missing_or_damaged_pack_is_found_before_the_target_is_touched) {
  const std::string folder = directory();
  cluster_.create_database("copy", "TEMPLATE template0");
  const auto restore = [&] { return run_long({"restore", folder, "-d", cluster_.conninfo("copy")}); };
  fs::rename(folder + "/pack-000002", path("away"));
  EXPECT_EQ(restore().exit_status, 10);
  EXPECT_THAT(restore().err, HasSubstr("a file of the archive is missing: pack-000002"));
  EXPECT_EQ(run_long({"verify", folder}).exit_status, 10);
  fs::copy(folder + "/pack-000001", folder + "/pack-000002");
  EXPECT_EQ(restore().exit_status, 10);
  EXPECT_EQ(cluster_.sql("copy", "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"),
            "0");
  fs::remove(folder + "/pack-000002");
  fs::rename(path("away"), folder + "/pack-000002");
  EXPECT_TRUE(restore().ok());
}

TEST_F(DirectoryTest, wrong_use_is_told) {
  const auto refused = [&](const std::vector<std::string>& arguments) {
    const ProcessResult result = run_long(arguments);
    EXPECT_EQ(result.exit_status, 2) << result.describe();
    return result.err;
  };
  const std::string source = cluster_.conninfo("source"), archive = backup("a.pgark");
  EXPECT_THAT(refused({"backup", "-d", source, "-F", "d", "-o", "-"}), HasSubstr("standard output"));
  EXPECT_THAT(refused({"backup", "-d", source, "-o", path("b"), "--pack-size", "1GB"}),
              HasSubstr("is for -F directory"));
  EXPECT_THAT(refused({"backup", "-d", source, "-F", "d", "-o", path("b"), "--pack-size", "10"}),
              HasSubstr("--pack-size"));
  EXPECT_THAT(refused({"convert", archive, "-F", "d", "-o", path("b"), "-t", "one"}),
              HasSubstr("an archive is copied whole"));
  EXPECT_THAT(refused({"convert", archive, "-F", "c", "-o", path("b"), "--clean"}),
              HasSubstr("is for -F plain"));
  EXPECT_THAT(refused({"convert", archive, "-F", "c", "-o", archive}), HasSubstr("exists already"));
  EXPECT_FALSE(fs::exists(path("b")));
}

}  // namespace
}  // namespace pgark::test
