// Format plain: the script of `backup -F plain` and of `convert`, loaded by psql.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <string>
#include <vector>

#include "roundtrip.hpp"
#include "zabbix.hpp"

namespace pgark::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
namespace fs = std::filesystem;

// Without the line that says when the rows were read.
std::string without_time(std::string text) {
  const std::size_t at = text.find("\n-- Rows as of ");
  if (at == std::string::npos) return text;
  return text.erase(at, text.find('\n', at + 1) - at);
}

std::vector<std::string> with(std::vector<std::string> arguments, const std::vector<std::string>& more) {
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

class PlainTest : public testing::Test {
 protected:
  ProcessResult load(const std::string& database, const fs::path& script) {
    Command psql = cluster_.client(
        "psql", {"-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", database, "-o", "/dev/null", "-f", script});
    psql.timeout_ms = kLongRunMs;
    return run(std::move(psql));
  }

  // The script of both ways; they must be equal.
  fs::path script_of(const std::string& database, const std::vector<std::string>& options = {}) {
    const fs::path direct = folder_ / (database + ".sql"), archive = folder_ / (database + ".pgark"),
                   converted = folder_ / (database + "-converted.sql");
    const auto run_ok = [](const std::vector<std::string>& arguments) {
      const ProcessResult result = run_long(arguments);
      EXPECT_TRUE(result.ok()) << result.describe();
    };
    run_ok(with({"backup", "-d", cluster_.conninfo(database), "-F", "plain", "-o", direct, "-j", "3",
                 "--restrict-key", "Key0"},
                options));
    run_ok({"backup", "-d", cluster_.conninfo(database), "-o", archive, "-j", "2", "--overwrite"});
    run_ok(with({"convert", archive, "-F", "plain", "-o", converted, "--restrict-key", "Key0"}, options));
    EXPECT_TRUE(same_text("the script", without_time(read_file(direct)), without_time(read_file(converted))));
    return direct;
  }

  void expect_equal_after_load(const std::string& database) {
    const fs::path script = script_of(database);
    const std::string copy = database + "_copy";
    cluster_.create_database(copy, "TEMPLATE template0");
    const ProcessResult loaded = load(copy, script);
    ASSERT_TRUE(loaded.ok()) << loaded.describe();
    EXPECT_EQ(loaded.err, "");
    EXPECT_TRUE(same_database(cluster_, database, cluster_, copy));
    cluster_.drop_database(copy);
  }

  Cluster& cluster_ = Cluster::shared();
  const TempDirectory folder_;
};

TEST_F(PlainTest, zabbix) {
  load_zabbix(cluster_, PGARK_SOURCE_DIR);
  expect_equal_after_load("zabbix");
}

// What comes in a late pass takes its comment along.
TEST_F(PlainTest, comments_on_what_comes_late) {
  cluster_.create_database("late", "TEMPLATE template0");
  cluster_.sql("late", R"sql(
CREATE FUNCTION evt() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER et ON ddl_command_end EXECUTE FUNCTION evt(); COMMENT ON EVENT TRIGGER et IS 'last';
CREATE TABLE bound (n int); INSERT INTO bound VALUES (10);
CREATE FUNCTION fits(int) RETURNS bool LANGUAGE sql STABLE AS 'SELECT $1 <= (SELECT n FROM public.bound)';
CREATE TABLE checked (a int CONSTRAINT c CHECK (fits(a))); INSERT INTO checked VALUES (5);
COMMENT ON CONSTRAINT c ON checked IS 'late';
CREATE DOMAIN small AS int CONSTRAINT d CHECK (fits(VALUE)); COMMENT ON CONSTRAINT d ON DOMAIN small IS 'late';
CREATE MATERIALIZED VIEW mat AS SELECT * FROM checked; COMMENT ON MATERIALIZED VIEW mat IS 'early';
)sql");
  expect_equal_after_load("late");
}

TEST_F(PlainTest, pgbench_with_partitions) {
  cluster_.create_database("bench");
  run_or_throw(
      cluster_.client("pgbench", {"-q", "-i", "-s", "3", "--foreign-keys", "--partitions=3", "bench"}));
  expect_equal_after_load("bench");
}

constexpr std::string_view kHostileSql = R"sql(
CREATE ROLE "own""er
\! touch /tmp/pgark_never" NOLOGIN;
CREATE SCHEMA "sch
\! touch /tmp/pgark_never
";
CREATE TABLE "sch
\! touch /tmp/pgark_never
"."t;--/*" ("c
\.
" text, "e'\" text DEFAULT E'\\\'\n\\.\n');
ALTER TABLE "sch
\! touch /tmp/pgark_never
"."t;--/*" OWNER TO "own""er
\! touch /tmp/pgark_never";
INSERT INTO "sch
\! touch /tmp/pgark_never
"."t;--/*" VALUES (E'\\.', E'\n\\.\n\\! touch /tmp/pgark_never\n'), (NULL, E'\t\r\b\f\v\\N'), ('', '\.'), ('ä€😀', ':x');
COMMENT ON TABLE "sch
\! touch /tmp/pgark_never
"."t;--/*" IS E'it''s\n\\! touch /tmp/pgark_never\n-- $x$ $_$';
CREATE FUNCTION body() RETURNS text LANGUAGE plpgsql AS $f$
BEGIN -- $_$ '
\! touch /tmp/pgark_never
RETURN E'\\.' || :'x' || $q$;$q$; END $f$;
CREATE FUNCTION atomic(a int) RETURNS int BEGIN ATOMIC SELECT a; SELECT CASE WHEN a > 1 THEN 2 ELSE 3 END; END;
CREATE TABLE empty_columns (); INSERT INTO empty_columns DEFAULT VALUES; INSERT INTO empty_columns DEFAULT VALUES;
CREATE TABLE slices (a int[], one int); CREATE VIEW slice AS SELECT a[1:one] FROM slices;
)sql";

TEST_F(PlainTest, hostile_names_and_values) {
  cluster_.create_database("hostile");
  cluster_.sql("hostile", "SET check_function_bodies = off;" + std::string(kHostileSql));
  expect_equal_after_load("hostile");
  const std::string script = read_file(folder_ / "hostile.sql");
  EXPECT_THAT(script, StartsWith("--\n-- PostgreSQL database hostile"));
  EXPECT_THAT(script, HasSubstr("\n--\n\n\\restrict Key0\n"));
  EXPECT_TRUE(script.ends_with("\n\\unrestrict Key0\n\n"));
  EXPECT_FALSE(fs::exists("/tmp/pgark_never"));
  cluster_.drop_database("hostile");
}

TEST_F(PlainTest, each_script_has_a_key_of_its_own) {
  cluster_.create_database("keys");
  std::vector<std::string> keys;
  for (int i = 0; i < 2; ++i) {
    const ProcessResult result =
        run_pgark({"backup", "-d", cluster_.conninfo("keys"), "-F", "plain", "-o", "-"});
    ASSERT_TRUE(result.ok()) << result.describe();
    const std::size_t at = result.out.find("\\restrict ") + 10;
    keys.push_back(result.out.substr(at, result.out.find('\n', at) - at));
    EXPECT_THAT(keys.back(), testing::MatchesRegex("[A-Za-z0-9]{60,}"));
  }
  EXPECT_NE(keys[0], keys[1]);
  cluster_.drop_database("keys");
}

TEST_F(PlainTest, large_objects) {
  cluster_.create_database("large");
  cluster_.sql(
      "large",
      "CREATE ROLE lo_owner; SELECT lo_from_bytea(4242, ''), lo_from_bytea(4243, E'\\\\x5c2e0a00ff');"
      "SELECT lo_from_bytea(4244, decode(repeat('00ff5c', 700000), 'hex'));"
      "ALTER LARGE OBJECT 4243 OWNER TO lo_owner; COMMENT ON LARGE OBJECT 4242 IS 'empty'");
  const char* const all =
      "SELECT oid, lomowner::regrole, md5(lo_get(oid)) FROM pg_largeobject_metadata ORDER BY 1";
  const std::string before = cluster_.sql("large", all);
  const fs::path script = script_of("large");
  cluster_.create_database("large_copy", "TEMPLATE template0");
  const ProcessResult loaded = load("large_copy", script);
  ASSERT_TRUE(loaded.ok()) << loaded.describe();
  EXPECT_EQ(cluster_.sql("large_copy", all), before);
  cluster_.drop_database("large");
  cluster_.drop_database("large_copy");
}

// --create makes a database of the same name, whatever it is, and connects to it outside the restricted part.
TEST_F(PlainTest, create_and_clean_take_the_database_along) {
  const std::string name = "we\"ird 'db\\ $x :y";
  cluster_.sql("postgres", "CREATE DATABASE \"we\"\"ird 'db\\ $x :y\" TEMPLATE template0");
  cluster_.sql("postgres", "ALTER DATABASE \"we\"\"ird 'db\\ $x :y\" SET default_transaction_read_only = on");
  const std::string conninfo = cluster_.conninfo("postgres") + " dbname='we\"ird \\'db\\\\ $x :y'";
  cluster_.sql("postgres",
               "\\connect -reuse-previous=on \"dbname='we\"\"ird \\'db\\\\ $x :y'\"\n"
               "SET default_transaction_read_only = off; CREATE TABLE t AS SELECT 7 AS a");
  const fs::path script = folder_ / "created.sql";
  const ProcessResult result =
      run_pgark({"backup", "-d", conninfo, "-F", "plain", "-o", script.string(), "--create", "--clean"});
  ASSERT_TRUE(result.ok()) << result.describe();
  const std::string text = read_file(script);
  EXPECT_THAT(text, HasSubstr("\\unrestrict"));
  const ProcessResult loaded = load("postgres", script);
  ASSERT_TRUE(loaded.ok()) << loaded.describe();
  EXPECT_EQ(cluster_.sql("postgres",
                         "\\connect -reuse-previous=on \"dbname='we\"\"ird \\'db\\\\ $x :y'\"\n"
                         "SELECT a FROM t; SHOW default_transaction_read_only"),
            "7\non");
  cluster_.sql("postgres", "DROP DATABASE \"we\"\"ird 'db\\ $x :y\"");
}

TEST_F(PlainTest, clean_replaces_what_is_there) {
  cluster_.create_database("clean");
  cluster_.sql("clean",
               "CREATE SCHEMA s; CREATE TYPE s.e AS ENUM ('a'); CREATE TABLE s.t (id int PRIMARY KEY, e s.e);"
               "CREATE TABLE s.u (id int REFERENCES s.t); INSERT INTO s.t VALUES (1, 'a');"
               "INSERT INTO s.u VALUES (1); CREATE VIEW s.v AS SELECT * FROM s.u");
  const std::string before = database_contents(cluster_, "clean");
  const fs::path script = script_of("clean", {"--clean"});
  cluster_.sql("clean", "UPDATE s.t SET e = NULL; DROP VIEW s.v");
  for (int i = 0; i < 2; ++i) {
    const ProcessResult loaded = load("clean", script);
    ASSERT_TRUE(loaded.ok()) << loaded.describe();
  }
  EXPECT_EQ(database_contents(cluster_, "clean"), before);
  cluster_.drop_database("clean");
}

TEST_F(PlainTest, parts_and_privileges_as_asked) {
  cluster_.create_database("parts");
  cluster_.sql("parts",
               "CREATE ROLE parts_owner; CREATE TABLE a (id int PRIMARY KEY); INSERT INTO a VALUES (1);"
               "ALTER TABLE a OWNER TO parts_owner; GRANT SELECT ON a TO PUBLIC;"
               "CREATE TABLE b (id int REFERENCES a); INSERT INTO b VALUES (1)");
  const auto text = [&](const std::vector<std::string>& options) {
    return read_file(script_of("parts", with({"--overwrite"}, options)));
  };
  const std::string schema = text({"-s", "--no-owner", "--no-privileges"});
  EXPECT_THAT(schema, HasSubstr("CREATE TABLE"));
  EXPECT_THAT(schema, Not(HasSubstr("COPY")));
  EXPECT_THAT(schema, Not(HasSubstr("OWNER TO")));
  EXPECT_THAT(schema, Not(HasSubstr("GRANT")));
  const std::string post = text({"--section", "post-data"});
  EXPECT_THAT(post, HasSubstr("FOREIGN KEY"));
  EXPECT_THAT(post, Not(HasSubstr("CREATE TABLE")));
  EXPECT_THAT(post, Not(HasSubstr("COPY")));
  EXPECT_THAT(text({"-t", "a"}), Not(HasSubstr("public.b")));
  cluster_.drop_database("parts");
}

// Rows of a data-only script stand in the order of the foreign keys that are there already.
TEST_F(PlainTest, rows_alone_follow_foreign_keys) {
  cluster_.create_database("rows");
  cluster_.sql("rows",
               "CREATE TABLE z (id int PRIMARY KEY); CREATE TABLE a (id int REFERENCES z);"
               "INSERT INTO z VALUES (1), (2); INSERT INTO a VALUES (2)");
  const std::string before = database_contents(cluster_, "rows");
  const fs::path script = folder_ / "rows.sql", archive = folder_ / "rows.pgark";
  ASSERT_TRUE(run_pgark({"backup", "-d", cluster_.conninfo("rows"), "-o", archive}).ok());
  ASSERT_TRUE(run_pgark({"convert", archive, "-F", "plain", "-a", "-o", script}).ok());
  cluster_.sql("rows", "TRUNCATE a, z");
  const ProcessResult loaded = load("rows", script);
  ASSERT_TRUE(loaded.ok()) << loaded.describe();
  EXPECT_EQ(database_contents(cluster_, "rows"), before);
  cluster_.drop_database("rows");
}

TEST_F(PlainTest, the_file_is_private_whole_and_never_replaced_unasked) {
  cluster_.create_database("file");
  const fs::path script = folder_ / "file.sql";
  const std::vector<std::string> backup{"backup", "-d",           cluster_.conninfo("file"), "-F", "plain",
                                        "-o",     script.string()};
  ASSERT_TRUE(run_pgark(backup).ok());
  struct stat status {};
  ASSERT_EQ(::stat(script.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  EXPECT_EQ(std::distance(fs::directory_iterator(fs::path(script).parent_path()), {}), 1);
  const ProcessResult again = run_pgark(backup);
  EXPECT_EQ(again.exit_status, 2) << again.describe();
  EXPECT_THAT(again.err, HasSubstr("exists already"));
  cluster_.drop_database("file");
}

TEST_F(PlainTest, options_of_the_other_format_are_refused) {
  const std::string source = cluster_.conninfo("postgres");
  const auto refused = [](const std::vector<std::string>& arguments, const std::string& option) {
    const ProcessResult result = run_pgark(arguments);
    EXPECT_EQ(result.exit_status, 2) << result.describe();
    EXPECT_THAT(result.err, HasSubstr(option));
  };
  refused({"backup", "-d", source, "-o", folder_ / "x", "--clean"}, "--clean");
  refused({"backup", "-d", source, "-o", folder_ / "x", "-F", "plain", "-Z", "none"}, "--compress");
  refused({"backup", "-d", source, "-o", folder_ / "x", "-F", "plain", "--restrict-key", "a b"},
          "--restrict-key");
  EXPECT_FALSE(fs::exists(folder_ / "x"));
}

}  // namespace
}  // namespace pgark::test
