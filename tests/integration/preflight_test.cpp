// What stands in the way of a restore is found, all of it at once, before the first change.
#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "restore_fixture.hpp"
#include "roundtrip.hpp"
#include "support/temp_directory.hpp"

namespace pgark::test {
namespace {

class PreflightTest : public testing::Test {
 protected:
  void SetUp() override {
    ClusterOptions options;
    options.settings = {"max_connections = 12"};
    cluster_ = std::make_unique<Cluster>(options);
    cluster_->sql("postgres", "CREATE ROLE owner_of_it; CREATE ROLE plain LOGIN");
    cluster_->create_database("source", "TEMPLATE template0");
    cluster_->create_database("target", "TEMPLATE template0");
    cluster_->sql(
        "source",
        "CREATE SCHEMA s AUTHORIZATION owner_of_it; CREATE TABLE t (a int); CREATE EXTENSION pageinspect;"
        "CREATE EXTENSION hstore");
    const ProcessResult backup =
        run_pgark({"backup", "-q", "-d", cluster_->conninfo("source"), "-o", archive_});
    ASSERT_TRUE(backup.ok()) << backup.describe();
  }
  ProcessResult restore(const std::string& user, std::vector<std::string> more = {}) {
    std::vector<std::string> words{"restore", archive_, "-d", cluster_->conninfo("target", "user=" + user)};
    words.insert(words.end(), more.begin(), more.end());
    return run_pgark(words);
  }
  void expect_refused(const ProcessResult& result, const std::vector<std::string>& named,
                      const std::vector<std::string>& not_named = {}) {
    EXPECT_EQ(result.exit_status, 13) << result.describe();
    EXPECT_NE(result.err.find("nothing has been changed"), std::string::npos) << result.describe();
    for (const std::string& text : named)
      EXPECT_NE(result.err.find(text), std::string::npos) << text << result.describe();
    for (const std::string& text : not_named) EXPECT_EQ(result.err.find(text), std::string::npos) << text;
    EXPECT_EQ(user_object_count(*cluster_, "target"), 0);
  }

  const TempDirectory folder_;
  const std::string archive_ = (folder_ / "x.pgark").string();
  std::unique_ptr<Cluster> cluster_;
};

TEST_F(PreflightTest, what_a_role_may_not_do) {
  cluster_->sql("target", "REVOKE CREATE ON SCHEMA public FROM PUBLIC");
  expect_refused(restore("plain"),
                 {"may not create schemas and extensions in database target",
                  "may not create objects in schema public", "may not give objects to owner_of_it",
                  "postgres", "only a superuser may create extension pageinspect: have them",
                  "GRANT CREATE ON DATABASE target TO plain", "--no-owner"},
                 {"hstore"});
  // With every remedy taken it works.
  cluster_->sql("target",
                "GRANT CREATE ON DATABASE target TO plain; GRANT CREATE ON SCHEMA public TO plain;"
                "CREATE EXTENSION pageinspect");
  const ProcessResult done = restore("plain", {"--no-owner", "--no-comments"});
  EXPECT_EQ(cluster_->sql("target", "SELECT tableowner FROM pg_tables WHERE tablename = 't'"), "plain")
      << done.describe();
}

// Seen only after every row was there: the proof could not read them.
TEST_F(PreflightTest, rows_that_could_not_be_proved) {
  cluster_->sql("source", "DROP SCHEMA s; DROP EXTENSION pageinspect; DROP EXTENSION hstore");
  cluster_->sql("source", "ALTER TABLE t ENABLE ROW LEVEL SECURITY; ALTER TABLE t FORCE ROW LEVEL SECURITY");
  ASSERT_TRUE(
      run_pgark({"backup", "-q", "-d", cluster_->conninfo("source"), "-o", archive_, "--overwrite"}).ok());
  cluster_->sql("target", "GRANT CREATE ON SCHEMA public TO plain");
  expect_refused(restore("plain", {"--no-owner", "--verify"}),
                 {"hides rows of public.t from role plain", "ALTER ROLE plain BYPASSRLS"});
  expect_refused(restore("plain", {"--no-owner", "--strategy", "in-place", "--force"}),
                 {"hides rows of public.t"});
  // Nothing hides them from a role that is above it, and who proves nothing need not read them.
  cluster_->sql("postgres", "ALTER ROLE plain BYPASSRLS");
  const ProcessResult proved = restore("plain", {"--no-owner", "--no-comments", "--verify"});
  EXPECT_TRUE(proved.ok()) << proved.describe();
  cluster_->sql("postgres", "ALTER ROLE plain NOBYPASSRLS");
  cluster_->sql("target", "DROP TABLE t");
  const ProcessResult unproved = restore("plain", {"--no-owner", "--no-comments"});
  EXPECT_TRUE(unproved.ok()) << unproved.describe();
}

TEST_F(PreflightTest, members_of_the_owners_may_restore) {
  cluster_->sql(
      "target",
      "GRANT owner_of_it TO plain; GRANT CREATE ON DATABASE target TO plain; GRANT CREATE ON SCHEMA public TO"
      " plain");
  expect_refused(restore("plain"), {"may not give objects to postgres"}, {"owner_of_it"});
}

TEST_F(PreflightTest, connections_that_are_not_there) {
  expect_refused(restore("postgres", {"-j", "20"}),
                 {"-j 20 needs 19 connections more, the server has 11 to give", "-j 12"});
  EXPECT_EQ(restore("postgres", {"-j", "12"}).exit_status, 0);
  cluster_->drop_database("target");
  cluster_->create_database("target", "TEMPLATE template0 CONNECTION LIMIT 3");
  expect_refused(restore("plain", {"-j", "4"}), {"-j 4 needs 3 connections more, the server has 2 to give"});
}

TEST_F(PreflightTest, a_standby) {
  cluster_->stop(Cluster::StopMode::fast);
  std::ofstream(cluster_->data_directory() / "standby.signal").close();
  cluster_->start();
  expect_refused(restore("postgres"), {"the server is a standby", "target_session_attrs=primary"});
}

// Told, and no obstacle.
TEST_F(PreflightTest, others_who_are_there) {
  Process other(cluster_->client("psql", {"-Xq", "-d", "target", "-c", "SELECT pg_sleep(60)"}));
  while (cluster_->sql("postgres", "SELECT count(*) FROM pg_stat_activity WHERE datname = 'target'") == "0") {
  }
  const ProcessResult result = restore("postgres");
  EXPECT_TRUE(result.ok()) << result.describe();
  EXPECT_NE(result.err.find("1 other session is in the target database"), std::string::npos) << result.err;
}

// Known where the server is on this machine, to whoever may know its folder.
TEST_F(PreflightTest, a_disk_that_is_too_small) {
  ArchiveMaker maker;
  const format::EntryId table = maker.table("t", "n int, t text");
  maker.number_chunk(maker.data(table, "n, t"), 0, 0, 1, 10);
  maker.toc.entries.back().size_estimate_bytes = std::uint64_t{1} << 60;
  const std::vector<std::byte> bytes = maker.finish();
  const std::string path = (folder_ / "huge.pgark").string();
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  const std::string warning = "tables and indexes took 1152921504606 MB in the source";
  const ProcessResult near = run_pgark({"restore", path, "-d", cluster_->socket_conninfo("target")});
  EXPECT_TRUE(near.ok()) << near.describe();
  EXPECT_NE(near.err.find(warning), std::string::npos) << near.err;
  const ProcessResult far = run_pgark({"restore", path, "-d", cluster_->conninfo("target"), "--clean"});
  EXPECT_TRUE(far.ok()) << far.describe();
  EXPECT_EQ(far.err.find(warning), std::string::npos) << far.err;
}

}  // namespace
}  // namespace pgark::test
