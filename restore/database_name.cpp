#include "restore/database_name.hpp"

#include <algorithm>
#include <string_view>

#include "base/sql_quote.hpp"

namespace pgark::restore {

using format::Toc;
using format::TocEntry;

namespace {

constexpr std::string_view kWord = "DATABASE ";
constexpr std::string_view kIfExists = "IF EXISTS ";

// Behind a quoted text that begins at `at`, a name or a literal alike.
std::size_t skip_quoted(std::string_view sql, std::size_t at) {
  const char quote = sql[at++];
  while (at < sql.size() && sql[at] != quote) ++at;
  return std::min(at + 1, sql.size());
}

bool is_boundary(std::string_view sql, std::size_t at) {
  return at >= sql.size() || sql[at] == ' ' || sql[at] == ';';
}

// Length of the database's name at the front of `text`, however it is quoted there; 0: it is another word.
std::size_t name_length(std::string_view text, const std::string& name) {
  for (const bool always : {false, true}) {
    const QuoteAllIdentifiers scope(always);
    const std::string form = quote_identifier(name);
    if (text.starts_with(form) && is_boundary(text, form.size())) return form.size();
  }
  return 0;
}

// The name stands once, behind the word DATABASE, outside of quotes.
void rename_in(std::string& sql, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; at < sql.size();) {
    if (sql[at] == '"' || sql[at] == '\'') {
      at = skip_quoted(sql, at);
      continue;
    }
    if (std::string_view(sql).substr(at).starts_with(kWord)) {
      std::size_t name = at + kWord.size();
      if (std::string_view(sql).substr(name).starts_with(kIfExists)) name += kIfExists.size();
      const std::size_t length = name_length(std::string_view(sql).substr(name), from);
      if (length != 0) {
        sql.replace(name, length, quote_identifier(to));
        return;
      }
    }
    ++at;
  }
}

}  // namespace

void rename_database(Toc& toc, const std::string& name) {
  const auto found = std::ranges::find(toc.entries, "DATABASE", &TocEntry::kind);
  if (found == toc.entries.end()) return;
  const std::string from = found->name, label = "DATABASE " + from;
  for (TocEntry& entry : toc.entries) {
    const bool itself = entry.kind == "DATABASE" || entry.kind == "DATABASE PROPERTIES";
    const bool describes = entry.name == label &&
                           (entry.kind == "COMMENT" || entry.kind == "ACL" || entry.kind == "SECURITY LABEL");
    if (!itself && !describes) continue;
    entry.name = itself ? name : "DATABASE " + name;
    for (format::SqlStatement& statement : entry.create) rename_in(statement.sql, from, name);
    for (format::SqlStatement& statement : entry.drop) rename_in(statement.sql, from, name);
    if (!entry.owner_object.empty()) rename_in(entry.owner_object, from, name);
  }
}

}  // namespace pgark::restore
