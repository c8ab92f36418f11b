#include "restore/adapt/sql_renamer.hpp"

#include <gtest/gtest.h>

#include <string>

namespace pgark::restore {
namespace {

// Schema a becomes "B b"; of the schema s, table t becomes u with its index t_pkey, and Old."T x".
class SqlRenamerTest : public testing::Test {
 protected:
  SqlRenamerTest() {
    schemas_.schemas = {{"a", "B b"}, {"old", "older"}};
    schemas_.affected_schemas = {"a", "old"};
    schemas_.objects = {{"a", "t"}, {"a", "x"}};
    tables_.relations = {{{"s", "t"}, "u"},
                         {{"s", "t_pkey"}, "u_pkey"},
                         {{"s", "t_i"}, "u_i"},
                         {{"s", "t_seq"}, "u_seq"},
                         {{"Old", "T x"}, "New"}};
    tables_.tables = {{"s", "t"}, {"Old", "T x"}};
    tables_.constraints = {{"s", "t_pkey"}};
    tables_.statistics = {{{"s", "t_st"}, "u_st"}};
    tables_.affected_schemas = {"s", "Old"};
    tables_.objects = {{"s", "t"}, {"Old", "T x"}};
    tables_.routines = {{"s", "t"}};
  }
  std::string with(const Renames& renames, const std::string& kind, const std::string& sql) {
    entry_.kind = kind;
    SqlRenamer renamer(renames, entry_);
    std::string result = renamer.apply(sql);
    doubts_.clear();
    for (const auto& doubt : renamer.doubts()) doubts_ += doubt.text + "\n";
    return result;
  }
  std::string schema(const std::string& kind, const std::string& sql) { return with(schemas_, kind, sql); }
  std::string table(const std::string& kind, const std::string& sql) { return with(tables_, kind, sql); }

  Renames schemas_, tables_;
  format::TocEntry entry_;
  std::string doubts_;
};

TEST_F(SqlRenamerTest, definitions_name_schemas) {
  EXPECT_EQ(schema("SCHEMA", "CREATE SCHEMA a"), "CREATE SCHEMA \"B b\"");
  EXPECT_EQ(schema("SCHEMA", "DROP SCHEMA IF EXISTS a"), "DROP SCHEMA IF EXISTS \"B b\"");
  EXPECT_EQ(schema("COMMENT", "COMMENT ON SCHEMA a IS 'a.t'"), "COMMENT ON SCHEMA \"B b\" IS 'a.t'");
  EXPECT_EQ(schema("EXTENSION", "CREATE EXTENSION IF NOT EXISTS a WITH SCHEMA a"),
            "CREATE EXTENSION IF NOT EXISTS a WITH SCHEMA \"B b\"");
  EXPECT_EQ(schema("DEFAULT ACL", "ALTER DEFAULT PRIVILEGES FOR ROLE a IN SCHEMA a GRANT ALL ON TABLES TO a"),
            "ALTER DEFAULT PRIVILEGES FOR ROLE a IN SCHEMA \"B b\" GRANT ALL ON TABLES TO a");
  EXPECT_EQ(schema("TABLE",
                   "CREATE TABLE a.a (\n    a a.a DEFAULT a.f('a.t'::text),\n    b \"a\".t[] COLLATE a.c\n)"),
            "CREATE TABLE \"B b\".a (\n    a \"B b\".a DEFAULT \"B b\".f('a.t'::text),\n    b \"B b\".t[] "
            "COLLATE \"B b\".c\n)");
  EXPECT_NE(doubts_.find("the text 'a.t' looks like a name"), std::string::npos);
  EXPECT_EQ(schema("SEQUENCE OWNED BY", "ALTER SEQUENCE a.q OWNED BY a.t.a"),
            "ALTER SEQUENCE \"B b\".q OWNED BY \"B b\".t.a");
  EXPECT_EQ(schema("OPERATOR", "CREATE OPERATOR a.* (FUNCTION = a.f, COMMUTATOR = OPERATOR(a.*))"),
            "CREATE OPERATOR \"B b\".* (FUNCTION = \"B b\".f, COMMUTATOR = OPERATOR(\"B b\".*))");
  EXPECT_EQ(schema("TABLE DATA", "a.t (a, \"a.a\")"), "\"B b\".t (a, \"a.a\")");
  EXPECT_EQ(schema("TABLE", "CREATE TABLE b.a (x int) /* a.t */ -- a.t"),
            "CREATE TABLE b.a (x int) /* a.t */ -- a.t");
}

TEST_F(SqlRenamerTest, strings_that_are_names) {
  EXPECT_EQ(schema("DEFAULT", "nextval('a.t'::regclass)"), "nextval('\"B b\".t'::regclass)");
  EXPECT_EQ(schema("DEFAULT", "'a.f(a.t,int)'::pg_catalog.regprocedure"),
            "'\"B b\".f(\"B b\".t,int)'::pg_catalog.regprocedure");
  EXPECT_EQ(schema("SEQUENCE SET", "SELECT pg_catalog.setval('a.t', 1, true)"),
            "SELECT pg_catalog.setval('\"B b\".t', 1, true)");
  EXPECT_EQ(schema("DEFAULT", "'a'::regnamespace"), "'\"B b\"'::regnamespace");
  EXPECT_EQ(schema("FUNCTION",
                   "CREATE FUNCTION b.f() RETURNS a.t LANGUAGE x SET search_path TO 'a', 'b' AS $$a.t$$"),
            "CREATE FUNCTION b.f() RETURNS \"B b\".t LANGUAGE x SET search_path TO 'B b', 'b' AS $$a.t$$");
  EXPECT_NE(doubts_.find("its body names the schema a"), std::string::npos);
  EXPECT_EQ(schema("STATISTICS DATA",
                   "SELECT pg_catalog.pg_restore_relation_stats('schemaname', 'a', 'relname', 'a')"),
            "SELECT pg_catalog.pg_restore_relation_stats('schemaname', 'B b', 'relname', 'a')");
}

TEST_F(SqlRenamerTest, bodies_are_looked_through) {
  schema("FUNCTION", "CREATE FUNCTION f() LANGUAGE plpgsql AS 'EXECUTE ''SELECT A.x''';");
  EXPECT_NE(doubts_, "");
  schema("FUNCTION", "CREATE FUNCTION f() LANGUAGE sql AS $$SELECT \"a\" . t$$;");
  EXPECT_NE(doubts_, "");
  schema("FUNCTION", "CREATE FUNCTION f() LANGUAGE sql AS $$SELECT aa.t, a_.t, a FROM b.a$$;");
  EXPECT_EQ(doubts_, "");
  schema("FUNCTION", "CREATE FUNCTION f() LANGUAGE c AS 'a.so', 'x';");
  EXPECT_EQ(doubts_, "");
  table("FUNCTION", "CREATE FUNCTION f() LANGUAGE sql AS $$SELECT FROM t$$;");
  EXPECT_NE(doubts_, "");
  table("FUNCTION", "CREATE FUNCTION f() LANGUAGE sql AS $$SELECT FROM tt$$;");
  EXPECT_EQ(doubts_, "");
}

TEST_F(SqlRenamerTest, an_alias_is_no_schema) {
  EXPECT_EQ(schema("VIEW",
                   "CREATE VIEW a.v AS\n SELECT a.t,\n    a.x AS y\n   FROM a.t a\n  WHERE (a.t = 'x'::a.t)"),
            "CREATE VIEW \"B b\".v AS\n SELECT a.t,\n    a.x AS y\n   FROM \"B b\".t a\n  WHERE (a.t = "
            "'x'::\"B b\".t)");
  EXPECT_NE(doubts_.find("a.t is read as a column"), std::string::npos);
  EXPECT_EQ(
      schema(
          "VIEW",
          "CREATE VIEW b.v AS SELECT EXTRACT(year FROM a.x), a.x IS DISTINCT FROM a.y, a.f(a.x) FROM (b.t a"
          " JOIN a.t u ON ((a.x = u.y))), a.z, LATERAL a.g(a.x) g(c a.t)"),
      "CREATE VIEW b.v AS SELECT EXTRACT(year FROM a.x), a.x IS DISTINCT FROM a.y, \"B b\".f(a.x) FROM (b.t a"
      " JOIN \"B b\".t u ON ((a.x = u.y))), \"B b\".z, LATERAL \"B b\".g(a.x) g(c \"B b\".t)");
  EXPECT_EQ(schema("VIEW", "CREATE VIEW b.v AS SELECT x.y FROM a.t x WHERE (EXISTS ( SELECT a.* FROM a.a))"),
            "CREATE VIEW b.v AS SELECT x.y FROM \"B b\".t x WHERE (EXISTS ( SELECT a.* FROM \"B b\".a))");
  EXPECT_EQ(
      schema("VIEW",
             "CREATE VIEW b.v AS WITH a AS ( SELECT 1 AS x) SELECT a.x, (a.x OPERATOR(a.+) a.x) FROM a, a.t"),
      "CREATE VIEW b.v AS WITH a AS ( SELECT 1 AS x) SELECT a.x, (a.x OPERATOR(\"B b\".+) a.x) FROM a, \"B "
      "b\".t");
}

TEST_F(SqlRenamerTest, rules_triggers_and_policies) {
  EXPECT_EQ(schema("RULE",
                   "CREATE RULE r AS\n    ON UPDATE TO old.t DO  UPDATE a.t SET x = old.x, y = new.y\n  "
                   "WHERE (t.z = old.z)"),
            "CREATE RULE r AS\n    ON UPDATE TO older.t DO  UPDATE \"B b\".t SET x = old.x, y = new.y\n  "
            "WHERE (t.z = old.z)");
  EXPECT_EQ(
      schema("RULE",
             "CREATE RULE r AS ON DELETE TO b.t DO ( INSERT INTO a.t (x) VALUES (old.x); DELETE FROM a.x; )"),
      "CREATE RULE r AS ON DELETE TO b.t DO ( INSERT INTO \"B b\".t (x) VALUES (old.x); DELETE FROM \"B "
      "b\".x; )");
  EXPECT_EQ(
      schema(
          "TRIGGER",
          "CREATE TRIGGER old BEFORE UPDATE OF x ON old.t FOR EACH ROW WHEN ((old.x IS DISTINCT FROM new.x))"
          " EXECUTE FUNCTION old.f()"),
      "CREATE TRIGGER old BEFORE UPDATE OF x ON older.t FOR EACH ROW WHEN ((old.x IS DISTINCT FROM new.x))"
      " EXECUTE FUNCTION older.f()");
  EXPECT_EQ(
      schema(
          "POLICY",
          "CREATE POLICY a ON a.t FOR DELETE TO a USING ((EXISTS ( SELECT FROM a.x a WHERE (a.y = t.z))))"),
      "CREATE POLICY a ON \"B b\".t FOR DELETE TO a USING ((EXISTS ( SELECT FROM \"B b\".x a WHERE (a.y = "
      "t.z))))");
}

TEST_F(SqlRenamerTest, blocks_are_changed_inside) {
  EXPECT_EQ(schema("TRIGGER", "DO $$BEGIN PERFORM 'a.t'::pg_catalog.regclass; END$$"),
            "DO $$BEGIN PERFORM '\"B b\".t'::pg_catalog.regclass; END$$");
}

TEST_F(SqlRenamerTest, names_inside_of_blocks) {
  entry_.schema = "s";
  entry_.table = "t";
  EXPECT_EQ(
      table("TRIGGER",
            "DO $$BEGIN c.conrelid = 's.t'::pg_catalog.regclass AND c.conname = 't_pkey' AND x = 't_pkey';"
            " EXECUTE format('%s', 's.t', name); END$$"),
      "DO $$BEGIN c.conrelid = 's.u'::pg_catalog.regclass AND c.conname = 'u_pkey' AND x = 't_pkey';"
      " EXECUTE format('%s', 's.u', name); END$$");
  EXPECT_EQ(table("TABLE",
                  "DO $$BEGIN\n  IF pg_catalog.to_regclass('s.t') IS NOT NULL THEN\n    ALTER TABLE s.t x;\n "
                  " END IF;\nEND$$"),
            "DO $$BEGIN\n  IF pg_catalog.to_regclass('s.u') IS NOT NULL THEN\n    ALTER TABLE s.u x;\n  END "
            "IF;\nEND$$");
}

TEST_F(SqlRenamerTest, bodies_in_sql) {
  EXPECT_EQ(
      schema("FUNCTION",
             "CREATE FUNCTION a.f(a a.t) RETURNS SETOF a.t LANGUAGE sql BEGIN ATOMIC SELECT a.x FROM a.t a;"
             " UPDATE a.t SET x = 1; END"),
      "CREATE FUNCTION \"B b\".f(a \"B b\".t) RETURNS SETOF \"B b\".t LANGUAGE sql BEGIN ATOMIC SELECT a.x "
      "FROM \"B b\".t a;"
      " UPDATE \"B b\".t SET x = 1; END");
}

TEST_F(SqlRenamerTest, tables_keep_their_names_as_aliases) {
  EXPECT_EQ(table("VIEW", "CREATE VIEW s.v AS SELECT t.a, t.* FROM s.t WHERE (t.b > 0)"),
            "CREATE VIEW s.v AS SELECT t.a, t.* FROM s.u t WHERE (t.b > 0)");
  EXPECT_EQ(
      table("VIEW",
            "CREATE VIEW s.v AS SELECT x.a FROM (s.t x JOIN ONLY \"Old\".\"T x\" USING (a)), s.t t_1(c)"),
      "CREATE VIEW s.v AS SELECT x.a FROM (s.u x JOIN ONLY \"Old\".\"New\" \"T x\" USING (a)), s.u t_1(c)");
  EXPECT_EQ(
      table("RULE", "CREATE RULE r AS ON DELETE TO s.t DO  INSERT INTO s.t (a) VALUES (1) RETURNING t.a"),
      "CREATE RULE r AS ON DELETE TO s.u DO  INSERT INTO s.u AS t (a) VALUES (1) RETURNING t.a");
  // A function of the table's name, and the table's type.
  EXPECT_EQ(table("VIEW", "CREATE VIEW s.v AS SELECT s.t(1), NULL::s.t FROM s.t() x"),
            "CREATE VIEW s.v AS SELECT s.t(1), NULL::s.u FROM s.t() x");
}

TEST_F(SqlRenamerTest, what_hangs_on_a_table) {
  entry_.schema = "s";
  entry_.table = "t";
  EXPECT_EQ(table("INDEX", "CREATE UNIQUE INDEX t_i ON s.t USING btree (t_i, s.t(a))"),
            "CREATE UNIQUE INDEX u_i ON s.u USING btree (t_i, s.t(a))");
  EXPECT_EQ(table("INDEX", "DROP INDEX IF EXISTS s.t_i"), "DROP INDEX IF EXISTS s.u_i");
  EXPECT_EQ(table("CONSTRAINT", "ALTER TABLE ONLY s.t\n    ADD CONSTRAINT t_pkey PRIMARY KEY (t_pkey)"),
            "ALTER TABLE ONLY s.u\n    ADD CONSTRAINT u_pkey PRIMARY KEY (t_pkey)");
  EXPECT_EQ(table("CONSTRAINT", "ALTER TABLE IF EXISTS ONLY s.t DROP CONSTRAINT IF EXISTS t_pkey"),
            "ALTER TABLE IF EXISTS ONLY s.u DROP CONSTRAINT IF EXISTS u_pkey");
  EXPECT_EQ(table("COMMENT", "COMMENT ON CONSTRAINT t_pkey ON s.t IS 's.t'"),
            "COMMENT ON CONSTRAINT u_pkey ON s.u IS 's.t'");
  EXPECT_EQ(table("TABLE", "ALTER TABLE s.t CLUSTER ON t_i"), "ALTER TABLE s.u CLUSTER ON u_i");
  EXPECT_EQ(table("TABLE", "ALTER TABLE ONLY s.t REPLICA IDENTITY USING INDEX t_pkey"),
            "ALTER TABLE ONLY s.u REPLICA IDENTITY USING INDEX u_pkey");
  EXPECT_EQ(table("STATISTICS", "CREATE STATISTICS s.t_st ON a, b FROM s.t"),
            "CREATE STATISTICS s.u_st ON a, b FROM s.u");
  EXPECT_EQ(table("DEFAULT", "ALTER TABLE ONLY s.t ALTER COLUMN t SET DEFAULT nextval('s.t_seq'::regclass)"),
            "ALTER TABLE ONLY s.u ALTER COLUMN t SET DEFAULT nextval('s.u_seq'::regclass)");
  EXPECT_EQ(
      table("POLICY", "CREATE POLICY t ON s.t USING ((EXISTS ( SELECT 1 FROM s.t t_1 WHERE (t_1.a = t.b))))"),
      "CREATE POLICY t ON s.u USING ((EXISTS ( SELECT 1 FROM s.u t_1 WHERE (t_1.a = u.b))))");
}

TEST_F(SqlRenamerTest, other_tables_and_their_keys) {
  entry_.schema = "s";
  entry_.table = "other";
  EXPECT_EQ(table("FK CONSTRAINT",
                  "ALTER TABLE ONLY s.other ADD CONSTRAINT t_pkey FOREIGN KEY (t) REFERENCES s.t(t)"),
            "ALTER TABLE ONLY s.other ADD CONSTRAINT t_pkey FOREIGN KEY (t) REFERENCES s.u(t)");
  EXPECT_EQ(table("TABLE", "CREATE TABLE s.other (t s.t, CHECK (f(other.*) > 0))"),
            "CREATE TABLE s.other (t s.u, CHECK (f(other.*) > 0))");
}

}  // namespace
}  // namespace pgark::restore
