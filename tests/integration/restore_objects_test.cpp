// Objects on their way back: failures named exactly, owners, passes, sections, --clean, --create.
#include <gmock/gmock.h>

#include "restore_fixture.hpp"

namespace pgark::test {
namespace {

using format::EntryId;
using format::Pass;
using format::Section;
using restore::RestoreOptions;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class RestoreObjectsTest : public RestoreTest {
 protected:
  EntryId schema(const std::string& name) {
    format::TocEntry& entry = made_.add("SCHEMA", name, Section::pre_data, "CREATE SCHEMA " + name);
    entry.schema.clear();
    entry.drop.push_back({"DROP SCHEMA IF EXISTS " + name, 0, 0});
    return entry.id;
  }
  std::string database_no_owner_ = "restore_target_no_owner";

  // The archive's database, made by --create.
  void database_entry(const std::string& name) {
    format::TocEntry& entry =
        made_.add("DATABASE", name, Section::none,
                  "CREATE DATABASE " + name + " WITH TEMPLATE = template0 ENCODING = 'UTF8'");
    entry.schema.clear();
    entry.owner = "postgres";
    entry.owner_object = "DATABASE " + name;
    entry.drop.push_back({"DROP DATABASE " + name, 0, 0});
    format::TocEntry& properties =
        made_.add("DATABASE PROPERTIES", name, Section::none,
                  "ALTER DATABASE " + name + " SET default_transaction_read_only = on", {entry.id});
    properties.schema.clear();
    properties.create.push_back({"ALTER DATABASE " + name + " SET no_such_setting_of_ours = 1", 0, 0});
    properties.create.push_back({"ALTER DATABASE " + name + " SET work_mem = '7MB'", 0, 0});
  }
};

TEST_F(RestoreObjectsTest, each_failing_statement_is_named_and_the_others_run) {
  std::vector<std::string> expected;
  for (int i = 0; i < 300; ++i) {
    const std::string name = "t" + std::to_string(i);
    const bool bad = i == 0 || i == 1 || i == 150 || i == 299;
    const EntryId id = made_.table(name, bad ? "a no_such_type" : "a int");
    if (i % 50 == 0) {
      made_.add("COMMENT", "c" + std::to_string(i), Section::pre_data,
                "COMMENT ON TABLE public." + name + " IS 'x'", {id});
    }
    if (bad) expected.push_back("failed TABLE public." + name);
    if (bad && i % 50 == 0) expected.push_back("skipped COMMENT public.c" + std::to_string(i));
  }
  const auto outcome = restore_made();
  EXPECT_EQ(texts(outcome), expected);
  EXPECT_EQ(outcome.entries_done, 300u + 6u - 6u);
  EXPECT_EQ(
      sql("SELECT count(*), count(obj_description(oid)) FROM pg_class WHERE relkind = 'r' AND relnamespace = "
          "'public'::regnamespace"),
      "296|4");
  for (const auto& failed : outcome.failed) {
    if (failed.skipped) continue;
    EXPECT_EQ(failed.error.server->sqlstate, "42704");
    EXPECT_EQ(failed.error.statement, "CREATE TABLE " + failed.name + " (a no_such_type)");
  }
}

TEST_F(RestoreObjectsTest, an_entry_of_several_statements_is_whole_or_absent) {
  format::TocEntry& entry = made_.add("TABLE", "t", Section::pre_data, "CREATE TABLE public.t (a int)");
  entry.create.push_back({"ALTER TABLE public.t ALTER COLUMN b SET STATISTICS 5", 0, 0});
  made_.table("u", "a int");
  EXPECT_THAT(texts(restore_made()), ElementsAre("failed TABLE public.t"));
  EXPECT_EQ(sql("SELECT to_regclass('t') IS NULL, to_regclass('u') IS NOT NULL"), "t|t");
}

TEST_F(RestoreObjectsTest, owners_are_set_and_one_that_cannot_be_costs_nothing_else) {
  sql("DROP ROLE IF EXISTS restore_owner; CREATE ROLE restore_owner");
  for (const char* name : {"mine", "orphan"}) {
    const EntryId id = made_.table(name, "a int");
    made_.toc.entries.back().owner = "restore_owner";
    made_.toc.entries.back().owner_object =
        std::string(name) == "mine" ? "TABLE public.mine" : "SEQUENCE public.orphan";
    made_.chunk(made_.data(id, "a"), 0, 0, "1\n");
    made_.index(std::string(name) + "_a", id, "a");
  }
  const auto archive = made_.open();
  const auto outcome = restore(*archive);
  EXPECT_THAT(texts(outcome), ElementsAre("failed TABLE public.orphan"));
  EXPECT_EQ(outcome.failed[0].error.statement, "ALTER SEQUENCE public.orphan OWNER TO restore_owner");
  EXPECT_EQ(
      sql("SELECT string_agg(tableowner, ' ' ORDER BY tablename), count(*) FROM pg_tables WHERE schemaname = "
          "'public'"),
      "restore_owner postgres|2");
  EXPECT_EQ(sql("SELECT to_regclass('orphan_a') IS NOT NULL, (SELECT count(*) FROM orphan)"), "t|1");

  cluster_.create_database(database_ + "_no_owner", "TEMPLATE template0");
  std::swap(database_, database_no_owner_);
  RestoreOptions options;
  options.no_owner = true;
  EXPECT_THAT(texts(restore(*archive, options)), IsEmpty());
  EXPECT_EQ(sql("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"), "postgres");
  std::swap(database_, database_no_owner_);
  cluster_.drop_database(database_no_owner_);
  sql("DROP OWNED BY restore_owner; DROP ROLE restore_owner");
}

TEST_F(RestoreObjectsTest, missing_roles_tablespaces_and_extensions_are_told_before_anything_is_done) {
  made_.table("a", "a int");
  made_.toc.entries.back().owner = "no such role";
  made_.toc.entries.back().owner_object = "TABLE public.a";
  made_.table("b", "a int");
  made_.toc.entries.back().takes_tablespace = true;
  made_.toc.entries.back().tablespace = "nowhere";
  made_.toc.entries.back().roles = {"neither"};
  made_.add("EXTENSION", "no_such_extension", Section::pre_data, "CREATE EXTENSION no_such_extension");
  const Error error = error_of_restore();
  EXPECT_EQ(error.code, ErrorCode::mismatch);
  EXPECT_THAT(
      error.message,
      testing::HasSubstr("roles neither, \"no such role\"; tablespace nowhere; extension no_such_extension"));
  EXPECT_EQ(sql("SELECT to_regclass('a') IS NULL"), "t");
}

TEST_F(RestoreObjectsTest, collation_versions_that_differ_are_warned_about) {
  made_.table("a", "a text");
  made_.toc.collations = {
      {"pg_catalog", "en-x-icu", "i", "1.2.3"}, {"", "", "c", "0.1"}, {"x", "gone", "c", "1"}};
  EXPECT_THAT(texts(restore_made()), IsEmpty());
  EXPECT_TRUE(events_.contains("the source sorted by version 1.2.3"));
  EXPECT_FALSE(events_.contains("gone"));
}

TEST_F(RestoreObjectsTest, tablespace_and_access_method_are_set_before_each_table) {
  const auto add = [&](const std::string& name, const std::string& access_method) {
    made_.table(name, "a int");
    made_.toc.entries.back().takes_tablespace = true;
    made_.toc.entries.back().access_method = access_method;
  };
  add("one", "heap"), add("two", "no_such_method"), add("three", "heap");
  sql("ALTER DATABASE restore_target SET default_tablespace = 'no_such_space'");
  const auto outcome = restore_made();
  EXPECT_THAT(texts(outcome), ElementsAre("failed TABLE public.two"));
  EXPECT_EQ(sql("SELECT count(*) FROM pg_class WHERE relname IN ('one', 'three') AND reltablespace = 0"),
            "2");
}

// What a check asks may have changed since its rows were stored: they stay, and so does the check, for
// others.
TEST_F(RestoreObjectsTest, a_check_that_its_rows_violate_holds_for_new_ones) {
  const EntryId table = made_.table("t", "a int");
  made_.chunk(made_.data(table, "a"), 0, 0, "5\n");
  format::TocEntry& check = made_.add("CHECK CONSTRAINT", "c", Section::post_data,
                                      "ALTER TABLE public.t ADD CONSTRAINT c CHECK (a < 3)", {table});
  check.pass = Pass::post_acl;
  const EntryId id = check.id;
  made_.add("COMMENT", "c", Section::none, "COMMENT ON CONSTRAINT c ON public.t IS 'kept'", {id});
  const auto archive = made_.open();
  const auto outcome = restore(*archive);
  ASSERT_EQ(outcome.failed.size(), 1u);
  EXPECT_FALSE(outcome.failed[0].skipped);
  EXPECT_THAT(outcome.failed[0].error.message,
              HasSubstr("is violated by some row; it was added as NOT VALID"));
  EXPECT_EQ(sql("SELECT convalidated, obj_description(oid, 'pg_constraint') FROM pg_constraint WHERE conname "
                "= 'c'"),
            "f|kept");
  EXPECT_EQ(sql("SELECT a FROM t"), "5");
  RestoreOptions together;
  together.single_transaction = true;
  sql("DROP TABLE t");
  EXPECT_THAT(error_of_restore(*archive, together).message, HasSubstr("is violated by some row"));
  EXPECT_EQ(sql("SELECT to_regclass('t') IS NULL"), "t");
}

TEST_F(RestoreObjectsTest, acls_come_after_everything_event_triggers_last) {
  sql("DROP ROLE IF EXISTS restore_reader; CREATE ROLE restore_reader");
  const EntryId table = made_.table("t", "a int");
  // Refused after the REVOKE, and fires on any later DDL: both only work in the right pass.
  format::TocEntry& acl =
      made_.add("ACL", "t", Section::none, "REVOKE ALL ON TABLE public.t FROM postgres", {table});
  acl.pass = Pass::acl;
  acl.create.push_back({"GRANT SELECT ON TABLE public.t TO restore_reader", 0, 0});
  const EntryId function = made_
                               .add("FUNCTION", "boom()", Section::pre_data,
                                    "CREATE FUNCTION public.boom() RETURNS event_trigger LANGUAGE plpgsql AS "
                                    "$$BEGIN RAISE 'boom'; END$$")
                               .id;
  format::TocEntry& trigger =
      made_.add("EVENT TRIGGER", "et", Section::post_data,
                "CREATE EVENT TRIGGER et ON ddl_command_start EXECUTE FUNCTION public.boom()", {function});
  trigger.pass = Pass::post_acl;
  const EntryId view =
      made_
          .add("MATERIALIZED VIEW", "m", Section::pre_data,
               "CREATE MATERIALIZED VIEW public.m AS SELECT a FROM public.t WITH NO DATA", {table})
          .id;
  made_.add("MATERIALIZED VIEW DATA", "m", Section::post_data, "REFRESH MATERIALIZED VIEW public.m", {view})
      .pass = Pass::post_acl;
  made_.chunk(made_.data(table, "a"), 0, 0, "1\n2\n");
  made_.index("t_a", table, "a");
  RestoreOptions options;
  options.jobs = 3;
  EXPECT_THAT(texts(restore_made(options)), IsEmpty());
  EXPECT_EQ(sql("SELECT count(*), has_table_privilege('restore_reader', 't', 'SELECT') FROM m"), "2|t");
  EXPECT_EQ(sql("SELECT count(*) FROM pg_event_trigger"), "1");
  cluster_.drop_database(database_);
  cluster_.sql("postgres", "DROP ROLE restore_reader");
}

TEST_F(RestoreObjectsTest, foreign_keys_and_indexes_in_parallel) {
  const EntryId parent = made_.table("parent", "id int"), child = made_.table("child", "id int, p int");
  made_.chunk(made_.data(child, "id, p"), 0, 0, "1\t1\n2\t2\n");
  made_.chunk(made_.data(parent, "id"), 0, 0, "1\n2\n");
  const EntryId key = made_.constraint("parent_pkey", parent, "PRIMARY KEY (id)");
  made_.constraint("child_fk", child, "FOREIGN KEY (p) REFERENCES public.parent (id)", {parent, key});
  for (int i = 0; i < 8; ++i) made_.index("child_i" + std::to_string(i), child, "p");
  RestoreOptions options;
  options.jobs = 4;
  EXPECT_THAT(texts(restore_made(options)), IsEmpty());
  EXPECT_EQ(sql("SELECT convalidated FROM pg_constraint WHERE conname = 'child_fk'"), "t");
}

TEST_F(RestoreObjectsTest, sections_one_after_the_other_make_a_whole) {
  const EntryId table = made_.table("t", "a int");
  made_.chunk(made_.data(table, "a"), 0, 0, "1\n2\n");
  made_.constraint("t_pkey", table, "PRIMARY KEY (a)");
  const auto archive = made_.open();
  const auto only = [](bool pre, bool data, bool post) {
    RestoreOptions options;
    options.section_pre_data = pre, options.section_data = data, options.section_post_data = post;
    return options;
  };
  EXPECT_THAT(texts(restore(*archive, only(true, false, false))), IsEmpty());
  EXPECT_EQ(sql("SELECT count(*) FROM t"), "0");
  EXPECT_THAT(texts(restore(*archive, only(false, true, false))), IsEmpty());
  EXPECT_EQ(sql("SELECT count(*), (SELECT count(*) FROM pg_index WHERE indrelid = 't'::regclass) FROM t"),
            "2|0");
  EXPECT_THAT(texts(restore(*archive, only(false, false, true))), IsEmpty());
  EXPECT_EQ(sql("SELECT count(*) FROM pg_index WHERE indrelid = 't'::regclass"), "1");
}

TEST_F(RestoreObjectsTest, a_target_with_objects_is_refused_and_left_alone) {
  sql("CREATE TABLE mine (a int); CREATE VIEW v AS SELECT 1 AS one; CREATE TYPE mood AS ENUM ('fine'); "
      "CREATE "
      "FUNCTION f() RETURNS int LANGUAGE sql RETURN 1; CREATE SCHEMA s; CREATE SEQUENCE s.q");
  made_.table("t", "a int");
  const Error error = error_of_restore();
  EXPECT_EQ(error.code, ErrorCode::target_not_empty);
  EXPECT_THAT(error.message, HasSubstr("table public.mine"));
  EXPECT_THAT(error.message, HasSubstr("and 1 more"));
  EXPECT_THAT(error.hint, HasSubstr("--clean"));
  EXPECT_EQ(sql("SELECT to_regclass('t') IS NULL"), "t");
}

TEST_F(RestoreObjectsTest, extensions_do_not_make_a_target_full) {
  sql("CREATE EXTENSION hstore");
  made_.table("t", "a int");
  EXPECT_THAT(texts(restore_made()), IsEmpty());
}

TEST_F(RestoreObjectsTest, clean_replaces_what_is_selected_only) {
  const EntryId s = schema("s");
  const EntryId table = made_.table("t", "a int");
  made_.toc.entries.back().dependencies = {s};
  made_.chunk(made_.data(table, "a"), 0, 0, "1\n2\n");
  made_.constraint("t_pkey", table, "PRIMARY KEY (a)");
  made_.table("other", "b int");
  const auto archive = made_.open();
  RestoreOptions options;
  options.clean = true;
  EXPECT_THAT(texts(restore(*archive, options)), IsEmpty());  // nothing there yet
  sql("INSERT INTO t VALUES (3); INSERT INTO other VALUES (4)");
  options.include_tables = {"t"};
  EXPECT_THAT(texts(restore(*archive, options)), IsEmpty());
  EXPECT_EQ(sql("SELECT (SELECT count(*) FROM t), (SELECT count(*) FROM other)"), "2|1");
}

TEST_F(RestoreObjectsTest, clean_drops_all_or_nothing) {
  made_.table("t", "a int");
  made_.table("u", "a int");
  sql("CREATE TABLE t AS SELECT 1 AS a; CREATE TABLE u AS SELECT 1 AS a; CREATE VIEW v AS SELECT * FROM t");
  RestoreOptions options;
  options.clean = true;
  const Error error = error_of_restore(options);
  EXPECT_EQ(error.code, ErrorCode::server);
  EXPECT_EQ(error.object, "TABLE public.t");
  EXPECT_THAT(error.hint, HasSubstr("nothing has been changed"));
  EXPECT_EQ(sql("SELECT (SELECT count(*) FROM t), (SELECT count(*) FROM u)"), "1|1");
}

TEST_F(RestoreObjectsTest, clean_keeps_a_schema_with_foreign_objects) {
  const EntryId s = schema("s");
  format::TocEntry& table = made_.add("TABLE", "t", Section::pre_data, "CREATE TABLE s.t (a int)", {s});
  table.schema = "s";
  table.drop.push_back({"DROP TABLE IF EXISTS s.t", 0, 0});
  sql("CREATE SCHEMA s; CREATE TABLE s.t AS SELECT 1 AS a; CREATE TABLE s.foreign_table AS SELECT 2 AS b");
  RestoreOptions options;
  options.clean = true;
  EXPECT_THAT(texts(restore_made(options)), IsEmpty());
  EXPECT_TRUE(events_.contains("SCHEMA s: kept"));
  EXPECT_EQ(sql("SELECT (SELECT count(*) FROM s.t), (SELECT count(*) FROM s.foreign_table)"), "0|1");
}

TEST_F(RestoreObjectsTest, create_makes_the_database_with_its_properties) {
  cluster_.drop_database("made_by_restore");
  database_entry("made_by_restore");
  const EntryId table = made_.table("t", "a int");
  made_.chunk(made_.data(table, "a"), 0, 0, "1\n");
  const auto archive = made_.open();
  RestoreOptions options;
  options.create = true;
  const auto outcome = restore(*archive, options);
  // An unknown setting without a prefix is refused by the server; the others are made.
  EXPECT_THAT(texts(outcome), ElementsAre("failed DATABASE PROPERTIES made_by_restore"));
  EXPECT_EQ(cluster_.sql("made_by_restore", "SELECT count(*) FROM t"), "1");
  EXPECT_EQ(cluster_.sql("made_by_restore", "SHOW work_mem"), "7MB");
  EXPECT_EQ(sql("SELECT to_regclass('t') IS NULL"), "t");  // the maintenance database is left alone

  const Error error = error_of_restore(*archive, options);
  EXPECT_EQ(error.code, ErrorCode::target_not_empty);
  EXPECT_EQ(error.object, "made_by_restore");
  cluster_.sql("postgres", "ALTER DATABASE made_by_restore IS_TEMPLATE true");
  options.clean = true;
  EXPECT_EQ(restore(*archive, options).rows, 1u);
  cluster_.drop_database("made_by_restore");
}

TEST_F(RestoreObjectsTest, create_finds_a_maintenance_database) {
  cluster_.drop_database("made_by_restore");
  database_entry("made_by_restore");
  cluster_.drop_database(database_);
  database_ = "made_by_restore";  // named on the command line, but not there yet
  RestoreOptions options;
  options.create = true;
  EXPECT_EQ(restore_made(options).failed.size(), 1u);
  EXPECT_EQ(sql("SELECT current_database()"), "made_by_restore");
}

TEST_F(RestoreObjectsTest, create_without_a_definition_is_a_usage_error) {
  made_.table("t", "a int");
  RestoreOptions options;
  options.create = true;
  EXPECT_EQ(error_of_restore(options).code, ErrorCode::usage);
}

TEST_F(RestoreObjectsTest, an_older_target_is_warned_about) {
  made_.toc.info[format::info_key::kServerVersionNum] = "990000";
  made_.table("t", "a int");
  EXPECT_THAT(texts(restore_made()), IsEmpty());
  EXPECT_TRUE(events_.contains("the archive comes from PostgreSQL 99"));
}

TEST_F(RestoreObjectsTest, notices_reach_the_event_sink) {
  made_.add("FUNCTION", "f()", Section::pre_data, "DO $$BEGIN RAISE WARNING 'look here'; END$$");
  EXPECT_THAT(texts(restore_made()), IsEmpty());
  EXPECT_TRUE(events_.contains("look here"));
}

}  // namespace
}  // namespace pgark::test
