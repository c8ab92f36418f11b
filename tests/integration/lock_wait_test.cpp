// What changes while a backup waits for a lock: a table is protected by its own lock, a view cannot be locked
// (SCHEMA_COVERAGE D, A2.4; docs/locks.md).
#include <gmock/gmock.h>
#include <unistd.h>

#include <string>
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

  // Drops the view while the backup waits for the lock on the table, and lets it go on.
  ProcessResult backup_meanwhile_dropping_a_view(const std::vector<std::string>& options) {
    const Process holder = session("LOCK TABLE t");
    until("EXISTS (SELECT FROM pg_locks WHERE relation = 't'::regclass AND granted)");
    std::vector<std::string> words{"backup", "-d", cluster_.conninfo("waits"), "-o", archive_, "--overwrite"};
    words.insert(words.end(), options.begin(), options.end());
    Process backup(pgark_command(words));
    until("EXISTS (SELECT FROM pg_locks WHERE relation = 't'::regclass AND NOT granted)");
    sql("DROP VIEW seen");
    sql("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE relation = 't'::regclass AND mode = "
        "'AccessExclusiveLock' AND granted");
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
