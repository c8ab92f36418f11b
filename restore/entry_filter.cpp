#include "restore/entry_filter.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/sql_quote.hpp"
#include "format/entry_kind.hpp"

namespace pgark::restore {

using format::is_one_of;
using format::TocEntry;

namespace {

// Entries whose own name is the name of a relation; other entries name theirs in TocEntry::table.
constexpr std::array<std::string_view, 9> kRelationKinds{
    "TABLE",        "FOREIGN TABLE",          "VIEW",        "MATERIALIZED VIEW", "TABLE DATA", "SEQUENCE",
    "SEQUENCE SET", "MATERIALIZED VIEW DATA", "TABLE ATTACH"};
constexpr std::array<std::string_view, 3> kFunctionKinds{"FUNCTION", "PROCEDURE", "AGGREGATE"};

std::string_view relation_of(const TocEntry& entry) {
  return is_one_of(entry.kind, kRelationKinds) ? entry.name : entry.table;
}

std::string_view schema_of(const TocEntry& entry) {
  return entry.kind == "SCHEMA" ? entry.name : entry.schema;
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// Where the argument list begins: the first parenthesis outside double quotes.
std::size_t arguments_at(std::string_view text) {
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') quoted = !quoted;
    if (text[i] == '(' && !quoted) return i;
  }
  return text.size();
}

std::string without_needless_blanks(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool after_mark = out.empty() || out.back() == ',' || out.back() == '(' || out.back() == ' ';
    if (c == ' ' && after_mark) continue;
    if ((c == ',' || c == ')') && !out.empty() && out.back() == ' ') out.pop_back();
    out += c;
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

}  // namespace

Result<FunctionPattern> parse_function_pattern(std::string_view text) {
  const std::size_t at = arguments_at(text);
  std::string_view name_text = text.substr(0, at);
  while (name_text.ends_with(' ')) name_text.remove_suffix(1);
  auto name = parse_table_pattern(name_text);
  if (!name) return tl::unexpected<Error>(name.error());
  FunctionPattern pattern;
  pattern.name = std::move(*name);
  pattern.name.text = text;
  pattern.any_arguments = at == text.size();
  pattern.arguments = without_needless_blanks(text.substr(at));
  if (!pattern.any_arguments && !pattern.arguments.ends_with(')'))
    return fail(ErrorCode::usage, "the argument list is not closed", std::string(text));
  return pattern;
}

struct EntryFilter::Compiler {
  std::string_view database, encoding;
  Result<> result = {};
  std::shared_ptr<const TextDecoder> decoder = {};
  bool opened = false;

  // What was typed is UTF-8, or else in the encoding of the archive already. An archive whose encoding nobody
  // knows here can still be asked for ASCII names.
  std::shared_ptr<const TextDecoder> decoder_for(const std::string& text) {
    if (!is_valid_text(text, "UTF8")) return nullptr;
    if (!std::exchange(opened, true)) {
      if (auto made = TextDecoder::open(encoding); made) {
        decoder = std::move(*made);
      } else if (!is_ascii(text)) {
        opened = false;
        Error error = made.error();
        error.object = text;
        result = tl::unexpected<Error>(std::move(error));
      }
    }
    return decoder;
  }

  void add(Patterns& into, FunctionPattern parsed) {
    auto matcher = NameMatcher::compile(parsed.name);
    if (!matcher) {
      result = tl::unexpected<Error>(matcher.error());
    } else if (!database.empty() && !matcher->matches_database(database)) {
      result = fail(ErrorCode::usage, "the pattern names another database than the archive's",
                    parsed.name.text, "leave the database part of the pattern out");
    } else {
      auto of_text = decoder_for(parsed.name.text);
      into.push_back({std::move(parsed.name.text), std::move(*matcher), std::move(of_text),
                      parsed.any_arguments, std::move(parsed.arguments)});
    }
  }
  template <class Parser>
  void compile(Patterns& into, const std::vector<std::string>& texts, Parser parse) {
    for (const std::string& text : texts) {
      if (!result) return;
      auto parsed = parse(text);
      if (parsed) {
        add(into, std::move(*parsed));
      } else {
        result = tl::unexpected<Error>(parsed.error());
      }
    }
  }
};

Result<EntryFilter> EntryFilter::compile(const RestoreOptions& options, std::string_view database,
                                         std::string_view encoding) {
  EntryFilter filter;
  Compiler compiler{database, encoding};
  const auto of_name = [](auto parse) {
    return [parse](std::string_view text) -> Result<FunctionPattern> {
      auto name = parse(text);
      if (!name) return tl::unexpected<Error>(name.error());
      return FunctionPattern{std::move(*name), true, {}};
    };
  };
  const auto schema = of_name(parse_schema_pattern);
  const auto table = of_name(parse_table_pattern);
  compiler.compile(filter.include_schemas_, options.include_schemas, schema);
  compiler.compile(filter.exclude_schemas_, options.exclude_schemas, schema);
  compiler.compile(filter.include_tables_, options.include_tables, table);
  compiler.compile(filter.exclude_tables_, options.exclude_tables, table);
  compiler.compile(filter.indexes_, options.include_indexes, table);
  compiler.compile(filter.triggers_, options.include_triggers, table);
  compiler.compile(filter.functions_, options.include_functions, parse_function_pattern);
  if (!compiler.result) return tl::unexpected<Error>(compiler.result.error());
  filter.by_object_ = !filter.include_tables_.empty() || !filter.indexes_.empty() ||
                      !filter.functions_.empty() || !filter.triggers_.empty();
  return filter;
}

bool EntryFilter::Pattern::matches(std::string_view schema, std::string_view name) const {
  if (!decoder || (is_ascii(schema) && is_ascii(name))) return matcher.matches(schema, name);
  return matcher.matches(decoder->to_utf8(schema), decoder->to_utf8(name));
}

bool EntryFilter::any_matches(const Patterns& patterns, std::string_view schema, std::string_view name) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const Pattern& pattern) { return pattern.matches(schema, name); });
}

bool EntryFilter::schema_matches(const Pattern& pattern, const TocEntry& entry) {
  const std::string_view schema = schema_of(entry);
  return !schema.empty() && pattern.matches({}, schema);
}

bool EntryFilter::table_matches(const Pattern& pattern, const TocEntry& entry) {
  const std::string_view relation = relation_of(entry);
  return !relation.empty() && pattern.matches(entry.schema, relation);
}

bool EntryFilter::index_matches(const Pattern& pattern, const TocEntry& entry) {
  return entry.kind == "INDEX" && pattern.matches(entry.schema, entry.name);
}

bool EntryFilter::function_matches(const Pattern& pattern, const TocEntry& entry) {
  if (!is_one_of(entry.kind, kFunctionKinds)) return false;
  // A name may hold a parenthesis, a type may not begin one: the list begins at the last "(" that is whole.
  const std::string_view name = entry.name;
  for (std::size_t at = name.find('('); at != std::string_view::npos; at = name.find('(', at + 1)) {
    if (!pattern.matches(entry.schema, name.substr(0, at))) continue;
    if (pattern.any_arguments || without_needless_blanks(name.substr(at)) == pattern.arguments) return true;
  }
  return false;
}

bool EntryFilter::trigger_matches(const Pattern& pattern, const TocEntry& entry) {
  return entry.kind == "TRIGGER" && pattern.matches(entry.schema, entry.name);
}

bool EntryFilter::matches_schema(const TocEntry& entry) const {
  const std::string_view schema = schema_of(entry);
  if (schema.empty()) return include_schemas_.empty();
  if (!include_schemas_.empty() && !any_matches(include_schemas_, {}, schema)) return false;
  return !any_matches(exclude_schemas_, {}, schema);
}

bool EntryFilter::matches_object(const TocEntry& entry) const {
  const std::string_view relation = relation_of(entry);
  if (!relation.empty() && any_matches(exclude_tables_, entry.schema, relation)) return false;
  if (!by_object_) return true;
  const auto any = [&entry](const Patterns& patterns, bool (*accepts)(const Pattern&, const TocEntry&)) {
    return std::any_of(patterns.begin(), patterns.end(),
                       [&](const Pattern& pattern) { return accepts(pattern, entry); });
  };
  return any(include_tables_, table_matches) || any(indexes_, index_matches) ||
         any(functions_, function_matches) || any(triggers_, trigger_matches);
}

bool EntryFilter::excludes(const TocEntry& entry) const {
  const std::string_view schema = schema_of(entry), relation = relation_of(entry);
  return (!schema.empty() && any_matches(exclude_schemas_, {}, schema)) ||
         (!relation.empty() && any_matches(exclude_tables_, entry.schema, relation));
}

bool EntryFilter::excludes_relation(const TocEntry& entry) const {
  return any_matches(exclude_tables_, entry.schema, entry.name);
}

std::vector<std::string> EntryFilter::unmatched(const format::Toc& toc) const {
  std::vector<std::string> texts;
  const auto check = [&](const Patterns& patterns, bool (*accepts)(const Pattern&, const TocEntry&)) {
    for (const Pattern& pattern : patterns) {
      const bool used = std::any_of(toc.entries.begin(), toc.entries.end(),
                                    [&](const TocEntry& entry) { return accepts(pattern, entry); });
      if (!used) texts.push_back(pattern.text);
    }
  };
  check(include_schemas_, schema_matches);
  check(include_tables_, table_matches);
  check(indexes_, index_matches);
  check(functions_, function_matches);
  check(triggers_, trigger_matches);
  return texts;
}

}  // namespace pgark::restore
