// Starts another program, which does not outlive the thread that starts it.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <csignal>
#include <optional>
#include <string>
#include <vector>

namespace pgark::cli {

struct ChildAccount {
  uid_t user = 0;
  gid_t group = 0;
};

struct ChildProgram {
  std::vector<std::string> words;        // the program, by its path, and its arguments
  std::vector<std::string> environment;  // "NAME=value", and nothing else
  int input = -1, output = -1;           // its standard input; its standard output and error
  std::optional<ChildAccount> account;   // none: ours. REQUIRES root
  int death_signal = SIGKILL;            // sent to it when the thread that has started it ends
};

// In a session of its own: a Ctrl-C at the terminal is for pgark. Signals do in it what they do by default.
// What cannot be executed ends with status 127. -1, with errno, when there is no new process.
pid_t start_child(const ChildProgram& program);

// Its status, as waitpid() has it; none when it has not ended in time.
std::optional<int> wait_for_child(pid_t child, std::chrono::milliseconds time);

}  // namespace pgark::cli
