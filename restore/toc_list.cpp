#include "restore/toc_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <unordered_set>
#include <utility>

#include "base/sql_quote.hpp"

namespace pgark::restore {

using format::EntryId;
using format::Toc;
using format::TocEntry;

namespace {

constexpr std::size_t kQuotedLineMax = 60;

// Kinds whose names are unique in their table only.
constexpr std::array<std::string_view, 7> kPartsOfTables{
    "CONSTRAINT", "CHECK CONSTRAINT", "FK CONSTRAINT", "DEFAULT", "TRIGGER", "RULE", "POLICY"};

std::string or_dash(const std::string& name) {
  return name.empty() ? "-" : one_line(name);
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\f\v";
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) + 1 - begin);
}

tl::unexpected<Error> wrong_line(std::string message, std::string_view line, std::string_view file_name,
                                 std::size_t number) {
  message += ": " + one_line(line.substr(0, kQuotedLineMax));
  return fail(ErrorCode::usage, std::move(message), fmt::format("{}:{}", file_name, number),
              "a line begins with the number of an entry, as pgark restore --list prints it, or with ;");
}

std::string info_line(const Toc& toc, std::string_view title, const char* key) {
  const auto found = toc.info.find(key);
  if (found == toc.info.end() || found->second.empty()) return {};
  return fmt::format(";   {}: {}\n", title, one_line(found->second));
}

// What --with-dependencies has done.
std::string needed_lines(const Toc& toc, const Selection& selection) {
  std::string text;
  const auto add = [&](const char* title, const std::vector<EntryId>& ids) {
    if (ids.empty()) return;
    text += fmt::format(";   {}: {}\n", title, ids.size());
    for (const EntryId id : ids) text += fmt::format(";     {} {}\n", id, list_text(*toc.find(id)));
  };
  add("added, because the others need it", selection.added());
  add("needed but excluded", selection.needed_but_excluded());
  return text;
}

}  // namespace

std::string list_text(const TocEntry& entry) {
  const bool is_part =
      std::find(kPartsOfTables.begin(), kPartsOfTables.end(), entry.kind) != kPartsOfTables.end();
  std::string name = or_dash(entry.name);
  if (is_part && !entry.table.empty()) name = one_line(entry.table) + " " + name;
  if (entry.kind == "PUBLICATION TABLE") name += " " + one_line(entry.table);
  return fmt::format("{} {} {} {}", one_line(entry.kind), or_dash(entry.schema), name, or_dash(entry.owner));
}

std::string toc_list(const Toc& toc, const Selection& selection, std::string_view archive_name) {
  std::string text = fmt::format(";\n; Entries of {}\n", one_line(archive_name));
  text += info_line(toc, "database", format::info_key::kDatabase);
  text += info_line(toc, "taken", format::info_key::kFinished);
  text += info_line(toc, "from server", format::info_key::kServerVersion);
  text += info_line(toc, "with", format::info_key::kOptions);
  text += fmt::format(";   selected: {} of {}\n", selection.count(), toc.entries.size());
  text += needed_lines(toc, selection) + ";\n";
  for (const TocEntry& entry : toc.entries) {
    if (selection.contains(entry.id)) text += fmt::format("{}; {}\n", entry.id, list_text(entry));
  }
  return text;
}

Result<std::vector<EntryId>> parse_toc_list(std::string_view text, std::string_view file_name) {
  std::vector<EntryId> ids;
  std::unordered_set<EntryId> seen;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::string_view content = trimmed(line.substr(0, line.find(';')));
    if (content.empty()) continue;
    EntryId id = 0;
    const auto [rest, fault] = std::from_chars(content.data(), content.data() + content.size(), id);
    if (fault != std::errc{} || rest != content.data() + content.size() || id == 0)
      return wrong_line("the line is not one of a list of entries", line, file_name, number);
    if (!seen.insert(id).second)
      return wrong_line("the entry is in the list already", line, file_name, number);
    ids.push_back(id);
  }
  return ids;
}

}  // namespace pgark::restore
