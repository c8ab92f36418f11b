#include "restore/adapt/name_pairs.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/sql_quote.hpp"

namespace pgark::restore {

namespace {

constexpr std::size_t kNameBytesMax = 63;  // NAMEDATALEN - 1

tl::unexpected<Error> wrong(std::string_view option, std::string_view text, std::string message) {
  return fail(ErrorCode::usage, std::move(message), std::string(option) + " " + one_line(text),
              "write OLD=NEW, and a name with capitals, = or other marks in double quotes: '\"Old\"=new'");
}

// Reads one part, up to one of `ends`; nullopt when its quotes are never closed or stand in its middle.
std::optional<std::string> read_part(std::string_view text, std::size_t& at, std::string_view ends) {
  std::string name;
  if (at < text.size() && text[at] == '"') {
    for (++at; at < text.size(); ++at) {
      if (text[at] == '"' && (at + 1 >= text.size() || text[at + 1] != '"')) {
        ++at;
        const bool ended = at >= text.size() || ends.find(text[at]) != std::string_view::npos;
        return ended ? std::optional(name) : std::nullopt;
      }
      if (text[at] == '"') ++at;
      name += text[at];
    }
    return std::nullopt;
  }
  for (; at < text.size() && ends.find(text[at]) == std::string_view::npos; ++at) {
    const char c = text[at];
    if (c == '"') return std::nullopt;
    name += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return name;
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::optional<std::string> fault_of(const std::string& name, std::string_view encoding) {
  if (name.empty()) return "a name is empty";
  if (name.size() > kNameBytesMax) return "a name is longer than 63 bytes";
  if (name.find('\0') != std::string::npos || !is_valid_text(name, "UTF8"))
    return "a name is not valid UTF-8";
  if (encoding != "UTF8" && !is_ascii(name))
    return "only names of ASCII letters can be given for an archive in encoding " + std::string(encoding);
  return std::nullopt;
}

}  // namespace

Result<NamePair> parse_name_pair(std::string_view option, std::string_view text, std::size_t parts_max,
                                 std::string_view encoding) {
  NamePair pair;
  pair.text = text;
  std::size_t at = 0;
  const std::string_view ends = parts_max > 1 ? "=." : "=";
  while (true) {
    auto part = read_part(text, at, ends);
    if (!part) return wrong(option, text, "the quotes of a name are wrong");
    pair.from.push_back(std::move(*part));
    if (at >= text.size()) return wrong(option, text, "there is no = between two names");
    if (text[at++] == '=') break;
  }
  if (pair.from.size() > parts_max) return wrong(option, text, "the old name has too many parts");
  auto to = read_part(text, at, "=");
  if (!to || at < text.size()) return wrong(option, text, "the new name is not one name");
  pair.to = std::move(*to);
  for (const std::string& part : pair.from) {
    if (const auto fault = fault_of(part, encoding)) return wrong(option, text, *fault);
  }
  if (const auto fault = fault_of(pair.to, encoding)) return wrong(option, text, *fault);
  if (pair.from.back() == pair.to) return wrong(option, text, "both names are the same");
  return pair;
}

Result<NameMap> parse_name_map(std::string_view option, const std::vector<std::string>& texts,
                               std::string_view encoding) {
  NameMap map;
  for (const std::string& text : texts) {
    auto pair = parse_name_pair(option, text, 1, encoding);
    if (!pair) return tl::unexpected<Error>(pair.error());
    if (!map.emplace(pair->from.front(), pair->to).second)
      return wrong(option, text, "the old name is mapped twice");
  }
  return map;
}

}  // namespace pgark::restore
