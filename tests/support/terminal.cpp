#include "support/terminal.hpp"

#include <utility>

namespace pgark::test {
namespace {

std::string quoted(const std::string& word) {
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

}  // namespace

Command at_terminal(Command command, std::string typed) {
  std::string line;
  for (const std::string& word : command.argv) line += quoted(word) + " ";
  command.argv = {"/usr/bin/script", "-qec", line, "/dev/null"};
  command.input = std::move(typed);
  return command;
}

}  // namespace pgark::test
