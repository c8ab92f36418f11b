// Runs somebody's shell command with facts that come from outside: they are variables and standard input,
// never a part of the command.
#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "base/error.hpp"

namespace pgark::cli {

struct ShellCommand {
  std::string command;                                         // for /bin/sh -c
  std::vector<std::pair<std::string, std::string>> variables;  // beside those of our own environment
  std::vector<std::string> without;                            // of which those that begin so are left out
  std::string input;                                           // its standard input
  std::chrono::milliseconds time{60'000};                      // then it is ended, with what it has started
};

// Blocking. Its standard output goes to our standard error, because ours may carry data. Errors: io, for a
// status other than 0, a signal, and when the time is up.
Result<> run_shell(const ShellCommand& command);

}  // namespace pgark::cli
