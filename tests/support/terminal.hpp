// A program at a terminal: what asks a person only there is asked there.
#pragma once

#include <string>

#include "support/process.hpp"

namespace pgark::test {

// The same command, with a pseudo-terminal as its standard input, output and error, where `typed` is typed.
// It is all in ProcessResult::out then, with what was typed, and lines end in "\r\n". The exit status is the
// command's.
Command at_terminal(Command command, std::string typed);

}  // namespace pgark::test
