#include "fidelity/catalog_text.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <regex>
#include <stdexcept>
#include <utility>

#include "fidelity/trap_files.hpp"

namespace pgark::test {
namespace {

constexpr const char* kFolder = PGARK_SOURCE_DIR "/tests/fidelity/";

std::vector<std::string> with_mark(char mark, const std::vector<std::string>& records) {
  std::vector<std::string> lines;
  for (const std::string& record : records) lines.push_back(std::string{mark, ' '} + record);
  return lines;
}

// "13-18" or "15".
bool covers(const std::string& majors, int major) {
  const std::size_t dash = majors.find('-');
  const int first = std::stoi(majors);
  const int last = dash == std::string::npos ? first : std::stoi(majors.substr(dash + 1));
  return first <= major && major <= last;
}

}  // namespace

std::vector<std::string> catalog_records(Cluster& cluster, std::string_view database, bool with_properties) {
  std::vector<std::string> arguments{"-XqAt", "-F", "|", "-f", std::string(kFolder) + "catalog_compare.sql"};
  if (with_properties) arguments.insert(arguments.end(), {"-v", "database_properties=1"});
  Command psql = trap_psql(cluster, std::string(database), std::move(arguments));
  std::erase_if(psql.environment, [](const auto& variable) { return variable.first == "PGCLIENTENCODING"; });
  const std::string text = run_or_throw(std::move(psql));
  std::vector<std::string> records;
  for (std::size_t start = 0, end = 0; start < text.size(); start = end + 1) {
    end = std::min(text.find('\0', start), text.size());
    records.push_back(text.substr(start, end - start));
  }
  std::ranges::sort(records);
  return records;
}

std::vector<std::string> record_differences(const std::vector<std::string>& source,
                                            const std::vector<std::string>& copy) {
  std::vector<std::string> gone, added;
  std::ranges::set_difference(source, copy, std::back_inserter(gone));
  std::ranges::set_difference(copy, source, std::back_inserter(added));
  std::vector<std::string> all = with_mark('-', gone);
  std::ranges::move(with_mark('+', added), std::back_inserter(all));
  return all;
}

std::string lines_of_text(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += "  " + line + "\n";
  return text;
}

// A block is one or more lines of reason, starting with '#', then entries "MAJORS DATABASE PATTERN".
KnownDifferences::KnownDifferences(int major, std::string_view database) {
  std::ifstream file(std::string(kFolder) + "known_differences.txt");
  if (!file) throw std::runtime_error("known_differences.txt cannot be read");
  bool reason = false;
  for (std::string line; std::getline(file, line);) {
    if (line.empty()) reason = false;
    if (line.starts_with('#')) reason = true;
    if (line.empty() || line.starts_with('#')) continue;
    static const std::regex kEntry("([0-9]+(?:-[0-9]+)?) ([a-z_]+) ([-+] .*)");
    std::smatch part;
    if (!std::regex_match(line, part, kEntry))
      throw std::runtime_error("known_differences.txt: not an entry: " + line);
    if (!reason) throw std::runtime_error("known_differences.txt: no reason above: " + line);
    if (covers(part[1], major) && part[2].str() == database) entries_.push_back({line, part[3], false});
  }
}

// A pattern is the beginning of a record, up to a final "...", or the whole of it.
std::vector<std::string> KnownDifferences::unknown_among(const std::vector<std::string>& differences) {
  std::vector<std::string> unknown;
  for (const std::string& difference : differences) {
    const auto found = std::ranges::find_if(entries_, [&](const Entry& entry) {
      return entry.pattern.ends_with("...")
                 ? difference.starts_with(entry.pattern.substr(0, entry.pattern.size() - 3))
                 : difference == entry.pattern;
    });
    if (found == entries_.end())
      unknown.push_back(difference);
    else
      found->used = true;
  }
  return unknown;
}

std::vector<std::string> KnownDifferences::stale() const {
  std::vector<std::string> lines;
  for (const Entry& entry : entries_) {
    if (!entry.used) lines.push_back(entry.line);
  }
  return lines;
}

}  // namespace pgark::test
