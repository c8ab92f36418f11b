// Commands that a page of the documentation shows, and what it says that they do.
//
// Under a heading, a block marked `sh` holds commands, one a line (a line that ends in \ goes on). What a
// person sees stands in the block marked `text` that follows it. A command's exit status is 0, or the N of "#
// exit status N" behind it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace pgark::test {

struct PageCommand {
  std::string line;  // as a shell reads it
  int status = 0;
  int number = 0;  // of its first line in the file
};

struct PageBlock {
  std::string heading;  // the nearest one above
  std::vector<PageCommand> commands;
  std::vector<std::string> seen;  // lines of the block after it; empty when there is none
};

// Throws std::runtime_error naming file and line when it cannot be read, or a block is not closed.
std::vector<PageBlock> command_blocks(const std::filesystem::path& page);

// Whether the page's line is what the line of a program says: "..." stands for anything, a number, date or
// name that is made of a time for any other, white space for any other. The page's may be a part of the
// program's.
bool shows(const std::string& line_of_page, const std::string& line_of_program);

// What a person types at the questions that a block shows: "Type WORD to go on: WORD".
std::string typed_in(const PageBlock& block);

}  // namespace pgark::test
