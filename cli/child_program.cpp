#include "cli/child_program.hpp"

#include <grp.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

namespace pgark::cli {
namespace {

constexpr std::chrono::milliseconds kLook{20};

std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

// Between fork and exec only what is safe there: everything is prepared by the parent.
pid_t start_child(const ChildProgram& program) {
  const std::vector<char*> arguments = pointers_to(program.words);
  const std::vector<char*> environment = pointers_to(program.environment);
  const std::optional<ChildAccount>& account = program.account;
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child != 0) return child;
  const bool ready = ::dup2(program.input, 0) == 0 && ::dup2(program.output, 1) == 1 &&
                     ::dup2(program.output, 2) == 2 && ::setsid() >= 0;
  const bool moved = !account || (::setgroups(0, nullptr) == 0 && ::setgid(account->group) == 0 &&
                                  ::setuid(account->user) == 0);
  // After the change of account, which would reset it.
  const bool tied = ::prctl(PR_SET_PDEATHSIG, program.death_signal) == 0 && ::getppid() == parent;
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGQUIT, SIGXFSZ}) std::signal(number, SIG_DFL);
  if (ready && moved && tied) ::execve(arguments[0], arguments.data(), environment.data());
  ::_exit(127);
}

std::optional<int> wait_for_child(pid_t child, std::chrono::milliseconds time) {
  const auto end = std::chrono::steady_clock::now() + time;
  int status = 0;
  while (::waitpid(child, &status, WNOHANG) != child) {
    if (std::chrono::steady_clock::now() >= end) return std::nullopt;
    std::this_thread::sleep_for(kLook);
  }
  return status;
}

}  // namespace pgark::cli
