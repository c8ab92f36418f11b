// restore --resume: a restore that was cut off ends in the state that an undisturbed one gives.
#include <algorithm>

#include "resume_cases.hpp"

namespace pgark::test {
namespace {

// Such a program takes ten times as long, and finds what it looks for in a few.
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

class ResumeTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { cases_ = std::make_unique<ResumeCases>(std::make_unique<Cluster>()); }
  static void TearDownTestSuite() { cases_.reset(); }

  ProcessResult restore(const std::string& database, std::vector<std::string> more) {
    std::vector<std::string> words{"restore", cases_->archive(), "-d", cases_->cluster().conninfo(database)};
    words.insert(words.end(), more.begin(), more.end());
    return run_long(words);
  }
  void expect(const ProcessResult& result, int status, const std::string& text) {
    EXPECT_EQ(result.exit_status, status) << result.describe();
    EXPECT_NE(result.err.find(text), std::string::npos) << result.describe();
  }
  // Leaves a restore behind that was killed while it loaded rows.
  void cut_off(const std::string& database) {
    Cluster& cluster = cases_->cluster();
    cluster.drop_database(database);
    cluster.create_database(database, "TEMPLATE template0");
    Command command =
        pgark_command({"restore", cases_->archive(), "-d", cluster.conninfo(database), "-j", "2"});
    Process program(std::move(command));
    while (program.running() &&
           cluster.sql(database, "SELECT to_regclass('pgark_restore.loads') IS NOT NULL") != "t") {
    }
    while (program.running() &&
           cluster.sql(database, "SELECT count(*) > 2 FROM pgark_restore.loads") != "t") {
    }
    program.send(SIGKILL);
    program.wait();
  }

  static std::unique_ptr<ResumeCases> cases_;
};
std::unique_ptr<ResumeCases> ResumeTest::cases_;

TEST_F(ResumeTest, clients_that_are_killed) {
  cases_->kill_clients(kSanitized ? 3 : 9, std::random_device()());
}
TEST_F(ResumeTest, servers_that_stop_at_once) {
  cases_->stop_servers(kSanitized ? 1 : 3, std::random_device()());
}

TEST_F(ResumeTest, is_refused_where_there_is_nothing_to_go_on_with) {
  Cluster& cluster = cases_->cluster();
  cluster.create_database("other", "TEMPLATE template0");
  expect(restore("other", {"--resume"}), 2, "there is no interrupted restore");
  expect(restore("other", {"--resume", "--single-transaction"}), 2, "--single-transaction");
  cluster.drop_database("other");
}

TEST_F(ResumeTest, needs_the_same_archive_and_options) {
  cut_off("other");
  expect(restore("other", {"-j", "2"}), 12, "cut off");
  expect(restore("other", {"--resume", "--no-owner"}), 2, "had other options");
  expect(restore("other", {"--resume", "-t", "s.keyed"}), 2, "had other options");
  expect(restore("other", {"--resume", "--verify"}), 0, "counts and digests are the archive's");
  expect(restore("other", {"--resume"}), 2, "there is no interrupted restore");
  cases_->cluster().drop_database("other");
}

TEST_F(ResumeTest, two_at_once_do_not_do_it_twice) {
  cut_off("other");
  const std::vector<std::string> words{
      "restore", cases_->archive(), "-d", cases_->cluster().conninfo("other"), "-j", "2", "--resume"};
  Process one(pgark_command(words)), other(pgark_command(words));
  const ProcessResult first = one.wait(), second = other.wait();
  EXPECT_EQ(std::min(first.exit_status, second.exit_status), 0) << first.describe() << second.describe();
  EXPECT_EQ(std::max(first.exit_status, second.exit_status), 2) << first.describe() << second.describe();
  const std::string refused = first.ok() ? second.err : first.err;
  EXPECT_TRUE(refused.find("come to its end meanwhile") != std::string::npos ||
              refused.find("there is no interrupted restore") != std::string::npos)
      << refused;
  expect(run_long({"verify", cases_->archive(), "-d", cases_->cluster().conninfo("other")}), 0, "");
  cases_->cluster().drop_database("other");
}

// What is dropped must not be taken for done.
TEST_F(ResumeTest, a_record_ends_with_clean_even_when_that_fails) {
  Cluster& cluster = cases_->cluster();
  cut_off("other");
  Process holder(cluster.client(
      "psql", {"-XqAt", "-d", "other", "-c", "SELECT pg_advisory_lock_shared(482804457067), pg_sleep(60)"}));
  while (cluster.sql("other", "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == "0") {
  }
  expect(restore("other", {"--clean"}), 12, "another restore is at work");
  expect(restore("other", {}), 12, "another restore is at work");
  holder.send(SIGINT);
  holder.wait();
  cluster.sql("other", "CREATE VIEW public.stands_in_the_way AS SELECT * FROM s.keyless");
  EXPECT_NE(restore("other", {"--clean"}).exit_status, 0);
  expect(restore("other", {"--resume"}), 2, "there is no interrupted restore");
  cluster.sql("other", "DROP VIEW public.stands_in_the_way");
  expect(restore("other", {"--clean", "--single-transaction", "--verify"}), 0, "counts and digests");
  cluster.drop_database("other");
}

// Somebody may have a schema of that name: it is theirs.
TEST_F(ResumeTest, a_schema_of_the_same_name_is_left_alone) {
  Cluster& cluster = cases_->cluster();
  for (const char* name : {"namesake", "namesake_copy"}) cluster.create_database(name, "TEMPLATE template0");
  cluster.sql("namesake", "CREATE SCHEMA pgark_restore; CREATE TABLE pgark_restore.loads AS SELECT 7 AS a");
  const std::string archive = cases_->archive() + ".namesake";
  const auto pgark = [&](std::vector<std::string> words, const char* database) {
    words.insert(words.end(), {"-d", cluster.conninfo(database)});
    const ProcessResult result = run_long(std::move(words));
    EXPECT_TRUE(result.ok()) << result.describe();
  };
  pgark({"backup", "-q", "-o", archive}, "namesake");
  pgark({"restore", archive, "--verify"}, "namesake_copy");
  pgark({"restore", archive, "--verify", "--clean"}, "namesake_copy");
  EXPECT_EQ(cluster.sql("namesake_copy", "SELECT a FROM pgark_restore.loads"), "7");
  // Rows of other tables, beside it.
  cluster.sql("namesake_copy", "CREATE SCHEMA s; CREATE TABLE s.keyless (a int, b text)");
  pgark({"restore", cases_->archive(), "-a", "-t", "s.keyless", "--verify"}, "namesake_copy");
  EXPECT_EQ(cluster.sql("namesake_copy", "SELECT a FROM pgark_restore.loads"), "7");
  for (const char* name : {"namesake", "namesake_copy"}) cluster.drop_database(name);
}

// Rows go into a live database whatever keeps the record from being made there.
TEST_F(ResumeTest, without_a_record_where_there_must_be_none) {
  Cluster& cluster = cases_->cluster();
  cluster.create_database("other", "TEMPLATE template0");
  cluster.sql("other",
              "CREATE SCHEMA s; CREATE TABLE s.keyless (a int, b text); CREATE PUBLICATION p FOR ALL TABLES");
  const std::vector<std::string> rows{"-a", "-t", "s.keyless", "-v", "--verify"};
  expect(restore("other", rows), 0, "would send it to subscribers");
  cluster.sql(
      "other",
      "TRUNCATE s.keyless; DROP PUBLICATION p; CREATE FUNCTION no() RETURNS event_trigger LANGUAGE plpgsql AS"
      " $$ BEGIN RAISE EXCEPTION 'not today'; END $$; CREATE EVENT TRIGGER no ON ddl_command_start EXECUTE"
      " FUNCTION no()");
  expect(restore("other", rows), 0, "not today");
  cluster.drop_database("other");
}

// Statistics and event triggers come last, and what cuts them off is no end.
TEST_F(ResumeTest, what_comes_last_is_gone_on_with) {
  Cluster& cluster = cases_->cluster();
  for (const char* name : {"late", "late_copy"}) cluster.create_database(name, "TEMPLATE template0");
  cluster.sql("late",
              "CREATE TABLE t (a int); INSERT INTO t VALUES (1);"
              " CREATE FUNCTION fires() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN"
              " INSERT INTO public.t VALUES (2); END $$;"
              " CREATE EVENT TRIGGER late ON sql_drop EXECUTE FUNCTION fires()");
  const std::string archive = cases_->archive() + ".late";
  expect(run_long({"backup", "-q", "-o", archive, "-d", cluster.conninfo("late")}), 0, "");
  const std::vector<std::string> words{"restore", archive, "--analyze", "-d", cluster.conninfo("late_copy")};
  const auto with = [&words](const char* option) {
    std::vector<std::string> more = words;
    more.emplace_back(option);
    return more;
  };
  const auto wait_for = [&](Process& program, const std::string& statement) {
    const std::string sql =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = 'late_copy' AND wait_event_type = 'Lock' AND "
        "query LIKE '" +
        statement + "%'";
    while (program.running() && cluster.sql("postgres", sql) == "0") {
    }
    EXPECT_TRUE(program.running()) << statement;
  };
  const auto cut_off_at = [&](const char* catalog, std::vector<std::string> command, const char* statement) {
    const std::string sql =
        std::string("BEGIN; LOCK TABLE ") + catalog + " IN SHARE MODE; SELECT pg_sleep(60)";
    Process holder(cluster.client("psql", {"-XqAt", "-d", "late_copy", "-c", sql}));
    const std::string locks =
        std::string("SELECT count(*) FROM pg_locks WHERE mode = 'ShareLock' AND relation = '") + catalog +
        "'::regclass";
    while (cluster.sql("late_copy", locks) == "0") {
    }
    Process program(pgark_command(std::move(command)));
    wait_for(program, statement);
    program.send(SIGKILL);
    program.wait();
    holder.send(SIGINT);
    holder.wait();
  };
  cut_off_at("pg_statistic", words, "ANALYZE");
  EXPECT_EQ(cluster.sql("late_copy", "SELECT count(*) FROM pg_event_trigger"), "0");
  cut_off_at("pg_event_trigger", with("--resume"), "CREATE EVENT TRIGGER");
  expect(run_long(with("--resume")), 0, "");
  EXPECT_EQ(cluster.sql("late_copy", "SELECT evtname FROM pg_event_trigger"), "late");
  EXPECT_EQ(cluster.sql("late_copy", "SELECT count(*) FROM pg_stats WHERE tablename = 't'"), "1");
  EXPECT_EQ(cluster.sql("late_copy", "SELECT sum(a) FROM t"), "1");  // has not fired
  EXPECT_EQ(cluster.sql("late_copy", "SELECT to_regnamespace('pgark_restore') IS NULL"), "t");
  expect(run_long(with("--resume")), 2, "it came to its end");
  for (const char* name : {"late", "late_copy"}) cluster.drop_database(name);
}

TEST_F(ResumeTest, clean_begins_anew) {
  cut_off("other");
  expect(restore("other", {"--clean", "-j", "2", "--verify"}), 0, "counts and digests are the archive's");
  EXPECT_EQ(cases_->cluster().sql("other", "SELECT to_regnamespace('pgark_restore') IS NULL"), "t");
  cases_->cluster().drop_database("other");
}

// What could not be done is done, and nothing twice.
TEST_F(ResumeTest, after_a_failure_that_ended_it) {
  Cluster& cluster = cases_->cluster();
  cluster.create_database("other", "TEMPLATE template0");
  cluster.sql("other",
              "ALTER DATABASE other SET temp_file_limit = '100kB'; ALTER DATABASE other SET "
              "maintenance_work_mem = '1MB'");
  expect(restore("other", {"-j", "2", "--exit-on-error"}), 5, "temp_file_limit");
  expect(restore("other", {"-j", "2", "--exit-on-error", "--resume"}), 5, "--resume goes on from there");
  cluster.sql("other", "ALTER DATABASE other RESET ALL");
  expect(restore("other", {"-j", "2", "--exit-on-error", "--resume", "--verify"}), 0, "counts and digests");
  cluster.drop_database("other");
}

}  // namespace
}  // namespace pgark::test
