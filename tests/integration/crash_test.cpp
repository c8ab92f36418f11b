// The server dies in the middle, the disk is full, somebody presses Ctrl-C: one clear message, the documented
// exit status, and nothing half-written that looks whole.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "roundtrip.hpp"

namespace pgark::test {
namespace {

namespace fs = std::filesystem;

constexpr int kPollMicroseconds = 2'000;
constexpr int kPollsMax = 30'000;
constexpr std::uintmax_t kUnderWayBytes = 8u << 20;
// The thread sanitizer takes two seconds to clear the tables of zstd:22, so the signal comes before the first
// block, the slowest one.
#ifdef __SANITIZE_THREAD__
constexpr double kSlowBlockSeconds = 4;
#else
constexpr double kSlowBlockSeconds = 1.5;
#endif

class CrashTest : public testing::Test {
 protected:
  void SetUp() override {
    cluster_ = std::make_unique<Cluster>();
    cluster_->create_database("source");
    cluster_->sql("source",
                  "CREATE TABLE wide AS SELECT n, repeat(md5(n::text), 25) AS text FROM "
                  "generate_series(1, 400000) n; CREATE INDEX ON wide (n); CHECKPOINT");
  }

  std::string archive() const { return (folder_ / "x.pgark").string(); }

  std::vector<std::string> backup_arguments() const {
    return {"backup", "-d", cluster_->conninfo("source"), "-o", archive(), "-j", "2", "-Z", "none"};
  }

  // Polls until `under_way` holds; false when the program ended or never got there.
  static bool reached(Process& program, const std::function<bool()>& under_way) {
    for (int polls = 0; polls < kPollsMax && program.running(); ++polls) {
      if (under_way()) return true;
      ::usleep(kPollMicroseconds);
    }
    return false;
  }

  bool reached_middle_of_backup(Process& program) const {
    const fs::path partial = archive() + ".partial";
    return reached(program, [&] {
      std::error_code missing;
      const auto size = fs::file_size(partial, missing);
      return !missing && size > kUnderWayBytes;
    });
  }

  bool reached_middle_of_restore(Process& program) const {
    return reached(program, [&] {
      return cluster_->sql("postgres",
                           "SELECT coalesce(max(bytes_processed), 0) > 8000000 FROM pg_stat_progress_copy "
                           "WHERE command = 'COPY FROM'") == "t";
    });
  }

  // No archive; and what may be left under the unfinished name is refused.
  void expect_nothing_looks_whole() const {
    EXPECT_FALSE(fs::exists(archive()));
    const std::string partial = archive() + ".partial";
    if (fs::exists(partial)) {
      const ProcessResult verified = run_pgark({"verify", partial});
      EXPECT_TRUE(verified.exit_status == 10 || verified.exit_status == 11) << verified.describe();
    }
  }

  static void expect_one_message(const ProcessResult& result, int status) {
    EXPECT_EQ(result.exit_status, status) << result.describe();
    const std::size_t first = result.err.find("error:");
    EXPECT_NE(first, std::string::npos) << result.describe();
    EXPECT_EQ(result.err.find("error:", first + 1), std::string::npos) << result.describe();
  }

  std::unique_ptr<Cluster> cluster_;
  const TempDirectory folder_;
};

class ServerDeathTest : public CrashTest, public testing::WithParamInterface<Cluster::StopMode> {};

TEST_P(ServerDeathTest, in_the_middle_of_a_backup) {
  Process program(pgark_command(backup_arguments()));
  ASSERT_TRUE(reached_middle_of_backup(program)) << program.wait().describe();
  cluster_->stop(GetParam());
  expect_one_message(program.wait(), 6);
  expect_nothing_looks_whole();

  cluster_->start();
  const ProcessResult again = run_pgark(backup_arguments());
  EXPECT_TRUE(again.ok()) << again.describe();
}

TEST_P(ServerDeathTest, in_the_middle_of_a_restore) {
  ASSERT_TRUE(run_pgark(backup_arguments()).ok());
  cluster_->create_database("target");
  const std::vector<std::string> restore{"restore", archive(), "-d", cluster_->conninfo("target"), "-j", "2"};
  Process program(pgark_command(restore));
  ASSERT_TRUE(reached_middle_of_restore(program)) << program.wait().describe();
  cluster_->stop(GetParam());
  expect_one_message(program.wait(), 6);

  cluster_->start();
  // A table that several connections were loading holds all of its rows or none.
  EXPECT_EQ(cluster_->sql("target", "SELECT count(*) FROM wide"), "0");
  // Half a database is not mistaken for an empty one; --clean starts again from nothing.
  EXPECT_EQ(run_pgark(restore).exit_status, 12);
  std::vector<std::string> clean = restore;
  clean.emplace_back("--clean");
  const ProcessResult again = run_pgark(clean);
  EXPECT_TRUE(again.ok()) << again.describe();
  EXPECT_TRUE(same_database(*cluster_, "source", *cluster_, "target"));
}

INSTANTIATE_TEST_SUITE_P(modes, ServerDeathTest,
                         testing::Values(Cluster::StopMode::fast, Cluster::StopMode::immediate,
                                         Cluster::StopMode::crash),
                         [](const auto& parameter) {
                           switch (parameter.param) {
                             case Cluster::StopMode::fast: return "fast";
                             case Cluster::StopMode::immediate: return "immediate";
                             case Cluster::StopMode::crash: return "crash";
                           }
                           return "unknown";
                         });

TEST_F(CrashTest, one_backend_is_terminated) {
  Process program(pgark_command(backup_arguments()));
  ASSERT_TRUE(reached_middle_of_backup(program)) << program.wait().describe();
  cluster_->sql("postgres",
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ~ '^COPY' LIMIT 1");
  expect_one_message(program.wait(), 6);
  expect_nothing_looks_whole();
}

TEST_F(CrashTest, interrupted_backup) {
  for (const int signal_number : {SIGINT, SIGTERM}) {
    Process program(pgark_command(backup_arguments()));
    ASSERT_TRUE(reached_middle_of_backup(program)) << program.wait().describe();
    program.send(signal_number);
    EXPECT_EQ(program.wait().exit_status, 130) << program.wait().describe();
    expect_nothing_looks_whole();
  }
  // No statement goes on for a client that has left.
  EXPECT_EQ(cluster_->sql("postgres",
                          "SELECT pg_sleep(0.5); SELECT count(*) FROM pg_stat_activity "
                          "WHERE datname = 'source'"),
            "\n0");
}

TEST_F(CrashTest, interrupted_verify) {
  ASSERT_TRUE(run_pgark(backup_arguments()).ok());
  Process program(pgark_command({"verify", archive(), "-j", "1"}));
  ASSERT_TRUE(
      reached(program, [&] { return program.errors_so_far().find("verifying") != std::string::npos; }));
  program.send(SIGTERM);
  expect_one_message(program.wait(), 130);
}

// timeout(1) signals its child, and then the group that the child is in.
TEST_F(CrashTest, two_signals_at_once_are_one_wish) {
  Process program(pgark_command(backup_arguments()));
  ASSERT_TRUE(reached_middle_of_backup(program)) << program.wait().describe();
  program.send(SIGINT);
  ::usleep(20'000);
  program.send(SIGINT);
  EXPECT_EQ(program.wait().exit_status, 130) << program.wait().describe();
  EXPECT_NE(program.wait().err.find("interrupted: stopping"), std::string::npos) << program.wait().describe();
  expect_nothing_looks_whole();
  EXPECT_FALSE(fs::exists(archive() + ".partial"));
}

// Chunks wait in a queue for a slow compressor: they are dropped, only those in work end.
TEST_F(CrashTest, interrupted_in_slow_compression) {
  std::vector<std::string> arguments = backup_arguments();
  arguments.back() = "zstd:22";
  Process program(pgark_command(arguments));
  ASSERT_TRUE(reached(program, [&] { return fs::exists(archive() + ".partial"); }));
  ASSERT_TRUE(reached(program, [&] {
    return cluster_->sql("postgres", "SELECT count(*) > 0 FROM pg_stat_activity WHERE query ~ '^COPY'") ==
           "t";
  }));
  ::usleep(1'000'000);  // the queue fills
  const double spent_seconds = program.cpu_seconds();
  program.send(SIGINT);
  EXPECT_TRUE(reached(
      program, [&] { return program.errors_so_far().find("interrupted: stopping") != std::string::npos; }));
  EXPECT_EQ(program.wait().exit_status, 130) << program.wait().describe();
  // A block of 128 KiB for each processor. To the end of the chunks at work it would be three seconds for
  // each processor, to the end of the queue 18. Not the time on the wall: other tests run too.
  EXPECT_LT(program.wait().cpu_seconds - spent_seconds,
            kSlowBlockSeconds * std::thread::hardware_concurrency());
  expect_nothing_looks_whole();
}

// nohup and the background jobs of a script: what was ignored at the start stays so.
TEST_F(CrashTest, ignored_signals_stay_ignored) {
  Command command = pgark_command(backup_arguments());
  const std::vector<std::string> wrapper{"sh", "-c", "trap '' HUP INT; exec \"$@\"", "sh"};
  command.argv.insert(command.argv.begin(), wrapper.begin(), wrapper.end());
  Process program(std::move(command));
  ASSERT_TRUE(reached_middle_of_backup(program)) << program.wait().describe();
  program.send(SIGHUP);
  program.send(SIGINT);
  EXPECT_TRUE(program.wait().ok()) << program.wait().describe();
  EXPECT_TRUE(fs::exists(archive()));
}

TEST_F(CrashTest, killed_program) {
  Process program(pgark_command(backup_arguments()));
  ASSERT_TRUE(reached_middle_of_backup(program)) << program.wait().describe();
  program.send(SIGKILL);
  EXPECT_EQ(program.wait().term_signal, SIGKILL);
  expect_nothing_looks_whole();
  const ProcessResult again = run_pgark(backup_arguments());  // the leftover is in nobody's way
  EXPECT_TRUE(again.ok()) << again.describe();
  EXPECT_FALSE(fs::exists(archive() + ".partial"));
}

// A file system of 16 MiB in a mount namespace of the child's own: it vanishes with the child.
TEST_F(CrashTest, no_space_on_device) {
  const fs::path small = folder_ / "small";
  fs::create_directory(small);
  const std::string target = (small / "x.pgark").string();
  Command command =
      pgark_command({"backup", "-d", cluster_->conninfo("source"), "-o", target, "-j", "2", "-Z", "none"});
  const std::string script = "mount -t tmpfs -o size=16m none " + small.string() +
                             " || exit 99; \"$@\"; status=$?; ls " + small.string() + "; exit $status";
  std::vector<std::string> wrapper{"unshare", ::geteuid() == 0 ? "-m" : "-Urm", "sh", "-c", script, "sh"};
  command.argv.insert(command.argv.begin(), wrapper.begin(), wrapper.end());
  const ProcessResult result = run(command);
  expect_one_message(result, 9);
  EXPECT_NE(result.err.find(target), std::string::npos) << result.describe();
  EXPECT_EQ(result.out.find("x.pgark\n"), std::string::npos) << result.describe();
}

}  // namespace
}  // namespace pgark::test
