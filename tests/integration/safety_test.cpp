// What must not happen unnoticed: a backup that lacks something, rows loaded twice, objects of others in the
// target, materialized views left empty.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "roundtrip.hpp"
#include "support/temp_directory.hpp"

namespace pgark::test {
namespace {

class SafetyTest : public testing::Test {
 protected:
  using Words = std::vector<std::string>;

  void SetUp() override {
    for (const char* name : {"source", "target"}) cluster_.create_database(name, "TEMPLATE template0");
  }
  void TearDown() override {
    for (const char* name : {"source", "target"}) cluster_.drop_database(name);
  }

  std::string source(const std::string& sql) { return cluster_.sql("source", sql); }
  std::string target(const std::string& sql) { return cluster_.sql("target", sql); }
  ProcessResult backup(Words options = {}) {
    Words words{"backup", "-d", cluster_.conninfo("source"), "-o", archive_, "--overwrite"};
    words.insert(words.end(), options.begin(), options.end());
    return run_pgark(words);
  }
  ProcessResult restore(Words options = {}) {
    Words words{"restore", archive_, "-d", cluster_.conninfo("target")};
    words.insert(words.end(), options.begin(), options.end());
    return run_pgark(words);
  }
  void good_backup(const Words& options = {}) {
    const ProcessResult result = backup(options);
    ASSERT_TRUE(result.ok()) << result.describe();
  }
  void good_restore(const Words& options = {}) {
    const ProcessResult result = restore(options);
    ASSERT_TRUE(result.ok()) << result.describe();
  }
  static void expect(const ProcessResult& result, int status, const Words& named) {
    EXPECT_EQ(result.exit_status, status) << result.describe();
    for (const std::string& text : named)
      EXPECT_NE(result.err.find(text), std::string::npos) << text << "\n" << result.describe();
  }

  Cluster& cluster_ = Cluster::shared();
  const TempDirectory folder_;
  const std::string archive_ = (folder_ / "x.pgark").string();
};

// Objects in system schemas are never saved.
TEST_F(SafetyTest, a_backup_with_losses_says_so_in_its_status) {
  source(
      "CREATE TABLE t (a int); CREATE FUNCTION pg_catalog.hidden() RETURNS int LANGUAGE sql AS 'SELECT 1'");
  expect(backup(), 14, {"not saved: ", "hidden", "backup INCOMPLETE", "1 object was not saved"});
  expect(backup({"-F", "plain"}), 14, {"hidden"});
  expect(backup({"-t", "t"}), 0, {"backup complete"});
}

// F54: rows of the catalogs were deleted by hand. What needs them is named, and the rest is saved.
TEST_F(SafetyTest, objects_that_lack_what_they_need_are_named) {
  source(
      "CREATE TABLE t (a int); INSERT INTO t VALUES (1); CREATE TYPE gone AS ENUM ('a');"
      "CREATE FUNCTION typeless(gone, int) RETURNS gone LANGUAGE sql AS 'SELECT $1';"
      "CREATE FUNCTION days(int) RETURNS date LANGUAGE sql AS 'SELECT current_date + $1';"
      "CREATE CAST (int AS date) WITH FUNCTION days(int);"
      "SET allow_system_table_mods = on; CREATE TEMP TABLE doomed AS SELECT 'gone'::regtype::oid AS oid"
      " UNION ALL SELECT '_gone'::regtype UNION ALL SELECT 'days'::regproc;"
      "DELETE FROM pg_type WHERE oid IN (TABLE doomed); DELETE FROM pg_proc WHERE oid IN (TABLE doomed);"
      "DELETE FROM pg_depend WHERE objid IN (TABLE doomed) OR refobjid IN (TABLE doomed)");
  expect(backup(), 14,
         {"FUNCTION public.typeless: not saved: it needs the type with OID",
          "CAST (integer AS date): not saved: it needs the function with OID", "2 objects were not saved"});
  good_restore();
  EXPECT_EQ(target("SELECT a FROM t"), "1");
}

TEST_F(SafetyTest, a_restore_tells_what_the_archive_lacks) {
  source(
      "CREATE TABLE t (a int); CREATE FUNCTION pg_catalog.hidden() RETURNS int LANGUAGE sql AS 'SELECT 1'");
  expect(backup(), 14, {});
  expect(restore(), 0, {"not in the archive: ", "hidden", "restore complete"});
  const ProcessResult json = restore({"--clean", "--json"});
  const std::string last = json.out.substr(json.out.rfind('\n', json.out.size() - 2) + 1);
  const auto event = nlohmann::json::parse(last);
  EXPECT_EQ(event.at("archive_report").at(0).at("level"), "lost") << last;
}

TEST_F(SafetyTest, a_note_is_no_loss) {
  source("CREATE TABLE t (a int); INSERT INTO t VALUES (1), (1)");
  EXPECT_ANY_THROW(source("CREATE UNIQUE INDEX CONCURRENTLY broken ON t (a)"));
  expect(backup(), 0, {"warning: INDEX public.broken: is invalid", "backup complete"});
}

TEST_F(SafetyTest, rows_are_not_loaded_twice) {
  source("CREATE TABLE t (a int); INSERT INTO t VALUES (1), (2); CREATE TABLE u (a int)");
  good_backup();
  good_restore();
  for (const Words& options : {Words{"-a"}, Words{"--section", "data"}}) {
    expect(restore(options), 12, {"public.t", "TRUNCATE", "--append"});
    EXPECT_EQ(target("SELECT count(*) FROM t"), "2");
  }
  good_restore({"-a", "-t", "u"});
  good_restore({"--section", "data", "--append"});
  EXPECT_EQ(target("SELECT count(*) FROM t"), "4");
  target("TRUNCATE t");
  good_restore({"-a"});
  EXPECT_EQ(target("SELECT count(*) FROM t"), "2");
}

TEST_F(SafetyTest, rows_of_partitions_count_rows_of_children_do_not) {
  source(
      "CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);"
      "CREATE TABLE parent (a int); INSERT INTO parent VALUES (1); INSERT INTO p VALUES (1)");
  good_backup();
  good_restore();
  expect(restore({"-a", "-t", "p*"}), 12, {"public.p1", "public.parent"});
  target(
      "TRUNCATE p; TRUNCATE parent; CREATE TABLE child () INHERITS (parent); INSERT INTO child VALUES (5)");
  good_restore({"-a"});
}

TEST_F(SafetyTest, clean_needs_definitions) {
  source("CREATE TABLE t (a int); INSERT INTO t VALUES (1)");
  good_backup();
  good_restore();
  expect(restore({"--clean", "--section", "data"}), 2, {"--clean", "--section data"});
  expect(restore({"--clean", "-a"}), 2, {"--clean"});
  EXPECT_EQ(target("SELECT count(*) FROM t"), "1");
}

// What the archive holds decides, not the options of the restore.
TEST_F(SafetyTest, a_data_only_archive_needs_no_option) {
  const std::string tables = "CREATE TABLE t (a serial); CREATE SCHEMA s; CREATE TABLE s.u (a int)";
  source(tables);
  source("INSERT INTO t DEFAULT VALUES; INSERT INTO s.u VALUES (7); SELECT lo_from_bytea(4711, 'x')");
  good_backup({"-a", "--no-large-objects"});
  expect(restore(), 13, {"public.t", "restore the schema first"});
  target(tables);
  good_restore();
  EXPECT_EQ(target("SELECT nextval('t_a_seq'), (SELECT a FROM s.u)"), "2|7");
  expect(restore(), 12, {"hold rows already", "public.t"});
}

// Each kind by itself makes a database one that is not empty.
TEST_F(SafetyTest, every_kind_of_object_is_noticed) {
  source("CREATE TABLE archived (a int)");
  good_backup();
  const std::vector<std::pair<std::string, std::string>> kinds{
      {"collation", "CREATE COLLATION mine FROM \"C\""},
      {"operator", "CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, PROCEDURE = int4eq)"},
      {"operator family", "CREATE OPERATOR FAMILY mine USING btree"},
      {"text search configuration", "CREATE TEXT SEARCH CONFIGURATION mine (COPY = english)"},
      {"text search dictionary", "CREATE TEXT SEARCH DICTIONARY mine (TEMPLATE = simple)"},
      {"conversion", "CREATE CONVERSION mine FOR 'UTF8' TO 'LATIN1' FROM utf8_to_iso8859_1"},
      {"cast", "CREATE CAST (money AS int) WITH INOUT"},
      {"subscription",
       "CREATE SUBSCRIPTION mine CONNECTION 'dbname=x' PUBLICATION p WITH (connect = false, enabled = false, "
       "slot_name = NONE, create_slot = false)"},
      {"publication", "CREATE PUBLICATION mine"},
      {"foreign data wrapper", "CREATE FOREIGN DATA WRAPPER mine"},
      {"access method", "CREATE ACCESS METHOD mine TYPE INDEX HANDLER bthandler"},
      {"default privileges", "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC"},
      {"large object", "SELECT lo_create(4711)"},
      {"schema", "CREATE SCHEMA mine"}};
  for (const auto& [kind, sql] : kinds) {
    cluster_.drop_database("target");
    cluster_.create_database("target", "TEMPLATE template0");
    target(sql);
    expect(restore(), 12, {"already holds objects: " + kind + " "});
    target("DROP SUBSCRIPTION IF EXISTS mine");  // else the database cannot be dropped
  }
}

// The names are such that the order by name is wrong; the bodies that are text tell the archive nothing.
TEST_F(SafetyTest, materialized_views_that_read_others_through_functions) {
  source(R"sql(
CREATE TABLE t (a int); INSERT INTO t VALUES (1), (2);
CREATE MATERIALIZED VIEW z AS SELECT a FROM t;
CREATE FUNCTION known() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM z; END;
CREATE MATERIALIZED VIEW b AS SELECT known() AS n;
CREATE FUNCTION hidden() RETURNS bigint LANGUAGE plpgsql AS 'BEGIN RETURN (SELECT sum(n) FROM public.b); END';
CREATE MATERIALIZED VIEW a AS SELECT hidden() AS n)sql");
  for (const char* jobs : {"1", "3"}) {
    good_backup();
    good_restore({"--clean", "-j", jobs});
    EXPECT_EQ(target("SELECT a.n, b.n FROM a, b"), "2|2");
  }
}

// What the target gives to new objects cannot be seen in the archive, so it is told.
TEST_F(SafetyTest, default_privileges_of_the_target_are_named) {
  source(
      "CREATE ROLE lucky; CREATE TABLE secret (a int); ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO "
      "lucky");
  good_backup();
  const ProcessResult fresh = restore();
  expect(fresh, 0, {});
  EXPECT_EQ(fresh.err.find("default privileges"), std::string::npos) << fresh.err;
  expect(restore({"--clean"}), 0, {"default privileges already, of", "ALTER DEFAULT PRIVILEGES"});
  cluster_.drop_database("target");
  cluster_.drop_database("source");
  cluster_.sql("postgres", "DROP ROLE lucky");
}

TEST_F(SafetyTest, a_refresh_that_cannot_succeed_fails_by_name) {
  source(
      "CREATE TABLE t (a int); INSERT INTO t VALUES (1); CREATE MATERIALIZED VIEW good AS SELECT a FROM t;"
      "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1 / (SELECT count(*) FROM public.t)"
      "; END'; CREATE MATERIALIZED VIEW bad AS SELECT f()");
  good_backup({"--exclude-table-data", "t"});
  expect(restore(), 14, {"MATERIALIZED VIEW DATA public.bad", "division by zero"});
  EXPECT_EQ(target("SELECT count(*) FROM good"), "0");
}

TEST_F(SafetyTest, patterns_reach_names_of_another_encoding) {
  cluster_.drop_database("source");
  cluster_.create_database("source", "TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'");
  source(
      "SET client_encoding = 'UTF8'; CREATE TABLE \"t\u00e9\" (a int); CREATE TABLE \"t\u00e8\" (a int);"
      "CREATE SCHEMA \"\u00e0\"; CREATE TABLE \"\u00e0\".u (a int)");
  const std::string tables =
      "SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class WHERE relkind = 'r' AND oid >= 16384";
  good_backup({"-t", "t\u00e9"});
  good_restore();
  EXPECT_EQ(target(tables), "t\u00e9");
  good_backup({"-n", "\u00e0"});
  good_restore({"--clean"});
  EXPECT_EQ(target(tables), "t\u00e9 u");
  good_backup();
  good_restore({"--clean", "-t", "t\u00e8"});
  EXPECT_EQ(target(tables), "t\u00e8 t\u00e9 u");
  expect(backup({"-t", "t\u20ac"}), 2, {"table patterns", "LATIN1"});
}

TEST_F(SafetyTest, bad_patterns_are_usage_errors) {
  source("CREATE TABLE t (a int)");
  for (const char* option : {"-t", "-T", "-n", "-N"}) {
    const ProcessResult result = backup({option, "[bad"});
    expect(result, 2, {"[bad"});
    EXPECT_EQ(result.err.find("pg_catalog"), std::string::npos) << result.describe();
  }
}

}  // namespace
}  // namespace pgark::test
