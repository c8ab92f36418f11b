#include "dumper/catalog/patterns.hpp"

#include <algorithm>
#include <utility>

#include "base/array_text.hpp"
#include "base/sql_quote.hpp"

namespace pgark::dumper {
namespace {

// System schemas are never saved (B0.3), so a pattern such as '*' does not mean them.
constexpr std::string_view kSchemasSql =
    "SELECT p.position, n.oid FROM pg_catalog.unnest($1::pg_catalog.text[]) WITH ORDINALITY AS p(name, "
    "position)"
    " JOIN pg_catalog.pg_namespace n ON n.nspname OPERATOR(pg_catalog.~) ($name COLLATE "
    "pg_catalog.\"default\")"
    " WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'";

constexpr std::string_view kTablesSql =
    "SELECT p.position, c.oid, n.nspname, c.relname"
    " FROM ROWS FROM (pg_catalog.unnest($1::pg_catalog.text[]), pg_catalog.unnest($2::pg_catalog.text[]))"
    " WITH ORDINALITY AS p(schema, name, position)"
    " JOIN pg_catalog.pg_class c ON c.relname OPERATOR(pg_catalog.~) ($name COLLATE pg_catalog.\"default\")"
    " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND (p.schema IS NULL OR"
    " n.nspname OPERATOR(pg_catalog.~) ($schema COLLATE pg_catalog.\"default\"))"
    " WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND n.nspname !~ '^pg_'"
    " AND n.nspname <> 'information_schema'";

constexpr std::string_view kExtensionsSql =
    "SELECT p.position, x.oid FROM pg_catalog.unnest($1::pg_catalog.text[]) WITH ORDINALITY AS p(name, "
    "position)"
    " JOIN pg_catalog.pg_extension x ON x.extname OPERATOR(pg_catalog.~) ($name COLLATE "
    "pg_catalog.\"default\")";

// One row per foreign table, and one for a server that has none.
constexpr std::string_view kServersSql =
    "SELECT p.position, ft.ftrelid FROM pg_catalog.unnest($1::pg_catalog.text[]) WITH ORDINALITY AS p(name, "
    "position)"
    " JOIN pg_catalog.pg_foreign_server s ON s.srvname OPERATOR(pg_catalog.~) ($name COLLATE "
    "pg_catalog.\"default\")"
    " LEFT JOIN pg_catalog.pg_foreign_table ft ON ft.ftserver = s.oid";

// Patterns are typed in UTF-8 and travel as hexadecimal digits, so that the server turns them into the
// encoding of its names, not the connection, which has none of its own. What is not UTF-8 is in that encoding
// already.
std::string with_encoding(std::string_view sql, bool utf8) {
  std::string text(sql);
  for (const std::string column : {"name", "schema"}) {
    const std::string placeholder = "$" + column;
    const std::size_t at = text.find(placeholder);
    if (at == std::string::npos) continue;
    text.replace(at, placeholder.size(),
                 "pg_catalog.convert_from(pg_catalog.decode(p." + column + ", 'hex'), '" +
                     (utf8 ? "UTF8" : "SQL_ASCII") + "')");
  }
  return text;
}

std::string hexadecimal(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string digits;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    digits += kDigits[byte >> 4u];
    digits += kDigits[byte & 15u];
  }
  return digits;
}

void ignore(Reading&, const wire::ResultSet&) {}

[[noreturn]] void throw_usage(std::string message, const NamePattern& pattern, std::string hint) {
  Error error;
  error.code = ErrorCode::usage;
  error.message = std::move(message);
  error.object = pattern.text;
  error.hint = std::move(hint);
  throw Exception(std::move(error));
}

Result<NamePattern> parse_single_name(std::string_view text) {
  auto pattern = parse_schema_pattern(text);
  if (pattern && pattern->database) return fail(ErrorCode::usage, "the name has no parts", std::string(text));
  return pattern;
}

// Positions of the relations below `roots`, and of those themselves.
void add_descendants(const Catalog& catalog, std::unordered_set<Oid>& oids) {
  std::vector<std::vector<Index>> children(catalog.relations.size());
  for (Index i = 0; i < catalog.relations.size(); ++i) {
    for (const Index parent : catalog.relations[i].parents) children[parent].push_back(i);
  }
  std::vector<Oid> pending(oids.begin(), oids.end());
  while (!pending.empty()) {
    const auto found = catalog.relation_by_oid.find(pending.back());
    pending.pop_back();
    if (found == catalog.relation_by_oid.end()) continue;
    for (const Index child : children[found->second]) {
      const Oid oid = catalog.relations[child].oid;
      if (oids.insert(oid).second) pending.push_back(oid);
    }
  }
}

}  // namespace

PatternMatching::PatternMatching(const Selection& selection) : strict_names_(selection.strict_names) {
  using M = MatchedPatterns;
  schemas_.noun = "schemas";
  add(schemas_, selection.include_schemas, parse_schema_pattern, {{}, &M::include_schemas, true, false});
  add(schemas_, selection.exclude_schemas, parse_schema_pattern, {{}, &M::exclude_schemas, false, false});
  tables_.noun = "tables";
  const auto add_tables = [&](const std::vector<std::string>& texts, OidSet into, bool required,
                              bool with_children) {
    add(tables_, texts, parse_table_pattern, {{}, into, required, with_children});
  };
  add_tables(selection.include_tables, &M::include_tables, true, false);
  add_tables(selection.include_tables_and_children, &M::include_tables, true, true);
  add_tables(selection.exclude_tables, &M::exclude_tables, false, false);
  add_tables(selection.exclude_tables_and_children, &M::exclude_tables, false, true);
  add_tables(selection.exclude_table_data, &M::exclude_rows, false, false);
  add_tables(selection.exclude_table_data_and_children, &M::exclude_rows, false, true);
  extensions_.noun = "extensions";
  add(extensions_, selection.include_extensions, parse_single_name,
      {{}, &M::include_extensions, true, false});
  add(extensions_, selection.exclude_extensions, parse_single_name,
      {{}, &M::exclude_extensions, false, false});
  servers_.noun = "foreign servers";
  servers_.always_strict = true;
  add(servers_, selection.include_foreign_data, parse_single_name, {{}, &M::foreign_data, true, false});
}

void PatternMatching::add(Group& group, const std::vector<std::string>& texts, Parser parse,
                          const Wanted& wanted) {
  for (const std::string& text : texts) {
    group.patterns.push_back(wanted);
    group.patterns.back().pattern = value_or_throw(parse(text));
    // What a restore can match, a backup can; and the mistake is named before the server sees it.
    value_or_throw(NameMatcher::compile(group.patterns.back().pattern));
  }
}

bool PatternMatching::is_utf8(const Group& group) {
  return std::all_of(group.patterns.begin(), group.patterns.end(),
                     [](const Wanted& wanted) { return is_valid_text(wanted.pattern.text, "UTF8"); });
}

void PatternMatching::add_steps(Steps& steps) {
  if (!schemas_.patterns.empty()) add_name_step(steps, schemas_, kSchemasSql);
  if (!tables_.patterns.empty()) add_table_steps(steps);
  if (!extensions_.patterns.empty()) add_name_step(steps, extensions_, kExtensionsSql);
  if (!servers_.patterns.empty()) add_name_step(steps, servers_, kServersSql);
}

void PatternMatching::add_name_step(Steps& steps, Group& group, std::string_view sql) {
  std::vector<ArrayItem> names;
  for (const Wanted& wanted : group.patterns) names.emplace_back(hexadecimal(wanted.pattern.name.regex()));
  steps.push_back(row_step(std::string(group.noun) + " patterns", with_encoding(sql, is_utf8(group)),
                           {encode_text_array(names)}, [&group](Reading&, Row& row) {
                             const auto pattern = static_cast<std::size_t>(row.integer() - 1);
                             group.matches.push_back({pattern, row.oid(), {}, {}});
                           }));
}

void PatternMatching::add_table_steps(Steps& steps) {
  std::vector<ArrayItem> schemas, names;
  for (const Wanted& wanted : tables_.patterns) {
    schemas.push_back(wanted.pattern.schema ? ArrayItem(hexadecimal(wanted.pattern.schema->regex()))
                                            : ArrayItem());
    names.emplace_back(hexadecimal(wanted.pattern.name.regex()));
  }
  steps.push_back({"search path", "RESET search_path", {}, ignore});
  steps.push_back(row_step("search path", "SELECT pg_catalog.current_schemas(false)", {},
                           [this](Reading&, Row& row) { search_path_ = row.text_list(); }));
  steps.push_back({"search path", "SELECT pg_catalog.set_config('search_path', '', false)", {}, ignore});
  steps.push_back(row_step("table patterns", with_encoding(kTablesSql, is_utf8(tables_)),
                           {encode_text_array(schemas), encode_text_array(names)},
                           [this](Reading&, Row& row) {
                             Match match;
                             match.pattern = static_cast<std::size_t>(row.integer() - 1);
                             match.oid = row.oid();
                             match.schema = row.text();
                             match.name = row.text();
                             tables_.matches.push_back(std::move(match));
                           }));
}

std::size_t PatternMatching::path_position(const std::string& schema) const {
  const auto found = std::find(search_path_.begin(), search_path_.end(), schema);
  return static_cast<std::size_t>(found - search_path_.begin());
}

// Of two tables with one name, the search_path shows the one whose schema comes first.
bool PatternMatching::is_visible(const Match& match) const {
  const std::size_t position = path_position(match.schema);
  if (position == search_path_.size()) return false;
  return std::none_of(tables_.matches.begin(), tables_.matches.end(), [&](const Match& other) {
    return other.pattern == match.pattern && other.name == match.name &&
           path_position(other.schema) < position;
  });
}

void PatternMatching::check_database(const Group& group, const Catalog& catalog) const {
  for (const Wanted& wanted : group.patterns) {
    const auto& database = wanted.pattern.database;
    if (database && database->literal() != catalog.database.name) {
      throw_usage("cross-database references are refused", wanted.pattern,
                  "this backup reads database \"" + catalog.database.name + "\"");
    }
  }
}

void PatternMatching::check_matched(const Group& group, const std::vector<bool>& used,
                                    Catalog& catalog) const {
  bool some_used = false;
  for (std::size_t i = 0; i < used.size(); ++i)
    some_used = some_used || (used[i] && group.patterns[i].required);
  const bool strict = strict_names_ || group.always_strict || !some_used;
  const std::string message = std::string("no matching ") + group.noun + " were found";
  for (std::size_t i = 0; i < used.size(); ++i) {
    const Wanted& wanted = group.patterns[i];
    if (used[i]) continue;
    if (strict && wanted.required) {
      throw_usage(message, wanted.pattern,
                  &group == &tables_
                      ? "check the pattern; a table outside the search_path needs its schema: schema.table"
                      : "check the pattern");
    }
    catalog.report.push_back(
        {format::ReportLevel::warning, {}, {}, message + " for pattern " + wanted.pattern.text});
  }
}

void PatternMatching::take_matches(const Group& group, Catalog& catalog, MatchedPatterns& result) const {
  check_database(group, catalog);
  std::vector<bool> used(group.patterns.size());
  std::vector<std::unordered_set<Oid>> oids(group.patterns.size());
  for (const Match& match : group.matches) {
    if (&group == &tables_ && !group.patterns[match.pattern].pattern.schema && !is_visible(match)) continue;
    used[match.pattern] = true;
    if (match.oid != 0) oids[match.pattern].insert(match.oid);
  }
  for (std::size_t i = 0; i < oids.size(); ++i) {
    const Wanted& wanted = group.patterns[i];
    if (wanted.with_children) add_descendants(catalog, oids[i]);
    (result.*wanted.into).merge(oids[i]);
  }
  check_matched(group, used, catalog);
}

MatchedPatterns PatternMatching::finish(Catalog& catalog) const {
  MatchedPatterns result;
  for (const Group* group : {&schemas_, &tables_, &extensions_, &servers_}) {
    take_matches(*group, catalog, result);
  }
  return result;
}

}  // namespace pgark::dumper
