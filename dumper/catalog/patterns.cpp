#include "dumper/catalog/patterns.hpp"

#include <algorithm>

#include "base/array_text.hpp"

namespace pgark::dumper {
namespace {

// System schemas are never saved (B0.3), so a pattern such as '*' does not mean them.
constexpr std::string_view kSchemasSql =
    "SELECT p.position, n.oid FROM pg_catalog.unnest($1::pg_catalog.text[]) WITH ORDINALITY AS p(name, "
    "position)"
    " JOIN pg_catalog.pg_namespace n ON n.nspname OPERATOR(pg_catalog.~) (p.name COLLATE "
    "pg_catalog.\"default\")"
    " WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'";

constexpr std::string_view kTablesSql =
    "SELECT p.position, c.oid, n.nspname, c.relname"
    " FROM ROWS FROM (pg_catalog.unnest($1::pg_catalog.text[]), pg_catalog.unnest($2::pg_catalog.text[]))"
    " WITH ORDINALITY AS p(schema, name, position)"
    " JOIN pg_catalog.pg_class c ON c.relname OPERATOR(pg_catalog.~) (p.name COLLATE pg_catalog.\"default\")"
    " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND (p.schema IS NULL OR"
    " n.nspname OPERATOR(pg_catalog.~) (p.schema COLLATE pg_catalog.\"default\"))"
    " WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND n.nspname !~ '^pg_'"
    " AND n.nspname <> 'information_schema'";

void ignore(Reading&, const wire::ResultSet&) {}

[[noreturn]] void throw_usage(std::string message, const NamePattern& pattern, std::string hint) {
  Error error;
  error.code = ErrorCode::usage;
  error.message = std::move(message);
  error.object = pattern.text;
  error.hint = std::move(hint);
  throw Exception(std::move(error));
}

}  // namespace

PatternMatching::PatternMatching(const Selection& selection) {
  for (const std::string& text : selection.include_schemas) {
    schemas_.push_back({value_or_throw(parse_schema_pattern(text)), false});
  }
  for (const std::string& text : selection.exclude_schemas) {
    schemas_.push_back({value_or_throw(parse_schema_pattern(text)), true});
  }
  for (const std::string& text : selection.include_tables) {
    tables_.push_back({value_or_throw(parse_table_pattern(text)), false});
  }
  for (const std::string& text : selection.exclude_tables) {
    tables_.push_back({value_or_throw(parse_table_pattern(text)), true});
  }
}

void PatternMatching::add_steps(Steps& steps) {
  if (!schemas_.empty()) add_schema_step(steps);
  if (!tables_.empty()) add_table_steps(steps);
}

void PatternMatching::add_schema_step(Steps& steps) {
  std::vector<ArrayItem> names;
  for (const Wanted& wanted : schemas_) names.emplace_back(wanted.pattern.name.regex());
  steps.push_back(row_step("schema patterns", std::string(kSchemasSql), {encode_text_array(names)},
                           [this](Reading&, Row& row) {
                             const auto pattern = static_cast<std::size_t>(row.integer() - 1);
                             schema_matches_.emplace_back(pattern, row.oid());
                           }));
}

void PatternMatching::add_table_steps(Steps& steps) {
  std::vector<ArrayItem> schemas, names;
  for (const Wanted& wanted : tables_) {
    schemas.push_back(wanted.pattern.schema ? ArrayItem(wanted.pattern.schema->regex()) : ArrayItem());
    names.emplace_back(wanted.pattern.name.regex());
  }
  steps.push_back({"search path", "RESET search_path", {}, ignore});
  steps.push_back(row_step("search path", "SELECT pg_catalog.current_schemas(false)", {},
                           [this](Reading&, Row& row) { search_path_ = row.text_list(); }));
  steps.push_back({"search path", "SELECT pg_catalog.set_config('search_path', '', false)", {}, ignore});
  steps.push_back(row_step("table patterns", std::string(kTablesSql),
                           {encode_text_array(schemas), encode_text_array(names)},
                           [this](Reading&, Row& row) {
                             TableMatch match;
                             match.pattern = static_cast<std::size_t>(row.integer() - 1);
                             match.oid = row.oid();
                             match.schema = row.text();
                             match.name = row.text();
                             table_matches_.push_back(std::move(match));
                           }));
}

std::size_t PatternMatching::path_position(const std::string& schema) const {
  const auto found = std::find(search_path_.begin(), search_path_.end(), schema);
  return static_cast<std::size_t>(found - search_path_.begin());
}

// Of two tables with one name, the search_path shows the one whose schema comes first.
bool PatternMatching::is_visible(const TableMatch& match) const {
  const std::size_t position = path_position(match.schema);
  if (position == search_path_.size()) return false;
  return std::none_of(table_matches_.begin(), table_matches_.end(), [&](const TableMatch& other) {
    return other.pattern == match.pattern && other.name == match.name &&
           path_position(other.schema) < position;
  });
}

void PatternMatching::check_database(const Catalog& catalog) const {
  for (const std::vector<Wanted>* list : {&schemas_, &tables_}) {
    for (const Wanted& wanted : *list) {
      const auto& database = wanted.pattern.database;
      if (database && database->literal() != catalog.database.name) {
        throw_usage("cross-database references are refused", wanted.pattern,
                    "this backup reads database \"" + catalog.database.name + "\"");
      }
    }
  }
}

MatchedPatterns PatternMatching::finish(const Catalog& catalog) const {
  check_database(catalog);
  MatchedPatterns result;
  std::vector<bool> schema_used(schemas_.size()), table_used(tables_.size());
  for (const auto& [pattern, oid] : schema_matches_) {
    schema_used[pattern] = true;
    (schemas_[pattern].exclude ? result.exclude_schemas : result.include_schemas).insert(oid);
  }
  for (const TableMatch& match : table_matches_) {
    if (!tables_[match.pattern].pattern.schema && !is_visible(match)) continue;
    table_used[match.pattern] = true;
    (tables_[match.pattern].exclude ? result.exclude_tables : result.include_tables).insert(match.oid);
  }
  for (std::size_t i = 0; i < schemas_.size(); ++i) {
    if (schema_used[i] || schemas_[i].exclude) continue;
    throw_usage("no matching schemas were found", schemas_[i].pattern, "check the pattern given to -n");
  }
  for (std::size_t i = 0; i < tables_.size(); ++i) {
    if (table_used[i] || tables_[i].exclude) continue;
    throw_usage(
        "no matching tables were found", tables_[i].pattern,
        "check the pattern given to -t; a table outside the search_path needs its schema: schema.table");
  }
  return result;
}

}  // namespace pgark::dumper
