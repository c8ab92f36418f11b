// What the program's commands and options are, as data: the one source of completions and manual pages.
// Pure.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace pgark::cli {

struct OptionPage {
  std::vector<std::string> names;  // as typed, short ones first: "-j", "--jobs"; of a positional its name
  std::string value;               // what stands for the value, "N"; empty: takes none
  std::string description;         // one paragraph
  std::string group;               // heading in --help
  bool positional = false;
  bool required = false;
  bool repeatable = false;
};

struct CommandPage {
  std::string name;         // "backup"; empty: the program itself
  std::string description;  // one sentence
  std::string footer;       // paragraphs, lines broken as they stand
  std::vector<OptionPage> options;
};

// The program first, then its commands in the order of --help. Hidden ones are left out.
std::vector<CommandPage> command_pages(const CLI::App& program);

}  // namespace pgark::cli
