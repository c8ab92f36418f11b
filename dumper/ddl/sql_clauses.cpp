#include "dumper/ddl/sql_clauses.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "base/array_text.hpp"
#include "base/sql_quote.hpp"

namespace pgark::dumper {
namespace {

// GUC_LIST_QUOTE variables of all majors, and of extensions that come with the server.
constexpr std::array<std::string_view, 7> kNameLists = {
    "local_preload_libraries",   "oauth_validator_libraries", "search_path",
    "session_preload_libraries", "shared_preload_libraries",  "temp_tablespaces",
    "unix_socket_directories"};

bool same_word(std::string_view a, std::string_view lower) {
  return std::equal(a.begin(), a.end(), lower.begin(), lower.end(), [](char x, char y) {
    return (x >= 'A' && x <= 'Z' ? static_cast<char>(x - 'A' + 'a') : x) == y;
  });
}

void skip_blanks(std::string_view text, std::size_t& at) {
  while (at < text.size() && (text[at] == ' ' || (text[at] >= '\t' && text[at] <= '\r'))) ++at;
}

// One element of a name list: "quoted" (doubled quotes inside) or bare up to a comma or blank.
std::optional<std::string> list_element(std::string_view text, std::size_t& at) {
  std::string element;
  if (at < text.size() && text[at] == '"') {
    for (++at;; ++at) {
      if (at >= text.size()) return std::nullopt;
      if (text[at] == '"') {
        if (at + 1 >= text.size() || text[at + 1] != '"') break;
        ++at;
      }
      element.push_back(text[at]);
    }
    ++at;
    return element;
  }
  while (at < text.size() && text[at] != ',' && text[at] != ' ') element.push_back(text[at++]);
  if (element.empty()) return std::nullopt;
  return element;
}

// nullopt when the value is not such a list; then it is passed on whole.
std::optional<std::vector<std::string>> split_name_list(std::string_view text) {
  std::vector<std::string> list;
  std::size_t at = 0;
  skip_blanks(text, at);
  if (at == text.size()) return list;
  for (;;) {
    skip_blanks(text, at);
    auto element = list_element(text, at);
    if (!element) return std::nullopt;
    list.push_back(std::move(*element));
    skip_blanks(text, at);
    if (at == text.size()) return list;
    if (text[at++] != ',') return std::nullopt;
  }
}

// A custom setting "ext.name" keeps its dot; each part is a name.
std::string setting_name(std::string_view name) {
  const std::size_t dot = name.find('.');
  if (dot == std::string_view::npos) return quote_identifier(name);
  return quote_identifier(name.substr(0, dot)) + "." + setting_name(name.substr(dot + 1));
}

std::string if_exists_sql(std::string_view lookup, std::string_view name_sql, std::string_view statement) {
  const std::string body = "BEGIN\n  IF pg_catalog." + std::string(lookup) + "(" + quote_literal(name_sql) +
                           ") IS NOT NULL THEN\n    " + std::string(statement) + ";\n  END IF;\nEND";
  return "DO " + quote_dollar(body);
}

}  // namespace

std::string options_sql(std::span<const std::string> options, std::string_view name_prefix) {
  std::string out;
  for (const std::string& option : options) {
    const auto [name, value] = split_option(option);
    if (!out.empty()) out += ", ";
    out += name_prefix;
    out += quote_identifier(name) + "=" + (is_plain_identifier(value) ? value : quote_literal(value));
  }
  return out;
}

std::string with_options_sql(std::span<const std::string> options, std::string_view lead) {
  if (options.empty()) return {};
  return std::string(lead) + "WITH (" + options_sql(options) + ")";
}

std::string setting_sql(std::string_view name_and_value) {
  const auto [name, value] = split_option(name_and_value);
  const std::string head = setting_name(name) + " TO ";
  const bool list = std::any_of(kNameLists.begin(), kNameLists.end(),
                                [&name = name](std::string_view known) { return same_word(name, known); });
  if (!list) return head + quote_literal(value);
  const auto elements = split_name_list(value);
  if (!elements || elements->empty()) return head + quote_literal(value);
  std::string out = head;
  for (std::size_t i = 0; i < elements->size(); ++i) {
    if (i > 0) out += ", ";
    out += quote_literal((*elements)[i]);
  }
  return out;
}

std::string name_list_sql(std::span<const std::string_view> names) {
  std::string out;
  for (const std::string_view name : names) {
    if (!out.empty()) out += ", ";
    out += quote_identifier(name);
  }
  return out;
}

std::string security_label_sql(std::string_view provider, std::string_view target, std::string_view label) {
  return "SECURITY LABEL FOR " + quote_identifier(provider) + " ON " + std::string(target) + " IS " +
         quote_literal(label);
}

std::string generic_options_sql(std::span<const std::string> options) {
  std::string out;
  for (const std::string& option : options) out += (out.empty() ? "\nOPTIONS (\n    " : ",\n    ") + option;
  return out.empty() ? out : out + "\n)";
}

std::string placeholder_query_sql(const Relation& view) {
  std::string out = "SELECT";
  bool first = true;
  for (const Column& column : view.columns) {
    if (column.dropped) continue;
    out += first ? "\n    " : ",\n    ";
    first = false;
    out += "NULL::" + column.type_sql;
    if (!column.collation_sql.empty()) out += " COLLATE " + column.collation_sql;
    out += " AS " + quote_identifier(column.name);
  }
  return out;
}

std::string if_relation_exists_sql(std::string_view relation_sql, std::string_view statement) {
  return if_exists_sql("to_regclass", relation_sql, statement);
}

std::string if_type_exists_sql(std::string_view type_sql, std::string_view statement) {
  return if_exists_sql("to_regtype", type_sql, statement);
}

}  // namespace pgark::dumper
