// What changes while a backup waits for a lock: a table is protected by its own lock, a view cannot be locked
// (SCHEMA_COVERAGE D, A2.4; docs/locks.md).
#include <gmock/gmock.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "roundtrip.hpp"
#include "support/temp_directory.hpp"

namespace pgark::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class LockWaitTest : public testing::Test {
 protected:
  void SetUp() override {
    cluster_.create_database("waits", "TEMPLATE template0");
    sql("CREATE TABLE t AS SELECT 1 AS a; CREATE VIEW seen AS SELECT a FROM t; CREATE VIEW other AS SELECT "
        "2");
  }
  void TearDown() override { cluster_.drop_database("waits"); }

  std::string sql(const std::string& text) { return cluster_.sql("waits", text); }

  // A session that runs these statements and then stays in its transaction until the test is over.
  Process session(const std::string& statements) {
    return Process(
        cluster_.client("psql", {"-Xq", "-d", "waits", "-c", "BEGIN ISOLATION LEVEL REPEATABLE READ", "-c",
                                 statements, "-c", "SELECT pg_sleep(100)"}));
  }
  void until(const std::string& condition) {
    for (int i = 0; i < 1000 && sql("SELECT " + condition) != "t"; ++i) ::usleep(20'000);
  }

  ProcessResult backup_meanwhile_dropping_a_view(const std::vector<std::string>& options) {
    return backup_meanwhile([this] { sql("DROP VIEW seen"); }, options);
  }

  // Does something while the backup waits for the lock on the table, and lets it go on.
  ProcessResult backup_meanwhile(const std::function<void()>& act, const std::vector<std::string>& options) {
    Process holder = session("LOCK TABLE t");
    until("EXISTS (SELECT FROM pg_locks WHERE relation = 't'::regclass AND granted)");
    std::vector<std::string> words{"backup", "-d", cluster_.conninfo("waits"), "-o", archive_, "--overwrite"};
    words.insert(words.end(), options.begin(), options.end());
    Process backup(pgark_command(words));
    until("EXISTS (SELECT FROM pg_locks WHERE relation = 't'::regclass AND NOT granted)");
    act();
    holder.send(SIGINT);  // psql cancels; a new session might have to wait for a catalog
    return backup.wait();
  }

  Cluster& cluster_ = Cluster::shared();
  const TempDirectory folder_;
  const std::string archive_ = (folder_ / "x.pgark").string();
};

TEST_F(LockWaitTest, a_view_dropped_meanwhile_is_named_and_everything_is_read_again) {
  const ProcessResult result = backup_meanwhile_dropping_a_view({});
  EXPECT_EQ(result.exit_status, 0) << result.describe();
  EXPECT_THAT(result.err, HasSubstr("view public.seen"));
  EXPECT_THAT(result.err, HasSubstr("reading everything again"));
  const std::string list = run_pgark({"restore", archive_, "--list"}).out;
  EXPECT_THAT(list, HasSubstr("other"));
  EXPECT_THAT(list, Not(HasSubstr("seen")));
}

// Parts of objects that no lock protects, and whose texts the server puts together from what is there now.
TEST_F(LockWaitTest, what_texts_are_made_of_is_looked_at_again) {
  sql("CREATE DOMAIN numbers AS int[] CHECK (cardinality(VALUE) < 9); CREATE TYPE mood AS ENUM ('sad', 'ok');"
      "CREATE FUNCTION f(numbers) RETURNS int LANGUAGE sql AS 'SELECT 1';"
      "CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
      "CREATE TABLE feels (m mood DEFAULT 'sad'); CREATE TRIGGER tr BEFORE INSERT ON feels FOR EACH ROW"
      " EXECUTE FUNCTION g(); CREATE TRIGGER on_view INSTEAD OF INSERT ON other FOR EACH ROW EXECUTE "
      "FUNCTION g();"
      "COMMENT ON TRIGGER on_view ON other IS 'c'");
  for (const auto& [change, name] : std::vector<std::pair<std::string, std::string>>{
           {"ALTER DOMAIN numbers RENAME TO numbers_2", "type public.numbers"},
           {"ALTER TYPE mood RENAME VALUE 'sad' TO 'SAD'", "type public.mood"},
           {"ALTER TRIGGER on_view ON other RENAME TO on_view_2", "trigger of public.other"},
           {"ALTER DOMAIN numbers_2 RENAME CONSTRAINT numbers_check TO short", "domain public.numbers_2"},
           {"CREATE OR REPLACE VIEW other AS SELECT 3", "rule of public.other"}}) {
    const ProcessResult result = backup_meanwhile([&] { sql(change); }, {});
    EXPECT_EQ(result.exit_status, 0) << result.describe();
    EXPECT_THAT(result.err, HasSubstr(name)) << change;
    cluster_.create_database("waits_copy", "TEMPLATE template0");
    const ProcessResult restored = run_pgark({"restore", archive_, "-d", cluster_.conninfo("waits_copy")});
    EXPECT_TRUE(restored.ok()) << change << restored.describe();
    EXPECT_EQ(cluster_.schema_text("waits"), cluster_.schema_text("waits_copy")) << change;
    cluster_.drop_database("waits_copy");
  }
}

// It waits for one session of the backup, and the other one queues behind it: neither may wait for the other.
TEST_F(LockWaitTest, a_catalog_that_is_rewritten_meanwhile_is_no_deadlock) {
  for (const std::string catalog :
       {"pg_constraint", "pg_attribute", "pg_description", "pg_index", "pg_class"}) {
    std::optional<Process> vacuum;
    const ProcessResult result = backup_meanwhile(
        [&] {
          vacuum.emplace(cluster_.client("psql", {"-Xq", "-d", "waits", "-c", "VACUUM FULL " + catalog}));
          ::usleep(300'000);
        },
        {});
    EXPECT_EQ(result.exit_status, 0) << catalog << result.describe();
    EXPECT_LT(result.seconds, 30) << catalog;
    EXPECT_TRUE(vacuum->wait().ok()) << catalog;
  }
}

// With a snapshot that somebody else holds there is no second try.
TEST_F(LockWaitTest, with_a_given_snapshot_the_backup_ends_and_names_the_view) {
  const Process holder = session("SELECT pg_export_snapshot()");
  until("EXISTS (SELECT FROM pg_ls_dir('pg_snapshots'))");
  const std::string snapshot = sql("SELECT min(name) FROM pg_ls_dir('pg_snapshots') AS name");
  const ProcessResult result = backup_meanwhile_dropping_a_view({"--snapshot", snapshot});
  EXPECT_EQ(result.exit_status, 15) << result.describe();
  EXPECT_THAT(result.err, HasSubstr("view public.seen"));
  EXPECT_THAT(result.err, Not(HasSubstr("public.other")));
  EXPECT_FALSE(std::filesystem::exists(archive_));
}

}  // namespace
}  // namespace pgark::test
