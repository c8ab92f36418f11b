// The options of pgark restore against a server: each changes what it should and nothing else.
#include <gmock/gmock.h>

#include <fstream>

#include "options_fixture.hpp"

namespace pgark::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class RestoreOptionsTest : public OptionsTest {
 protected:
  void SetUp() override {
    good_backup({"--exclude-extension", "*"});
    cluster_.create_database(copy_, "TEMPLATE template0");
  }
  void TearDown() override { cluster_.drop_database(copy_); }

  void good_restore(const Words& options) {
    const ProcessResult result = restore(copy_, options);
    ASSERT_TRUE(result.ok()) << result.describe();
  }
  std::string sql(const std::string& text) { return cluster_.sql(copy_, text); }
  std::string count(const std::string& relation) { return sql("SELECT count(*) FROM " + relation); }
  std::string objects() {
    return sql(
        "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
        " WHERE nspname IN ('s1', 's2')");
  }
  std::string listing(const Words& options = {}) {
    const ProcessResult result =
        run(pgark_command(joined({"restore", archive_.string(), "--list"}, options)));
    EXPECT_TRUE(result.ok()) << result.describe();
    return result.out;
  }
  // A file with the lines of the list that hold one of the texts, in the order of the texts.
  std::string list_file(const Words& texts) {
    const std::string path = (folder_ / "list").string();
    std::ofstream file(path);
    for (const std::string& text : texts) {
      std::istringstream lines(listing());
      for (std::string line; std::getline(lines, line);) {
        if (line.find(text) != std::string::npos) file << line << "\n";
      }
    }
    return path;
  }

  const std::string copy_ = "shop_copy";
};

TEST_F(RestoreOptionsTest, kinds_and_properties_left_out) {
  good_restore({"-O", "-x", "--no-comments", "--no-policies", "-j", "2"});
  EXPECT_EQ(sql("SELECT relowner::regrole, relacl IS NULL, obj_description(oid) IS NULL FROM pg_class"
                " WHERE oid = 's1.t'::regclass"),
            "postgres|t|t");
  EXPECT_EQ(sql("SELECT relrowsecurity FROM pg_class WHERE oid = 's2.secret'::regclass"), "f");
}

TEST_F(RestoreOptionsTest, tablespaces_left_out) {
  const TempDirectory place("tablespace");
  Command give_away;
  give_away.argv = {"chown", "--reference=" + cluster_.data_directory().string(), place.path().string()};
  run_or_throw(give_away);
  cluster_.sql("postgres", "CREATE TABLESPACE fast LOCATION '" + place.path().string() + "'");
  cluster_.create_database("fast_db", "TEMPLATE template0 TABLESPACE fast");
  cluster_.sql("fast_db", "CREATE TABLE t (a int) TABLESPACE pg_default");
  run_or_throw(pgark_command({"backup", "-q", "-d", cluster_.conninfo("fast_db"), "-o", archive_.string(),
                              "--overwrite", "--no-sync"}));
  cluster_.drop_database("fast_db");
  cluster_.sql("postgres", "DROP TABLESPACE fast");
  EXPECT_FALSE(restore("postgres", {"-C"}).ok());
  const ProcessResult restored = restore("postgres", {"-C", "--no-tablespaces"});
  EXPECT_TRUE(restored.ok()) << restored.describe();
  EXPECT_EQ(cluster_.sql("fast_db", "SELECT count(*) FROM t"), "0");
  cluster_.drop_database("fast_db");
}

TEST_F(RestoreOptionsTest, single_objects_go_into_a_database_that_has_their_table) {
  good_restore({"-n", "s1", "--section", "pre-data"});
  EXPECT_EQ(sql("SELECT count(*) FROM pg_indexes WHERE schemaname = 's1'"), "0");
  good_restore({"-I", "s1.t?"});
  EXPECT_EQ(sql("SELECT indexname FROM pg_indexes WHERE schemaname = 's1'"), "ti");
  EXPECT_THAT(restore(copy_, {"-P", "stamp"}).err, HasSubstr("already holds objects"));
}

TEST_F(RestoreOptionsTest, functions_by_their_arguments) {
  const std::string only = listing({"-P", "s1.f(integer,text)"});
  EXPECT_THAT(only, HasSubstr("FUNCTION s1 f(integer, text)"));
  EXPECT_THAT(only, Not(HasSubstr("f(integer) ")));
  EXPECT_THAT(listing({"-P", "f"}), HasSubstr("selected: 2 of"));
  EXPECT_THAT(listing({"--trigger", "tr"}), HasSubstr("TRIGGER s1 t tr"));
}

TEST_F(RestoreOptionsTest, names_that_match_nothing) {
  EXPECT_EQ(restore(copy_, {"-t", "nothing"}).exit_status, 2);
  EXPECT_EQ(restore(copy_, {"-t", "s1.t", "-t", "nothing", "--strict-names"}).exit_status, 2);
  const ProcessResult warned = restore(copy_, {"-t", "s2.p", "-t", "nothing", "-s"});
  EXPECT_THAT(warned.err, HasSubstr("nothing: the pattern matches nothing"));
}

TEST_F(RestoreOptionsTest, a_filter_file) {
  const std::string file = (folder_ / "filter").string();
  std::ofstream(file) << "exclude schema s1\nexclude table s2.secret # not this\n";
  good_restore({"--filter", file});
  EXPECT_EQ(sql("SELECT to_regnamespace('s1') IS NULL, to_regclass('s2.secret') IS NULL"), "t|t");
  EXPECT_EQ(count("s2.p"), "2");
  std::ofstream(file) << "include extension hstore\n";
  EXPECT_EQ(restore(copy_, {"--filter", file}).exit_status, 2);
}

TEST_F(RestoreOptionsTest, an_edited_list) {
  const std::string file = list_file(
      {"SCHEMA - s1", "TABLE s1 log ", "SEQUENCE s1", "SEQUENCE OWNED", "DEFAULT", "TABLE DATA s1 log"});
  good_restore({"-L", file});
  EXPECT_EQ(count("s1.log"), "2");
  EXPECT_EQ(sql("SELECT to_regclass('s1.t') IS NULL"), "t");
  std::ofstream(file) << "9999; TABLE s1 nowhere x\n";
  EXPECT_EQ(restore(copy_, {"-L", file}).exit_status, 2);
}

TEST_F(RestoreOptionsTest, the_order_of_a_list_holds_where_dependencies_allow) {
  const std::string file = list_file({"TABLE s2 secret ", "TABLE s2 parent ", "TABLE s1 t ", "SCHEMA - s"});
  const ProcessResult result =
      run(pgark_command({"convert", "-q", archive_.string(), "-F", "plain", "-s", "-L", file}));
  ASSERT_TRUE(result.ok()) << result.describe();
  const auto at = [&result](const char* text) { return result.out.find(text); };
  EXPECT_LT(at("CREATE SCHEMA s2"), at("CREATE TABLE s2.secret"));
  EXPECT_LT(at("CREATE TABLE s2.secret"), at("CREATE TABLE s2.parent"));
}

TEST_F(RestoreOptionsTest, everything_or_nothing) {
  const std::string file = list_file({" s1", " s2"});
  cluster_.sql("postgres", "ALTER ROLE alice RENAME TO alice_away");
  const ProcessResult failed = restore(copy_, {"-1", "-L", file});
  EXPECT_NE(failed.exit_status, 0);
  EXPECT_THAT(failed.err, HasSubstr("alice"));
  EXPECT_EQ(objects(), "0");
  EXPECT_EQ(sql("SELECT to_regnamespace('s1') IS NULL"), "t");
  cluster_.sql("postgres", "ALTER ROLE alice_away RENAME TO alice");
  good_restore({"-1", "-L", file});
  EXPECT_EQ(count("s1.t"), "10");
  EXPECT_EQ(sql("SELECT count(DISTINCT xmin::text) FROM pg_class WHERE relnamespace = 's2'::regnamespace"),
            "1");
}

TEST_F(RestoreOptionsTest, cleaning_is_part_of_the_one_transaction) {
  good_restore({});
  sql("INSERT INTO s1.log (note) VALUES ('new')");
  cluster_.sql("postgres", "ALTER ROLE alice RENAME TO alice_away");
  EXPECT_FALSE(restore(copy_, {"-1", "-c"}).ok());
  EXPECT_EQ(count("s1.log"), "3") << "the drops came back too";
  cluster_.sql("postgres", "ALTER ROLE alice_away RENAME TO alice");
  good_restore({"-1", "-c", "--if-exists"});
  EXPECT_EQ(count("s1.log"), "2");
}

TEST_F(RestoreOptionsTest, transactions_of_a_few_entries) {
  good_restore({"--transaction-size", "3"});
  EXPECT_EQ(count("s1.t"), "10");
  EXPECT_EQ(count("s2.p"), "2");
  const int transactions = std::stoi(
      sql("SELECT count(DISTINCT xmin::text) FROM pg_class WHERE relnamespace IN ('s1'::regnamespace,"
          " 's2'::regnamespace)"));
  EXPECT_GT(transactions, 3);
}

TEST_F(RestoreOptionsTest, a_failure_keeps_the_transactions_before_it) {
  const std::string file = (folder_ / "list").string();
  std::istringstream lines(listing());
  std::ofstream list(file);
  for (std::string line; std::getline(lines, line);) {
    if (line.find(" TABLE s2 parent") == std::string::npos) list << line << "\n";
  }
  list.close();
  const ProcessResult failed = restore(copy_, {"--transaction-size", "1", "-L", file});
  EXPECT_FALSE(failed.ok());
  EXPECT_THAT(failed.err, HasSubstr("s2.parent"));
  EXPECT_EQ(sql("SELECT to_regclass('s1.t') IS NOT NULL"), "t");
  EXPECT_EQ(sql("SELECT to_regclass('s1.ti') IS NULL"), "t") << "and what comes after it is not tried";
}

TEST_F(RestoreOptionsTest, triggers_rest_while_rows_are_loaded) {
  good_restore({"-s"});
  sql("CREATE TRIGGER quiet BEFORE INSERT ON s1.t FOR EACH ROW EXECUTE FUNCTION s1.stamp();"
      "ALTER TABLE s1.t DISABLE TRIGGER quiet; ALTER TABLE s1.t ENABLE ALWAYS TRIGGER tr");
  const std::string states =
      "SELECT string_agg(tgname || tgenabled::text, ' ' ORDER BY tgname) FROM pg_trigger WHERE tgrelid = "
      "'s1.t'::regclass";
  good_restore({"-a", "--disable-triggers", "-j", "2"});
  EXPECT_EQ(count("s1.t"), "10");
  EXPECT_EQ(count("s1.t WHERE b = 'touched'"), "0");
  EXPECT_EQ(sql(states), "quietD trA");
  sql("TRUNCATE s1.t");
  good_restore({"-a", "-t", "s1.t"});
  EXPECT_EQ(count("s1.t WHERE b = 'touched'"), "10") << "without the option they fire";
  EXPECT_FALSE(restore(copy_, {"-a", "-t", "s1.t", "--disable-triggers"}).ok()) << "the rows are there";
  EXPECT_EQ(sql(states), "quietD trA") << "also after a failure";
}

TEST_F(RestoreOptionsTest, another_role) {
  sql("GRANT CREATE ON DATABASE shop_copy TO bob");
  good_restore({"-n", "s2", "-O", "--role", "bob", "-j", "2"});
  EXPECT_EQ(sql("SELECT DISTINCT relowner::regrole FROM pg_class WHERE relnamespace = 's2'::regnamespace"),
            "bob");
}

TEST_F(RestoreOptionsTest, a_script_has_the_options_too) {
  const auto text = [this](const Words& options) {
    const ProcessResult result =
        run(pgark_command(joined({"convert", "-q", archive_.string(), "-F", "plain"}, options)));
    EXPECT_TRUE(result.ok()) << result.describe();
    return result.out;
  };
  EXPECT_THAT(text({"-a", "--disable-triggers"}), HasSubstr("ALTER TABLE s1.t DISABLE TRIGGER ALL;"));
  EXPECT_THAT(text({"--role", "bob"}), HasSubstr("SET ROLE bob;"));
  EXPECT_THAT(text({"-1"}), HasSubstr("COMMIT;"));
  EXPECT_THAT(text({"--enable-row-security"}), HasSubstr("SET row_security = on;"));
  EXPECT_THAT(text({"--no-table-access-method"}), Not(HasSubstr("default_table_access_method")));
  const ProcessResult plain = run(pgark_command({"backup", "-q", "-d", cluster_.conninfo("shop"), "-o", "-",
                                                 "-F", "plain", "-a", "-t", "s1.t", "--disable-triggers"}));
  EXPECT_THAT(plain.out, HasSubstr("ALTER TABLE s1.t ENABLE TRIGGER ALL;"));
}

TEST_F(RestoreOptionsTest, a_list_needs_no_server_and_a_restore_needs_a_right_choice) {
  EXPECT_THAT(listing(), HasSubstr("; TABLE s1 t alice\n"));
  EXPECT_EQ(restore(copy_, {"-1", "-j", "2"}).exit_status, 2);
  EXPECT_EQ(restore(copy_, {"--if-exists"}).exit_status, 2);
  EXPECT_EQ(restore(copy_, {"-a", "-s"}).exit_status, 2);
  EXPECT_EQ(restore(copy_, {"--list"}).exit_status, 2) << "a list goes nowhere";
  EXPECT_EQ(objects(), "0");
}

}  // namespace
}  // namespace pgark::test
