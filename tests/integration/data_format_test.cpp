// Rows in binary and as text: what is chosen for which table, and that the choice never changes a row
// (SCHEMA_COVERAGE E9).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "roundtrip.hpp"
#include "support/servers.hpp"

namespace pgark::test {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

constexpr const char* kTables = R"sql(
CREATE TYPE mood AS ENUM ('sad', 'ok', 'a, "b"');
CREATE DOMAIN positive AS numeric(10, 2) CHECK (VALUE > 0);
CREATE DOMAIN moods AS mood NOT NULL;
CREATE TABLE plain (id bigint PRIMARY KEY, at timestamptz, f float8, n numeric, t text, b bytea, j jsonb, a int[],
                    u uuid, r int4range, ok boolean);
INSERT INTO plain SELECT i, '2020-01-01'::timestamptz + i * interval '1 hour', i / 7.0, i * 1.25, repeat(E'x\t\\', i % 50),
                         decode(md5(i::text), 'hex'), jsonb_build_object('i', i), ARRAY[i, NULL, -i], gen_random_uuid(),
                         int4range(i, i + 5), i % 2 = 0
                  FROM generate_series(1, 30000) i;
INSERT INTO plain (id) VALUES (0);
INSERT INTO plain VALUES (-1, 'infinity', 'NaN', 'NaN', '', '', 'null', '{}', NULL, 'empty', NULL);
INSERT INTO plain (id, at, f, n, j, a) VALUES (9223372036854775807, '-infinity', '-0', '1e-100', '[]', '{{1,2},{3,4}}');
CREATE TABLE own_types (id int, m mood, p positive, d moods, c "char", name name);
INSERT INTO own_types SELECT i, (ARRAY['sad', 'ok', 'a, "b"'])[1 + i % 3]::mood, i + 0.5, 'ok', 'x', 'n' || i
                      FROM generate_series(0, 2000) i;
CREATE TABLE price (id int, amount money); INSERT INTO price VALUES (1, 12.34), (2, NULL);
CREATE TABLE mood_list (m mood[]); INSERT INTO mood_list VALUES ('{sad,ok}'), (NULL);
CREATE TABLE nothing (); INSERT INTO nothing SELECT FROM generate_series(1, 3);
CREATE TABLE empty (a int);
CREATE TABLE parts (a int, b text) PARTITION BY HASH (a);
CREATE TABLE parts0 PARTITION OF parts FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE parts1 (b text, a int); ALTER TABLE parts ATTACH PARTITION parts1 FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO parts SELECT i, 'row ' || i FROM generate_series(1, 1000) i;
CREATE TABLE made (a int, twice int GENERATED ALWAYS AS (a * 2) STORED, gone int, b text);
ALTER TABLE made DROP gone; INSERT INTO made (a, b) VALUES (1, 'one'), (2, NULL);
)sql";

class DataFormatTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    cluster().create_database("source", "TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'");
    cluster().sql("source", kTables);
  }
  static Cluster& cluster() { return Cluster::shared(); }

  std::filesystem::path back_up(const std::string& name, const std::vector<std::string>& options) {
    const auto archive = folder_ / (name + ".pgark");
    std::vector<std::string> arguments{"backup", "-d", cluster().conninfo("source"), "-o", archive};
    arguments.insert(arguments.end(), options.begin(), options.end());
    const ProcessResult result = run_long(arguments);
    EXPECT_TRUE(result.ok()) << result.describe();
    return archive;
  }
  static json inspect(const std::filesystem::path& archive) {
    return json::parse(run_pgark({"inspect", archive, "--json"}).out);
  }
  static std::string encodings(const std::filesystem::path& archive) {
    std::string text;
    const json document = inspect(archive);
    for (const json& table : document["tables"])
      text += table["name"].get<std::string>() + ' ' + table["row_encoding"].get<std::string>() + '\n';
    return text;
  }
  static void restore(const std::filesystem::path& archive, const std::string& database,
                      const std::vector<std::string>& options = {}) {
    std::vector<std::string> arguments{"restore", archive, "-d", cluster().conninfo(database)};
    arguments.insert(arguments.end(), options.begin(), options.end());
    const ProcessResult result = run_long(arguments);
    EXPECT_TRUE(result.ok()) << result.describe();
  }

  const TempDirectory folder_;
};

TEST_F(DataFormatTest, every_format_brings_the_same_rows_back) {
  for (const char* format : {"auto", "binary", "text"}) {
    for (const char* codec : {"none", "lz4", "zstd:1", "zstd:12"}) {
      SCOPED_TRACE(std::string(format) + ' ' + codec);
      const std::string copy = "copy";
      const auto archive = folder_ / (std::string(format) + codec + ".pgark");
      expect_roundtrip(cluster(), "source", copy, archive, {"--data-format", format, "-Z", codec, "-j", "2"});
      cluster().drop_database(copy);
    }
  }
}

// A database as a whole goes into an empty one in binary, whatever is said of the database itself.
TEST_F(DataFormatTest, a_whole_database_is_loaded_in_binary) {
  cluster().sql("source", "COMMENT ON DATABASE source IS 'x'; GRANT CONNECT ON DATABASE source TO PUBLIC");
  const auto archive = back_up("whole", {"--globals"});
  cluster().create_database("copy", "TEMPLATE template0");
  cluster().sql("copy", "ALTER DATABASE copy SET log_statement = 'all'");
  const std::size_t log_begin = cluster().log_tail(SIZE_MAX).size();
  restore(archive, "copy");
  const std::string log = cluster().log_tail(SIZE_MAX).substr(log_begin);
  EXPECT_THAT(log,
              HasSubstr("COPY public.plain (id, at, f, n, t, b, j, a, u, r, ok) FROM STDIN (FORMAT binary"));
  EXPECT_THAT(log, HasSubstr("COPY public.price (id, amount) FROM STDIN (FREEZE)\n"));
  cluster().drop_database("copy");
}

TEST_F(DataFormatTest, a_database_made_anew_is_loaded_in_binary) {
  cluster().create_database("renew");
  cluster().sql(
      "renew",
      "CREATE TABLE t (a int); INSERT INTO t VALUES (7); ALTER DATABASE renew SET log_statement = 'all'");
  const auto archive = folder_ / "renew.pgark";
  ASSERT_TRUE(run_pgark({"backup", "-d", cluster().conninfo("renew"), "-o", archive}).ok());
  const std::size_t log_begin = cluster().log_tail(SIZE_MAX).size();
  restore(archive, "postgres", {"--clean", "--create"});
  EXPECT_THAT(cluster().log_tail(SIZE_MAX).substr(log_begin),
              HasSubstr("COPY public.t (a) FROM STDIN (FORMAT binary"));
  EXPECT_EQ(cluster().sql("renew", "SELECT a FROM t"), "7");
  cluster().drop_database("renew");
}

TEST_F(DataFormatTest, the_columns_decide) {
  const auto archive = back_up("auto", {});
  EXPECT_EQ(
      encodings(archive),
      "empty columnar\nmade columnar\nmood_list text\nnothing text\nown_types columnar\nparts0 columnar\n"
      "parts1 columnar\nplain columnar\nprice text\n");
  EXPECT_EQ(encodings(back_up("text", {"--data-format", "text"})).find("columnar"), std::string::npos);
  EXPECT_EQ(encodings(back_up("digits", {"--extra-float-digits", "0"})).find("columnar"), std::string::npos);
  EXPECT_EQ(encodings(back_up("sjis", {"-E", "SJIS"})).find("columnar"), std::string::npos);
}

TEST_F(DataFormatTest, binary_names_the_tables_that_stay_text) {
  std::vector<std::string> named;
  const json document = inspect(back_up("binary", {"--data-format", "binary"}));
  for (const json& item : document["report"])
    named.push_back(item["name"].get<std::string>() + ": " + item["text"].get<std::string>());
  EXPECT_THAT(
      named,
      ::testing::UnorderedElementsAre(
          HasSubstr("public.price: its rows are saved as text: column amount has the type money"),
          HasSubstr("public.mood_list: its rows are saved as text: column m has the type public.mood[]"),
          HasSubstr("public.nothing: its rows are saved as text: it has no columns")));
}

TEST_F(DataFormatTest, scripts_hold_no_binary) {
  const ProcessResult wrong = run_pgark({"backup", "-d", cluster().conninfo("source"), "-F", "plain", "-o",
                                         folder_ / "x.sql", "--data-format", "binary"});
  EXPECT_EQ(wrong.exit_status, 2) << wrong.describe();
  const ProcessResult unknown = run_pgark(
      {"backup", "-d", cluster().conninfo("source"), "-o", folder_ / "x.pgark", "--data-format", "csv"});
  EXPECT_EQ(unknown.exit_status, 2) << unknown.describe();
}

// The bytes of a bigint would be taken for a float8, those of a timestamptz for a bigint: into tables that
// were there before, rows go as text.
TEST_F(DataFormatTest, tables_of_other_types_do_not_misread_rows) {
  const auto archive = back_up("types", {"-t", "plain", "-t", "own_types"});
  cluster().create_database("other");
  cluster().sql(
      "other",
      "CREATE TABLE plain (id float8 PRIMARY KEY, at text, f numeric, n float8, t text, b bytea, j json,"
      " a bigint[], u text, r text, ok boolean);"
      "CREATE TABLE own_types (id bigint, m text, p float8, d text, c text, name text)");
  restore(archive, "other", {"--data-only", "-j", "2"});
  EXPECT_EQ(cluster().sql("other",
                          "SELECT id, at, f, b, u IS NULL FROM plain WHERE id = 5"
                          " ORDER BY id"),
            cluster().sql("source",
                          "SELECT id::float8, at AT TIME ZONE 'UTC' || '+00', f::text::numeric, b, u IS NULL"
                          " FROM plain WHERE id = 5 ORDER BY id"));
  EXPECT_EQ(cluster().sql("other", "SELECT sum(p), count(*), min(m) FROM own_types"),
            cluster().sql("source", "SELECT sum(p)::float8, count(*), min(m::text) FROM own_types"));
  cluster().drop_database("other");
}

// A domain that was there before may stand for another type of the same size.
TEST_F(DataFormatTest, domains_that_are_not_restored_are_not_trusted) {
  cluster().create_database("domains");
  cluster().sql("domains",
                "CREATE DOMAIN stamp AS bigint; CREATE TABLE t (s stamp); INSERT INTO t VALUES (1), (77)");
  const auto archive = folder_ / "domains.pgark";
  ASSERT_TRUE(run_pgark({"backup", "-d", cluster().conninfo("domains"), "-o", archive}).ok());
  EXPECT_EQ(encodings(archive), "t columnar\n");
  cluster().create_database("target");
  cluster().sql("target", "CREATE DOMAIN stamp AS float8");
  restore(archive, "target", {"-t", "t", "--clean"});
  EXPECT_EQ(cluster().sql("target", "SELECT string_agg(s::text, ',' ORDER BY s) FROM t"), "1,77");
  cluster().drop_database("target");
  cluster().drop_database("domains");
}

// 17 sends an infinite interval as a number that 15 takes for a long one; as text it is refused.
TEST_F(DataFormatTest, an_older_server_gets_text) {
  const auto newer = start_server(17);
  newer->create_database("spans");
  newer->sql("spans", "CREATE TABLE t (i interval); INSERT INTO t VALUES ('infinity')");
  const auto archive = folder_ / "spans.pgark";
  ASSERT_TRUE(run_pgark({"backup", "-d", newer->conninfo("spans"), "-o", archive}).ok());
  EXPECT_EQ(encodings(archive), "t columnar\n");
  cluster().create_database("spans", "TEMPLATE template0");
  const ProcessResult older = run_pgark({"restore", archive, "-d", cluster().conninfo("spans")});
  EXPECT_EQ(older.exit_status, 14) << older.describe();
  EXPECT_EQ(cluster().sql("spans", "SELECT count(*) FROM t"), "0");
  cluster().drop_database("spans");
  newer->create_database("again", "TEMPLATE template0");
  ASSERT_TRUE(run_pgark({"restore", archive, "-d", newer->conninfo("again")}).ok());
  EXPECT_EQ(newer->sql("again", "SELECT i FROM t"), "infinity");
}

// What stays in a target beside --clean may give a column another type of the same size.
TEST_F(DataFormatTest, what_was_there_before_does_not_change_rows) {
  cluster().create_database("kinds");
  cluster().sql(
      "kinds",
      "CREATE DOMAIN d AS int4; CREATE TYPE ct AS (x int4, y int4); CREATE TABLE par (p int4, q date);"
      "CREATE TABLE t1 (a int4, b d); CREATE TABLE t2 OF ct; CREATE TABLE t3 (r text) INHERITS (par);"
      "INSERT INTO t1 VALUES (1, 1000); INSERT INTO t2 VALUES (2, 1);"
      "INSERT INTO t3 VALUES (3, '2020-01-01', 'x')");
  for (const bool partial_archive : {false, true}) {
    for (const char* table : {"t1", "t2", "t3"}) {
      SCOPED_TRACE(std::string(table) + (partial_archive ? ", partial archive" : ""));
      const auto archive = folder_ / (std::string(table) + (partial_archive ? "p" : "w"));
      std::vector<std::string> backup{"backup", "-d", cluster().conninfo("kinds"), "-o", archive};
      if (partial_archive) backup.insert(backup.end(), {"-t", table});
      ASSERT_TRUE(run_pgark(backup).ok());
      cluster().create_database("target");
      cluster().sql(
          "target",
          "CREATE DOMAIN d AS real; CREATE TYPE ct AS (x int4, y real); CREATE TABLE par (p int4, q int4)");
      const ProcessResult restored =
          run_pgark({"restore", archive, "-d", cluster().conninfo("target"), "--clean", "-t", table});
      const std::string expected = table == std::string("t1")   ? "1|1000"
                                   : table == std::string("t2") ? "2|1"
                                                                : "3|2020-01-01|x";
      if (restored.ok()) {
        EXPECT_EQ(cluster().sql("target", "SELECT * FROM " + std::string(table)), expected);
      } else {
        EXPECT_EQ(restored.exit_status, 14) << restored.describe();
      }
      cluster().drop_database("target");
    }
  }
  cluster().drop_database("kinds");
}

// Rows longer than a chunk, alone and among short ones.
TEST_F(DataFormatTest, wide_rows) {
  cluster().create_database("wide");
  cluster().sql(
      "wide",
      "CREATE TABLE w (id int, b bytea, t text);"
      "INSERT INTO w SELECT i, decode(repeat(md5(i::text), 200000), 'hex'), repeat('text ', 3000000)"
      " FROM generate_series(1, 3) i; INSERT INTO w SELECT i, '\\x00', 'x' FROM generate_series(4, 5000) i");
  expect_roundtrip(cluster(), "wide", "wide_copy", folder_ / "wide.pgark", {"-j", "2"});
  cluster().drop_database("wide_copy");
  cluster().drop_database("wide");
}

}  // namespace
}  // namespace pgark::test
