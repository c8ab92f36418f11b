#include <gtest/gtest.h>

#include "dumper/ddl/sql_clauses.hpp"
#include "dumper/support/catalog_builder.hpp"
#include "dumper/support/toc_view.hpp"

namespace pgark::dumper {
namespace {

using testing::CatalogBuilder;
using testing::TocView;

TEST(SqlClauses, SettingsQuoteNameListsElementByElement) {
  EXPECT_EQ(setting_sql("work_mem=4MB"), "work_mem TO '4MB'");
  EXPECT_EQ(setting_sql("search_path=\"\", \"trap R 3\", pg_temp"),
            "search_path TO '', 'trap R 3', 'pg_temp'");
  EXPECT_EQ(setting_sql("search_path="), "search_path TO ''");
  EXPECT_EQ(setting_sql("search_path=\"a\"\"b\",c"), "search_path TO 'a\"b', 'c'");
  EXPECT_EQ(setting_sql("search_path=\"open"), "search_path TO '\"open'");
  EXPECT_EQ(setting_sql("my.var=a,b"), "my.var TO 'a,b'");
  EXPECT_EQ(setting_sql("DateStyle=ISO, MDY"), "\"DateStyle\" TO 'ISO, MDY'");
  EXPECT_EQ(setting_sql("x=a=b'c"), "x TO 'a=b''c'");
}

TEST(SqlClauses, OptionsSplitAtTheFirstEqualsSign) {
  const std::vector<std::string> options{"a=b=c", "flag", "plain=on", "word=auto"};
  EXPECT_EQ(options_sql(options), "a='b=c', flag='', plain='on', word=auto");
}

TEST(DdlSchema, PublicIsNeverCreated) {
  CatalogBuilder db;
  EXPECT_FALSE(TocView(db.catalog).has("SCHEMA", "public"));
  db.catalog.namespaces[0].owner = "boss";
  db.catalog.comments.clear();
  const TocView toc(db.catalog);
  EXPECT_TRUE(toc.entry("SCHEMA", "public").create.empty());
  EXPECT_TRUE(toc.entry("SCHEMA", "public").drop.empty());
  EXPECT_EQ(toc.entry("SCHEMA", "public").owner_object, "SCHEMA public");
  EXPECT_EQ(toc.sql("COMMENT", "SCHEMA public"), "COMMENT ON SCHEMA public IS ''\n");
}

TEST(DdlSchema, OthersAre) {
  CatalogBuilder db;
  const Index schema = db.schema("s \" q");
  db.catalog.namespaces[schema].acl = "{boss=UC/boss,=U/boss}";
  db.catalog.namespaces[schema].default_acl = "{boss=UC/boss}";
  db.table("t", 'r', schema);
  const TocView toc(db.catalog);
  EXPECT_EQ(toc.sql("SCHEMA", "s \" q"), "CREATE SCHEMA \"s \"\" q\"\n");
  EXPECT_EQ(toc.sql("ACL", "SCHEMA s \" q"), "GRANT USAGE ON SCHEMA \"s \"\" q\" TO PUBLIC\n");
}

TEST(DdlEnum, KeepsTheOrderOfItsLabels) {
  CatalogBuilder db;
  const Index type = db.type("en", 'e');
  db.type("blank", 'e');
  db.catalog.types[type].labels = {{"b"}, {"a"}, {"it's"}};
  const TocView toc(db.catalog);
  EXPECT_EQ(toc.sql("TYPE", "en"), "CREATE TYPE public.en AS ENUM (\n    'b',\n    'a',\n    'it''s'\n)\n");
  EXPECT_EQ(toc.sql("TYPE", "blank"), "CREATE TYPE public.blank AS ENUM (\n)\n");
}

TEST(DdlComposite, AttributesAndTheirComments) {
  CatalogBuilder db;
  const Index relation = db.table("ct", 'c');
  const Index type = db.type("ct", 'c');
  db.catalog.types[type].relation = db.catalog.relations[relation].oid;
  db.catalog.types[type].attributes = {
      {"a", "integer", "", 1, false}, {"", "", "", 2, true}, {"T x", "text", "pg_catalog.\"C\"", 3, false}};
  db.comment(db.relation_id(relation), "attribute", 3);
  db.depend(db.relation_id(relation), db.type_id(type), 'i');
  const TocView toc(db.catalog);
  EXPECT_EQ(toc.sql("TYPE", "ct"),
            "CREATE TYPE public.ct AS (\n\ta integer,\n\t\"T x\" text COLLATE pg_catalog.\"C\"\n)\n");
  EXPECT_EQ(toc.sql("COMMENT", "COLUMN ct"), "COMMENT ON COLUMN public.ct.\"T x\" IS 'attribute'\n");
}

TEST(DdlDomain, AllClauses) {
  CatalogBuilder db;
  const Index domain = db.type("d", 'd');
  Type& type = db.catalog.types[domain];
  type.base_type_sql = "text";
  type.collation_sql = "pg_catalog.\"C\"";
  type.default_sql = "'x''y'::text";
  type.not_null = true;
  const Oid late = db.take_oid();
  type.constraints = {{db.take_oid(), "c1", 'c', "CHECK ((VALUE <> ''::text))", true},
                      {late, "c2", 'c', "CHECK ((VALUE <> 'bad'::text)) NOT VALID", false}};
  type.acl = "{boss=U/boss}";
  type.default_acl = "{=U/boss,boss=U/boss}";
  db.comment({catalog_oid::kConstraint, late}, "later");
  const TocView toc(db.catalog);
  EXPECT_EQ(toc.sql("DOMAIN", "d"),
            "CREATE DOMAIN public.d AS text COLLATE pg_catalog.\"C\" NOT NULL DEFAULT 'x''y'::text\n"
            "\tCONSTRAINT c1 CHECK ((VALUE <> ''::text))\n");
  EXPECT_EQ(toc.sql("ACL", "TYPE d"), "REVOKE ALL ON TYPE public.d FROM PUBLIC\n");
  EXPECT_EQ(toc.sql("COMMENT", "CONSTRAINT c2"), "COMMENT ON CONSTRAINT c2 ON DOMAIN public.d IS 'later'\n");
  EXPECT_EQ(toc.drop("CHECK CONSTRAINT", "c2"),
            "DO $$BEGIN\n  IF pg_catalog.to_regtype('public.d') IS NOT NULL THEN\n"
            "    ALTER DOMAIN public.d DROP CONSTRAINT IF EXISTS c2;\n  END IF;\nEND$$\n");
}

TEST(DdlDomain, NamedNotNullOf17) {
  CatalogBuilder db;
  const Index domain = db.type("d", 'd');
  db.catalog.types[domain].base_type_sql = "integer";
  db.catalog.types[domain].not_null = true;
  db.catalog.types[domain].constraints = {{db.take_oid(), "d_not_null", 'n', "NOT NULL", true}};
  EXPECT_EQ(TocView(db.catalog).sql("DOMAIN", "d"), "CREATE DOMAIN public.d AS integer NOT NULL\n");
  db.catalog.types[domain].constraints[0].name = "Odd";
  EXPECT_EQ(TocView(db.catalog).sql("DOMAIN", "d"),
            "CREATE DOMAIN public.d AS integer CONSTRAINT \"Odd\" NOT NULL\n");
}

// B10: server 17 lets a domain have several, 18 does not.
TEST(DdlDomain, LastOfSeveralNotNulls) {
  CatalogBuilder db;
  const Index domain = db.type("d", 'd');
  db.catalog.types[domain].base_type_sql = "integer";
  db.catalog.types[domain].not_null = true;
  db.catalog.types[domain].constraints = {{db.take_oid(), "nn1", 'n', "NOT NULL", true},
                                          {db.take_oid(), "nn2", 'n', "NOT NULL", true}};
  EXPECT_EQ(TocView(db.catalog).sql("DOMAIN", "d"),
            "CREATE DOMAIN public.d AS integer CONSTRAINT nn2 NOT NULL\n");
}

TEST(DdlFunction, EveryAttribute) {
  CatalogBuilder db;
  const Index made = db.function("F x", "a integer");
  Function& function = db.catalog.functions[made];
  function.argument_types = "integer";
  function.language = "plpgsql";
  function.kind = 'w';
  function.volatility = 's';
  function.strict = function.security_definer = function.leakproof = function.returns_set = true;
  function.cost = 7;
  function.rows = 5;
  function.parallel = 'r';
  function.support_sql = "public.support";
  function.transform_types_sql = {"integer", "text"};
  function.configuration = {"search_path=\"\"", "my.var=1"};
  function.source = "begin $$ end";
  const TocView toc(db.catalog);
  EXPECT_EQ(
      toc.sql("FUNCTION", "F x(integer)"),
      "CREATE FUNCTION public.\"F x\"(a integer) RETURNS integer\n    LANGUAGE plpgsql TRANSFORM FOR TYPE "
      "integer, "
      "FOR TYPE text WINDOW STABLE STRICT SECURITY DEFINER LEAKPROOF COST 7 ROWS 5 SUPPORT public.support "
      "PARALLEL RESTRICTED\n    SET search_path TO ''\n    SET my.var TO '1'\n    AS $_$begin $$ end$_$\n");
  EXPECT_EQ(toc.drop("FUNCTION", "F x(integer)"), "DROP FUNCTION IF EXISTS public.\"F x\"(a integer)\n");
}

TEST(DdlFunction, BodiesAndDefaults) {
  CatalogBuilder db;
  const Index plain = db.function("plain"), atomic = db.function("atomic"), native = db.function("native"),
              procedure = db.function("proc", "OUT b integer");
  db.catalog.functions[plain].cost = 100;
  db.catalog.functions[plain].rows = 1000;
  db.catalog.functions[atomic].sql_body = "BEGIN ATOMIC\n SELECT 1;\nEND";
  db.catalog.functions[native].language = "c";
  db.catalog.functions[native].cost = 1;
  db.catalog.functions[native].binary = "$libdir/x";
  db.catalog.functions[native].source = "sym'bol";
  db.catalog.functions[procedure].kind = 'p';
  const TocView toc(db.catalog);
  EXPECT_EQ(toc.sql("FUNCTION", "plain()"),
            "CREATE FUNCTION public.plain() RETURNS integer\n    LANGUAGE sql\n    AS $$select 1$$\n");
  EXPECT_EQ(toc.sql("FUNCTION", "atomic()"),
            "CREATE FUNCTION public.atomic() RETURNS integer\n    LANGUAGE sql\n    BEGIN ATOMIC\n SELECT "
            "1;\nEND\n");
  EXPECT_EQ(
      toc.sql("FUNCTION", "native()"),
      "CREATE FUNCTION public.native() RETURNS integer\n    LANGUAGE c\n    AS '$libdir/x', 'sym''bol'\n");
  EXPECT_EQ(toc.sql("PROCEDURE", "proc(OUT b integer)").find("RETURNS"), std::string::npos);
  EXPECT_EQ(toc.entry("PROCEDURE", "proc(OUT b integer)").owner_object,
            "PROCEDURE public.proc(OUT b integer)");
}

TEST(DdlView, OptionsDefaultsAndComments) {
  CatalogBuilder db;
  const Index view = db.view("v", " SELECT a\n   FROM public.t");
  db.column(view, "a");
  db.catalog.relations[view].options = {"security_invoker=on"};
  db.catalog.relations[view].check_option = "CASCADED";
  db.default_value(view, 1, "5");
  db.comment(db.relation_id(view), "on the view");
  db.comment(db.relation_id(view), "on the column", 1);
  const TocView toc(db.catalog);
  EXPECT_EQ(toc.sql("VIEW", "v"),
            "CREATE VIEW public.v WITH (security_invoker='on') AS\n SELECT a\n   FROM public.t\n  WITH "
            "CASCADED CHECK "
            "OPTION\n");
  EXPECT_EQ(toc.sql("DEFAULT", "v a"), "ALTER TABLE ONLY public.v ALTER COLUMN a SET DEFAULT 5\n");
  EXPECT_EQ(toc.sql("COMMENT", "VIEW v"), "COMMENT ON VIEW public.v IS 'on the view'\n");
  EXPECT_EQ(toc.sql("COMMENT", "COLUMN v.a"), "COMMENT ON COLUMN public.v.a IS 'on the column'\n");
}

TEST(DdlMatview, IsCreatedEmpty) {
  CatalogBuilder db;
  const Index view = db.view("m", "SELECT 1 AS a", 'm');
  db.column(view, "a").statistics_target = 9;
  db.catalog.relations[view].options = {"fillfactor=70"};
  const TocView toc(db.catalog);
  EXPECT_EQ(toc.sql("MATERIALIZED VIEW", "m"),
            "CREATE MATERIALIZED VIEW public.m\nWITH (fillfactor='70') AS\nSELECT 1 AS a\n  WITH NO DATA\n"
            "ALTER MATERIALIZED VIEW public.m ALTER COLUMN a SET STATISTICS 9\n");
  EXPECT_EQ(toc.sql("MATERIALIZED VIEW DATA", "m"), "REFRESH MATERIALIZED VIEW public.m\n");
}

TEST(DdlSequence, LimitsOfItsTypeAndDirection) {
  CatalogBuilder db;
  const Index down = db.sequence("down");
  SequenceInfo& sequence = db.catalog.sequences[db.catalog.relations[down].sequence];
  sequence.type_sql = "smallint";
  sequence.increment = -1;
  sequence.minimum = -32768;
  sequence.maximum = -1;
  sequence.start = -5;
  const TocView toc(db.catalog);
  EXPECT_EQ(toc.sql("SEQUENCE", "down"),
            "CREATE SEQUENCE public.down\n    AS smallint\n    START WITH -5\n    INCREMENT BY -1\n    NO "
            "MINVALUE\n"
            "    NO MAXVALUE\n    CACHE 1\n");
}

TEST(DdlTriggerAndRule, StatesAndDrops) {
  CatalogBuilder db;
  const Index table = db.table("t");
  db.catalog.triggers[db.trigger(table, "tg")].enabled = 'R';
  Rule rule;
  rule.oid = db.take_oid();
  rule.name = "ru";
  rule.relation = table;
  rule.enabled = 'D';
  rule.definition_sql = "CREATE RULE ru AS ON INSERT TO public.t DO NOTHING;";
  db.catalog.rules.push_back(rule);
  const TocView toc(db.catalog);
  EXPECT_EQ(toc.sql("TRIGGER", "tg"), "CREATE TRIGGER tg\nALTER TABLE public.t ENABLE REPLICA TRIGGER tg\n");
  EXPECT_EQ(toc.drop("TRIGGER", "tg"), "DROP TRIGGER IF EXISTS tg ON public.t\n");
  EXPECT_EQ(toc.sql("RULE", "ru"),
            "CREATE RULE ru AS ON INSERT TO public.t DO NOTHING\nALTER TABLE public.t DISABLE RULE ru\n");
}

TEST(DdlDatabase, TextAndProperties) {
  CatalogBuilder db;
  DatabaseInfo& database = db.catalog.database;
  database.name = "My DB";
  database.ctype = "de_DE.utf8";
  database.is_template = true;
  database.connection_limit = 3;
  database.comment = "it's";
  database.acl = "{=Tc/boss,boss=CTc/boss,r1=c/boss}";
  database.default_acl = "{=Tc/boss,boss=CTc/boss}";
  database.settings = {"search_path=\"$user\", public"};
  database.role_settings = {{"R 3", "work_mem=1MB"}};
  const TocView toc(db.catalog);
  const auto& entry = toc.entry("DATABASE", "My DB");
  EXPECT_EQ(entry.id, 1u);
  ASSERT_EQ(entry.create.size(), 2u);
  EXPECT_EQ(entry.create[0].sql,
            "CREATE DATABASE \"My DB\" WITH TEMPLATE = template0 ENCODING = 'UTF8' LOCALE_PROVIDER = libc "
            "LC_COLLATE = 'C' "
            "LC_CTYPE = 'de_DE.utf8'");
  EXPECT_EQ(entry.create[0].min_target, 150000u);
  EXPECT_EQ(entry.create[1].max_target, 150000u);
  EXPECT_EQ(entry.drop.back().sql, "DROP DATABASE IF EXISTS \"My DB\"");
  EXPECT_EQ(toc.sql("DATABASE PROPERTIES", "My DB"),
            "ALTER DATABASE \"My DB\" SET search_path TO '$user', 'public'\n"
            "ALTER ROLE \"R 3\" IN DATABASE \"My DB\" SET work_mem TO '1MB'\n");
  // Last of all: they could keep the restore's own connections out.
  const auto& late = toc.build.toc.entries[2];
  EXPECT_EQ(late.kind, "DATABASE PROPERTIES");
  EXPECT_EQ(late.pass, format::Pass::post_acl);
  ASSERT_EQ(late.create.size(), 2u);
  EXPECT_EQ(late.create[0].sql, "ALTER DATABASE \"My DB\" CONNECTION LIMIT = 3");
  EXPECT_EQ(late.create[1].sql, "ALTER DATABASE \"My DB\" IS_TEMPLATE = true");
  EXPECT_EQ(toc.sql("COMMENT", "DATABASE My DB"), "COMMENT ON DATABASE \"My DB\" IS 'it''s'\n");
  EXPECT_EQ(toc.sql("ACL", "DATABASE My DB"), "GRANT CONNECT ON DATABASE \"My DB\" TO r1\n");
}

TEST(BuildToc, RefusesTextThatIsNotOfTheEncoding) {
  CatalogBuilder db;
  db.comment(db.relation_id(db.table("t")), "cut off \xc3");
  const auto built = build_toc(db.catalog, {});
  ASSERT_FALSE(built.has_value());
  EXPECT_NE(built.error().object.find("TABLE t"), std::string::npos) << built.error().to_string();
}

TEST(BuildToc, RefusesPrivilegesItCannotRead) {
  CatalogBuilder db;
  const Index table = db.table("t");
  db.catalog.relations[table].acl = "{garbage}";
  const auto built = build_toc(db.catalog, {});
  ASSERT_FALSE(built.has_value());
  EXPECT_NE(built.error().object.find("public.t"), std::string::npos);
}

TEST(BuildToc, WritesOnlyTheWantedParts) {
  CatalogBuilder db;
  const Index table = db.table("t");
  db.column(table, "a");
  db.index(table, "ti");
  db.comment(db.relation_id(table), "c");
  db.catalog.relations[table].components = kData;
  const TocView toc(db.catalog);
  EXPECT_TRUE(toc.has("TABLE DATA", "t"));
  EXPECT_FALSE(toc.has("TABLE", "t"));
  EXPECT_FALSE(toc.has("INDEX", "ti"));
  EXPECT_FALSE(toc.has("COMMENT", "TABLE t"));
}

}  // namespace
}  // namespace pgark::dumper
