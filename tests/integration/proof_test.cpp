// restore --verify and verify -d: what is in a database is what is in the archive, or each difference is
// named.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "roundtrip.hpp"
#include "support/temp_directory.hpp"

namespace pgark::test {
namespace {

class ProofTest : public testing::Test {
 protected:
  using Words = std::vector<std::string>;

  void SetUp() override {
    for (const char* name : {"source", "target"}) cluster_.create_database(name, "TEMPLATE template0");
    source(
        "CREATE SCHEMA s; CREATE SEQUENCE s.q; SELECT setval('s.q', 41);"
        "CREATE TABLE s.wide (id bigint PRIMARY KEY, name text, at timestamptz, amount numeric, tags int[], "
        "doc jsonb);"
        "INSERT INTO s.wide SELECT n, repeat('x', 200) || n, to_timestamp(n), n / 7.0, ARRAY[n], '{\"a\": 1}'"
        " FROM generate_series(1, 60000) n;"
        "CREATE TABLE s.as_text (id int, place point, words tsvector, kind regclass);"
        "INSERT INTO s.as_text SELECT n, point(n, 1), to_tsvector('simple', 'w' || n), 's.wide' FROM"
        " generate_series(1, 3000) n;"
        "CREATE TABLE s.empty (); CREATE TABLE s.no_columns (); INSERT INTO s.no_columns DEFAULT VALUES;"
        "CREATE TABLE s.child (id int REFERENCES s.wide (id), CONSTRAINT positive CHECK (id > 0));"
        "CREATE INDEX by_id ON s.child (id); CREATE VIEW s.v AS SELECT id FROM s.wide;"
        "CREATE MATERIALIZED VIEW s.m AS SELECT 1 AS a;"
        "CREATE FUNCTION s.f(a int, OUT b text) LANGUAGE sql AS 'SELECT $1::text';"
        "CREATE TABLE s.parent (k int, v text) PARTITION BY RANGE (k);"
        "CREATE TABLE s.p1 PARTITION OF s.parent FOR VALUES FROM (0) TO (100);"
        "CREATE TABLE s.p2 (v text, k int); ALTER TABLE s.parent ATTACH PARTITION s.p2 FOR VALUES FROM (100) "
        "TO (200);"
        "INSERT INTO s.parent SELECT n, 'v' || n FROM generate_series(0, 199) n;"
        "SELECT lo_from_bytea(0, decode(repeat('ab', 300000), 'hex')), lo_from_bytea(0, 'abc'), "
        "lo_create(0);");
    expect(run_long({"backup", "-q", "-d", cluster_.conninfo("source"), "-o", archive_, "-j", "2"}), 0, {});
  }
  void TearDown() override {
    for (const char* name : {"source", "target"}) cluster_.drop_database(name);
  }

  std::string source(const std::string& sql) { return cluster_.sql("source", sql); }
  std::string target(const std::string& sql) { return cluster_.sql("target", sql); }
  ProcessResult restore(const Words& options = {}) {
    Words words{"restore", archive_, "-d", cluster_.conninfo("target"), "-j", "2"};
    words.insert(words.end(), options.begin(), options.end());
    return run_long(words);
  }
  ProcessResult compare(const Words& options = {}) {
    Words words{"verify", archive_, "-d", cluster_.conninfo("target"), "-j", "3"};
    words.insert(words.end(), options.begin(), options.end());
    return run_long(words);
  }
  static void expect(const ProcessResult& result, int status, const Words& named) {
    EXPECT_EQ(result.exit_status, status) << result.describe();
    for (const std::string& text : named)
      EXPECT_NE((result.out + result.err).find(text), std::string::npos) << text << "\n" << result.describe();
  }
  // A change of the target that `undo` takes back is found and named.
  void expect_found(const std::string& change, const Words& named, const std::string& undo) {
    target(change);
    expect(compare(), 13, named);
    target(undo);
  }

  const std::string second_object_ =
      "(SELECT oid FROM pg_largeobject_metadata ORDER BY oid OFFSET 1 LIMIT 1)";
  Cluster& cluster_ = Cluster::shared();
  const TempDirectory folder_;
  const std::string archive_ = (folder_ / "x.pgark").string();
};

TEST_F(ProofTest, a_restore_proves_itself) {
  expect(restore({"--verify"}), 0,
         {"ok    7 tables read again, 63,201 rows", "ok    1 sequence: they stand", "ok    3 large objects",
          "ok    19 of 19 objects"});
  const ProcessResult json = compare({"--json"});
  EXPECT_EQ(json.exit_status, 0) << json.describe();
  const std::size_t last = json.out.rfind('\n', json.out.size() - 2);
  const auto result = nlohmann::json::parse(json.out.substr(last == std::string::npos ? 0 : last + 1));
  EXPECT_EQ(result["database"]["proved"], true) << result.dump();
  EXPECT_EQ(result["database"]["rows"], 63201);
  EXPECT_EQ(result["database"]["objects"]["TABLE"]["found"], 8);
  EXPECT_TRUE(result["database"]["differences"].empty());
}

TEST_F(ProofTest, every_difference_is_found) {
  expect(restore(), 0, {});
  expect_found("UPDATE s.wide SET name = name || '.' WHERE id = 55555",
               {"TABLE DATA s.wide: holds as many rows"},
               "UPDATE s.wide SET name = left(name, -1) WHERE id = 55555");
  expect_found("DELETE FROM s.as_text WHERE id = 17",
               {"TABLE DATA s.as_text: holds 2999 rows, the archive 3000"},
               "INSERT INTO s.as_text SELECT 17, point(17, 1), to_tsvector('simple', 'w17'), 's.wide'");
  expect_found("INSERT INTO s.no_columns DEFAULT VALUES", {"s.no_columns: holds 2 rows"},
               "DELETE FROM s.no_columns; INSERT INTO s.no_columns DEFAULT VALUES");
  expect_found("INSERT INTO s.empty DEFAULT VALUES", {"s.empty: holds 1 rows, the archive 0"},
               "DELETE FROM s.empty");
  expect_found("SELECT setval('s.q', 41, false)",
               {"SEQUENCE SET s.q: stands at (41, false), in the archive at (41, true)"},
               "SELECT setval('s.q', 41)");
  expect_found("DROP INDEX s.by_id", {"INDEX s.by_id", "is not in the database"},
               "CREATE INDEX by_id ON s.child (id)");
  expect_found("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 's.by_id'::regclass",
               {"INDEX s.by_id", "is not valid"},
               "UPDATE pg_index SET indisvalid = true WHERE indexrelid = 's.by_id'::regclass");
  expect_found(
      "ALTER TABLE s.child DROP CONSTRAINT child_id_fkey; ALTER TABLE s.child ADD CONSTRAINT child_id_fkey"
      " FOREIGN KEY (id) REFERENCES s.wide NOT VALID",
      {"FK CONSTRAINT s.child_id_fkey", "is not valid"},
      "ALTER TABLE s.child VALIDATE CONSTRAINT child_id_fkey");
  expect_found("ALTER TABLE s.parent DETACH PARTITION s.p2", {"TABLE ATTACH s.p2", "is not in the database"},
               "ALTER TABLE s.parent ATTACH PARTITION s.p2 FOR VALUES FROM (100) TO (200)");
  expect_found("REFRESH MATERIALIZED VIEW s.m WITH NO DATA", {"MATERIALIZED VIEW DATA s.m", "is not valid"},
               "REFRESH MATERIALIZED VIEW s.m");
  expect_found("DROP FUNCTION s.f(int)", {"FUNCTION s.f(integer)"},
               "CREATE FUNCTION s.f(a int, OUT b text) LANGUAGE sql AS 'SELECT $1::text'");
  expect_found("SELECT lo_put(" + second_object_ + ", 0, 'q')", {"LARGE OBJECTS: their bytes"},
               "SELECT lo_put(" + second_object_ + ", 0, 'a')");
  expect_found("CREATE TABLE s.kept AS TABLE s.parent; TRUNCATE s.parent",
               {"s.p1: holds 0 rows", "s.p2: holds 0 rows"},
               "INSERT INTO s.parent TABLE s.kept; DROP TABLE s.kept");
  expect(compare(), 0, {});
  target("SELECT lo_unlink(max(oid)) FROM pg_largeobject_metadata; DROP TABLE s.child, s.empty");
  expect(compare(), 13,
         {"LARGE OBJECTS: 2 of 3", "TABLE s.child: is not in the database",
          "TABLE DATA s.empty: cannot be read"});
}

// A trigger of the live schema changes rows on their way in.
TEST_F(ProofTest, rows_that_a_trigger_changed_are_not_the_archives) {
  expect(restore({"--section", "pre-data"}), 0, {});
  target(
      "CREATE FUNCTION s.change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.id := -NEW.id; RETURN "
      "NEW; END $$;"
      "CREATE TRIGGER change BEFORE INSERT ON s.as_text FOR EACH ROW EXECUTE FUNCTION s.change()");
  expect(restore({"--section", "data", "--verify"}), 13,
         {"restore complete", "FAIL  7 tables",
          "TABLE DATA s.as_text: holds as many rows as the archive, 3000, but"});
}

TEST_F(ProofTest, what_was_not_chosen_or_failed_is_not_compared) {
  target("CREATE SCHEMA s");
  expect(restore({"--verify", "--clean", "-t", "s.child"}), 14, {"ok    1 table read again, 0 rows"});
  expect(restore({"--verify", "--append"}), 2, {"--append"});
  expect(run_long({"verify", archive_, "-h", "127.0.0.1"}), 2, {"--dbname"});
}

// pg_largeobject is open to superusers only.
TEST_F(ProofTest, a_role_that_is_no_superuser_proves_as_much) {
  source("DO $$ BEGIN CREATE ROLE proof_owner LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
  target("GRANT ALL ON DATABASE target TO proof_owner");
  const std::string conninfo = cluster_.conninfo("target", "user=proof_owner");
  expect(run_long({"restore", archive_, "-d", conninfo, "--no-owner", "--verify"}), 0,
         {"ok    7 tables", "ok    3 large objects"});
  target("SELECT lo_put(" + second_object_ + ", 1, 'q')");
  expect(run_long({"verify", archive_, "-d", conninfo}), 13, {"LARGE OBJECTS: their bytes"});
  target("DROP OWNED BY proof_owner");
}

}  // namespace
}  // namespace pgark::test
