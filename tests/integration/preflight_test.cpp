// What stands in the way of a restore is found, all of it at once, before the first change.
#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <string>
#include <vector>

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

}  // namespace
}  // namespace pgark::test
