#include "support/markdown.hpp"

#include <fmt/format.h>

#include <fstream>
#include <regex>
#include <stdexcept>

namespace pgark::test {
namespace {

constexpr std::string_view kFence = "```";

PageCommand command_of(std::string line, int number) {
  static const std::regex kStatus(R"(#\s*exit status (\d+))");
  std::smatch found;
  const int status = std::regex_search(line, found, kStatus) ? std::stoi(found[1]) : 0;
  return {std::move(line), status, number};
}

std::vector<PageCommand> commands_of(const std::vector<std::string>& lines, int number) {
  std::vector<PageCommand> commands;
  std::string whole;
  int first = number;
  for (const std::string& line : lines) {
    if (whole.empty()) first = number;
    ++number;
    whole += whole.empty() ? line : "\n" + line;
    if (line.ends_with('\\')) continue;
    const bool is_command = !whole.empty() && !whole.starts_with('#');
    if (is_command) commands.push_back(command_of(whole, first));
    whole.clear();
  }
  return commands;
}

}  // namespace

std::vector<PageBlock> command_blocks(const std::filesystem::path& page) {
  std::ifstream file(page);
  if (!file) throw std::runtime_error("cannot read " + page.string());
  std::vector<PageBlock> blocks;
  std::string heading, kind;
  std::vector<std::string> lines;
  bool inside = false;
  int number = 0, begun = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    if (line.starts_with(kFence)) {
      inside = !inside;
      if (inside) {
        kind = line.substr(kFence.size());
        begun = number + 1;
        lines.clear();
      } else if (kind == "sh") {
        blocks.push_back({heading, commands_of(lines, begun), {}});
      } else if (kind == "text" && !blocks.empty() && blocks.back().heading == heading &&
                 blocks.back().seen.empty()) {
        blocks.back().seen = lines;
      }
    } else if (inside) {
      lines.push_back(line);
    } else if (line.starts_with('#')) {
      heading = line.substr(line.find_first_not_of("# "));
    }
  }
  if (inside) throw std::runtime_error(fmt::format("{}:{}: a block is not closed", page.string(), begun));
  return blocks;
}

bool shows(const std::string& line_of_page, const std::string& line_of_program) {
  static const std::regex kSpecial(R"([\\^$.|?*+()\[\]{}])");
  static const std::regex kAnything(R"((\\\.){3})");
  static const std::regex kNumber(R"(\d[\d,:TZ-]*(\\\.\d+)?)");
  static const std::regex kSpace(R"([ \t]+)");
  static const std::regex kTyped(R"((go on: )\w+)");
  std::string pattern = std::regex_replace(line_of_page, kTyped, "$1");
  pattern = std::regex_replace(pattern, kSpecial, R"(\$&)");
  pattern = std::regex_replace(pattern, kAnything, ".*");
  pattern = std::regex_replace(pattern, kNumber, "[0-9][0-9,.:TZ-]*");
  pattern = std::regex_replace(pattern, kSpace, "\\s+");
  return std::regex_search(line_of_program, std::regex(pattern));
}

std::string typed_in(const PageBlock& block) {
  static const std::regex kQuestion(R"(Type (\w+) to go on: (\w+))");
  std::string typed;
  for (const std::string& line : block.seen) {
    std::smatch found;
    if (std::regex_search(line, found, kQuestion)) typed += found[2].str() + "\n";
  }
  return typed;
}

}  // namespace pgark::test
