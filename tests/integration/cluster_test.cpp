// The server fixture itself: it starts, answers, restarts, and leaves nothing behind.
#include "support/cluster.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace pgark::test {
namespace {

namespace fs = std::filesystem;

TEST(ClusterTest, answers_on_the_socket_and_on_tcp) {
  Cluster& cluster = Cluster::shared();
  EXPECT_EQ(cluster.sql("postgres", "SELECT 1 + 1"), "2");
  Command psql =
      cluster.client("psql", {"-XAt", "-c", "SELECT inet_server_addr()", "-d", cluster.conninfo()});
  EXPECT_EQ(run_or_throw(psql), "127.0.0.1\n");
  EXPECT_GE(cluster.server_version_num(), 130000);
}

TEST(ClusterTest, a_failing_statement_throws_the_servers_message) {
  try {
    Cluster::shared().sql("postgres", "SELECT no_such_column");
    FAIL() << "no exception";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("no_such_column"), std::string::npos) << error.what();
  }
}

TEST(ClusterTest, a_bad_setting_shows_the_log) {
  ClusterOptions options;
  options.settings = {"no_such_setting = 1"};
  try {
    Cluster cluster(options);
    FAIL() << "no exception";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("no_such_setting"), std::string::npos) << error.what();
  }
}

TEST(ClusterTest, settings_hba_and_restart) {
  ClusterOptions options;
  options.settings = {"work_mem = '12MB'"};
  options.hba_lines = {"local all all trust"};
  Cluster cluster(options);
  EXPECT_EQ(cluster.sql("postgres", "SHOW work_mem"), "12MB");
  EXPECT_FALSE(run(cluster.client("psql", {"-c", "SELECT 1", "-d", cluster.conninfo()})).ok());
  cluster.sql("postgres", "CREATE TABLE kept AS SELECT 7 AS n; CHECKPOINT");
  for (const auto mode : {Cluster::StopMode::fast, Cluster::StopMode::immediate, Cluster::StopMode::crash}) {
    cluster.stop(mode);
    EXPECT_THROW(cluster.sql("postgres", "SELECT 1"), std::runtime_error);
    cluster.start();
    EXPECT_EQ(cluster.sql("postgres", "SELECT n FROM kept"), "7");
  }
}

TEST(ClusterTest, nothing_is_left_behind) {
  fs::path folder;
  pid_t postmaster = 0;
  {
    Cluster cluster;
    folder = cluster.data_directory();
    postmaster = cluster.postmaster_pid();
    EXPECT_EQ(::kill(postmaster, 0), 0);
  }
  EXPECT_FALSE(fs::exists(folder));
  EXPECT_NE(::kill(postmaster, 0), 0);
}

TEST(ClusterTest, schema_text_is_the_same_twice) {
  Cluster& cluster = Cluster::shared();
  cluster.create_database("schema_twice");
  cluster.sql("schema_twice", "CREATE TABLE t (a int PRIMARY KEY)");
  const std::string text = cluster.schema_text("schema_twice");
  EXPECT_NE(text.find("CREATE TABLE public.t"), std::string::npos);
  EXPECT_EQ(text, cluster.schema_text("schema_twice"));
  EXPECT_EQ(text.find("-- Dumped"), std::string::npos);
}

TEST(ProcessTest, reports_output_status_signal_memory_and_time) {
  Command command;
  command.argv = {"sh", "-c", "cat; echo oops >&2; exit 7"};
  command.input = "hello";
  const ProcessResult result = run(command);
  EXPECT_EQ(result.exit_status, 7);
  EXPECT_EQ(result.out, "hello");
  EXPECT_EQ(result.err, "oops\n");
  EXPECT_GT(result.peak_rss_bytes, 100'000u);

  command.argv = {"sleep", "60"};
  command.signal_after_ms = 50;
  command.signal = SIGTERM;
  const ProcessResult killed = run(command);
  EXPECT_EQ(killed.term_signal, SIGTERM);
  EXPECT_FALSE(killed.timed_out);
  EXPECT_LT(killed.seconds, 30);

  command.signal_after_ms = -1;
  command.timeout_ms = 50;
  EXPECT_TRUE(run(command).timed_out);
  command.argv = {"/no/such/program"};
  EXPECT_THROW(run(command), std::system_error);
}

}  // namespace
}  // namespace pgark::test
