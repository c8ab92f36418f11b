#include "restore/adapt/body_mentions.hpp"

#include <algorithm>

#include "base/sql_quote.hpp"
#include "restore/adapt/sql_renamer.hpp"

namespace pgark::restore {

namespace {

bool is_name_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// Whether the name stands there as a whole word, in any case; with `dotted` only before a dot.
bool mentions(std::string_view body, std::string_view name, bool dotted) {
  const auto same = [](char a, char b) { return lower(a) == lower(b); };
  for (auto from = body.begin(); from != body.end(); ++from) {
    from = std::search(from, body.end(), name.begin(), name.end(), same);
    if (from == body.end()) return false;
    auto after = from + static_cast<std::ptrdiff_t>(name.size());
    const bool begins = from == body.begin() || !is_name_byte(*(from - 1));
    const bool ends = after == body.end() || !is_name_byte(*after);
    if (!begins || !ends) continue;
    if (!dotted) return true;
    while (after != body.end() && (*after == '"' || *after == ' ')) ++after;
    if (after != body.end() && *after == '.') return true;
  }
  return false;
}

}  // namespace

std::optional<std::string> routine_body(std::span<const SqlToken> tokens) {
  if (tokens.empty() || !tokens.front().is_word("CREATE")) return std::nullopt;
  const bool routine = std::ranges::any_of(
      tokens, [](const SqlToken& token) { return token.is_word("FUNCTION") || token.is_word("PROCEDURE"); });
  if (!routine) return std::nullopt;
  for (std::size_t at = 0; at + 1 < tokens.size(); ++at) {
    if (tokens[at].is_word("LANGUAGE") && (tokens[at + 1].name == "c" || tokens[at + 1].name == "internal"))
      return std::nullopt;
    if (!tokens[at].is_word("AS")) continue;
    const SqlToken& body = tokens[at + 1];
    if (body.kind == SqlTokenKind::body || body.kind == SqlTokenKind::literal)
      return literal_value(body).value_or(std::string(body.text));
  }
  return std::nullopt;
}

std::vector<std::string> mentions_in(std::string_view body, const Renames& renames) {
  std::vector<std::string> sentences;
  for (const auto& [from, to] : renames.schemas) {
    if (mentions(body, from, true))
      sentences.push_back(std::string(kNamesInBody) + "the schema " + one_line(quote_identifier(from)) +
                          " and is not changed: it goes on to use the objects there");
  }
  for (const ObjectName& table : renames.tables) {
    if (mentions(body, table.second, false))
      sentences.push_back("its body may name the table " +
                          one_line(quote_qualified(table.first, table.second)) +
                          " and is not changed: it goes on to use that one");
  }
  return sentences;
}

}  // namespace pgark::restore
