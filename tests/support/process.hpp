// Runs another program and tells how it went: output, exit status, signal, peak memory, time.
//
// A child never outlives the test program: the kernel kills it when the thread that started it ends. Start
// children from the main thread. Not thread safe.
#pragma once

#include <sys/types.h>

#include <csignal>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pgark::test {

// The system account a child runs under.
struct Account {
  uid_t user = 0;
  gid_t group = 0;
};

struct Command {
  std::vector<std::string> argv;
  // Added to, or replacing in, the environment of the test program.
  std::vector<std::pair<std::string, std::string>> environment;
  std::vector<std::string> unset;  // variables the child does not see
  std::string input;               // standard input
  std::filesystem::path working_directory;
  std::optional<Account> account;  // only when the test program runs as root
  int death_signal = SIGKILL;      // sent to the child when the test program dies
  int timeout_ms = 120'000;        // then SIGKILL, and ProcessResult::timed_out
  int signal_after_ms = -1;        // >= 0: send `signal` that long after the start
  int signal = SIGKILL;
};

struct ProcessResult {
  int exit_status = -1;  // -1 when a signal ended the child
  int term_signal = 0;
  bool timed_out = false;
  std::string out, err;
  std::uint64_t peak_rss_bytes = 0;
  double seconds = 0;
  double cpu_seconds = 0;  // of all its threads, user and system

  bool ok() const { return exit_status == 0; }
  // Everything about the run, for a failure message.
  std::string describe() const;
};

// A child that runs beside the test. The destructor kills and reaps it.
class Process {
 public:
  // Throws std::system_error when the program cannot be started.
  explicit Process(Command command);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }
  bool running();
  void send(int signal_number);
  double cpu_seconds() const;         // spent until now; the child must not have been waited for
  std::string output_so_far() const;  // of standard output
  std::string errors_so_far() const;  // of standard error
  // Waits for the end, honouring timeout and kill time. May be called again.
  const ProcessResult& wait();

 private:
  void start();
  bool wait_until(double seconds_since_start);
  void reap();

  Command command_;
  pid_t pid_ = -1;
  int pid_descriptor_ = -1, output_ = -1, errors_ = -1;
  double started_ = 0;
  bool reaped_ = false;
  ProcessResult result_;
};

ProcessResult run(Command command);

// As run(), but throws std::runtime_error with the whole story unless the exit status is 0. Returns stdout.
std::string run_or_throw(Command command);

// The program under test: PGARK_TEST_PROGRAM, or the one of this build.
std::filesystem::path pgark_binary();

// Runs pgark with these arguments. The PG* variables of the caller, and those that name a
// database, a place for backups or a configuration file, are hidden from it.
Command pgark_command(std::vector<std::string> arguments);
ProcessResult run_pgark(std::vector<std::string> arguments);

}  // namespace pgark::test
