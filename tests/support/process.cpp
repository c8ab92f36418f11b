#include "support/process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <stdexcept>
#include <string_view>
#include <system_error>

namespace pgark::test {
namespace {

double now_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

[[noreturn]] void throw_errno(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

// Output goes to memory files: no reader thread, no full pipe. Writers append: the kernel keeps no lock on
// the position that the processes of a server share, and one would write over the line of another.
int memory_file(const char* name, const std::string& content = {}) {
  const int descriptor = ::memfd_create(name, MFD_CLOEXEC);
  if (descriptor < 0) throw_errno("memfd_create");
  for (std::size_t done = 0; done < content.size();) {
    const ssize_t written = ::write(descriptor, content.data() + done, content.size() - done);
    if (written < 0) throw_errno("write to a memory file");
    done += static_cast<std::size_t>(written);
  }
  ::lseek(descriptor, 0, SEEK_SET);
  if (::fcntl(descriptor, F_SETFL, O_APPEND) < 0) throw_errno("append to a memory file");
  return descriptor;
}

std::string content_of(int descriptor) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) return {};
  std::string text(static_cast<std::size_t>(status.st_size), '\0');
  const ssize_t got = ::pread(descriptor, text.data(), text.size(), 0);
  text.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
  return text;
}

std::vector<std::string> environment_of(const Command& command) {
  std::vector<std::string> result;
  auto hidden = [&](std::string_view name) {
    return std::ranges::any_of(command.unset, [&](const std::string& n) { return n == name; }) ||
           std::ranges::any_of(command.environment, [&](const auto& pair) { return pair.first == name; });
  };
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view text = *variable;
    if (!hidden(text.substr(0, text.find('=')))) result.emplace_back(text);
  }
  for (const auto& [name, value] : command.environment) result.push_back(name + "=" + value);
  return result;
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> result;
  result.reserve(strings.size() + 1);
  for (auto& text : strings) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

struct ChildSetup {
  char* const* argv;
  char* const* environment;
  const char* working_directory;  // null: stay
  const Account* account;         // null: stay
  int death_signal, input, output, errors, failure;
  pid_t parent;
};

// Between fork and exec: only async-signal-safe calls.
[[noreturn]] void become_child(const ChildSetup& setup) {
  bool ready = ::dup2(setup.input, 0) >= 0 && ::dup2(setup.output, 1) >= 0 && ::dup2(setup.errors, 2) >= 0;
  if (ready && setup.account != nullptr) {
    const gid_t group = setup.account->group;
    ready = ::setgroups(1, &group) == 0 && ::setgid(group) == 0 && ::setuid(setup.account->user) == 0;
  }
  // After setuid, which clears it. The check closes the gap in which the parent may have died already.
  ready = ready && ::prctl(PR_SET_PDEATHSIG, setup.death_signal) == 0 && ::getppid() == setup.parent;
  if (ready && setup.working_directory != nullptr) ready = ::chdir(setup.working_directory) == 0;
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  if (ready) ::execvpe(setup.argv[0], setup.argv, setup.environment);
  const int error = errno;
  [[maybe_unused]] const ssize_t written = ::write(setup.failure, &error, sizeof error);
  ::_exit(127);
}

// The child reports a failed exec through a pipe that a successful exec closes.
pid_t fork_and_exec(const ChildSetup& prepared, const std::string& program) {
  int report[2];
  if (::pipe2(report, O_CLOEXEC) != 0) throw_errno("pipe2");
  ChildSetup setup = prepared;
  setup.failure = report[1];
  setup.parent = ::getpid();
  const pid_t child = ::fork();
  if (child == 0) become_child(setup);
  const int fork_error = errno;
  ::close(report[1]);
  int error = 0;
  const ssize_t got = child < 0 ? 0 : ::read(report[0], &error, sizeof error);
  ::close(report[0]);
  if (child < 0) throw std::system_error(fork_error, std::generic_category(), "fork");
  if (got == static_cast<ssize_t>(sizeof error)) {
    ::waitpid(child, nullptr, 0);
    throw std::system_error(error, std::generic_category(), "cannot start " + program);
  }
  return child;
}

}  // namespace

std::string ProcessResult::describe() const {
  std::string text = term_signal != 0 ? fmt::format("killed by signal {}", term_signal)
                                      : fmt::format("exit status {}", exit_status);
  if (timed_out) text += " (timed out)";
  return fmt::format("{} after {:.2f} s, peak {} KiB\n--- stdout\n{}\n--- stderr\n{}", text, seconds,
                     peak_rss_bytes / 1024, out, err);
}

Process::Process(Command command) : command_(std::move(command)) {
  output_ = memory_file("stdout");
  errors_ = memory_file("stderr");
  try {
    start();
  } catch (...) {
    ::close(output_);
    ::close(errors_);
    throw;
  }
}

void Process::start() {
  std::vector<std::string> environment = environment_of(command_);
  const std::vector<char*> argv = pointers(command_.argv);
  const std::vector<char*> envp = pointers(environment);
  const int input = memory_file("stdin", command_.input);
  const std::string directory = command_.working_directory.string();
  ChildSetup setup{};
  setup.argv = argv.data();
  setup.environment = envp.data();
  setup.working_directory = directory.empty() ? nullptr : directory.c_str();
  setup.account = command_.account ? &*command_.account : nullptr;
  setup.death_signal = command_.death_signal;
  setup.input = input;
  setup.output = output_;
  setup.errors = errors_;
  started_ = now_seconds();
  try {
    pid_ = fork_and_exec(setup, command_.argv.at(0));
  } catch (...) {
    ::close(input);
    throw;
  }
  ::close(input);
  pid_descriptor_ = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
}

Process::~Process() {
  if (!reaped_) {
    ::kill(pid_, SIGKILL);
    reap();
  }
  for (const int descriptor : {pid_descriptor_, output_, errors_}) {
    if (descriptor >= 0) ::close(descriptor);
  }
}

bool Process::running() {
  return !reaped_ && !wait_until(0);
}

void Process::send(int signal_number) {
  if (!reaped_) ::kill(pid_, signal_number);
}

double Process::cpu_seconds() const {
  clockid_t clock = 0;
  timespec spent{};
  if (::clock_getcpuclockid(pid_, &clock) != 0 || ::clock_gettime(clock, &spent) != 0) return 0;
  return static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) / 1e9;
}

std::string Process::output_so_far() const {
  return content_of(output_);
}
std::string Process::errors_so_far() const {
  return content_of(errors_);
}

// True when the child has ended (it is not reaped yet).
bool Process::wait_until(double seconds_since_start) {
  while (true) {
    const double left = std::max(0.0, started_ + seconds_since_start - now_seconds());
    pollfd watched{pid_descriptor_, POLLIN, 0};
    const int ready = ::poll(&watched, 1, static_cast<int>(left * 1000) + (left > 0 ? 1 : 0));
    if (ready > 0) return true;
    if (ready == 0) return false;
    if (errno != EINTR) throw_errno("poll on a child");
  }
}

void Process::reap() {
  int status = 0;
  rusage usage{};
  while (::wait4(pid_, &status, 0, &usage) < 0 && errno == EINTR) {
  }
  reaped_ = true;
  result_.seconds = now_seconds() - started_;
  result_.peak_rss_bytes = static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  result_.cpu_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  if (WIFEXITED(status)) result_.exit_status = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) result_.term_signal = WTERMSIG(status);
  result_.out = content_of(output_);
  result_.err = content_of(errors_);
}

const ProcessResult& Process::wait() {
  if (reaped_) return result_;
  bool ended = false;
  if (command_.signal_after_ms >= 0) {
    ended = wait_until(command_.signal_after_ms / 1000.0);
    if (!ended) send(command_.signal);
  }
  if (!ended && !wait_until(command_.timeout_ms / 1000.0)) {
    result_.timed_out = true;
    send(SIGKILL);
  }
  reap();
  return result_;
}

ProcessResult run(Command command) {
  return Process(std::move(command)).wait();
}

std::string run_or_throw(Command command) {
  std::string shown;
  for (const auto& argument : command.argv) shown += (shown.empty() ? "" : " ") + argument;
  ProcessResult result = run(std::move(command));
  if (!result.ok()) throw std::runtime_error(shown + ": " + result.describe());
  return std::move(result.out);
}

std::filesystem::path pgark_binary() {
  const char* given = std::getenv("PGARK_TEST_PROGRAM");
  return given != nullptr ? given : PGARK_TEST_PROGRAM_DEFAULT;
}

Command pgark_command(std::vector<std::string> arguments) {
  Command command;
  command.argv = std::move(arguments);
  command.argv.insert(command.argv.begin(), pgark_binary().string());
  command.unset = {"DATABASE_URL", "TEST_DATABASE_URL", "BACKUP_DIR",      "RETENTION_DAYS",
                   "PGARK_CONFIG", "PGARK_PROFILE",     "XDG_CONFIG_HOME", "PGARK_PAGERDUTY_ROUTING_KEY",
                   "PGARK_UPLOAD", "PGARK_METRICS_FILE"};
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view text = *variable;
    const bool of_pgark = text.starts_with("PGARK_") && !text.starts_with("PGARK_NOTIFY_");
    if (text.starts_with("PG") && !of_pgark) command.unset.emplace_back(text.substr(0, text.find('=')));
  }
  return command;
}

ProcessResult run_pgark(std::vector<std::string> arguments) {
  return run(pgark_command(std::move(arguments)));
}

}  // namespace pgark::test
