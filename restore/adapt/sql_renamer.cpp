#include "restore/adapt/sql_renamer.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

#include "base/sql_lexer.hpp"
#include "base/sql_quote.hpp"
#include "restore/adapt/body_mentions.hpp"
#include "restore/adapt/name_positions.hpp"
#include "restore/adapt/role_names.hpp"

namespace pgark::restore {

namespace {

// Types whose values are names.
constexpr std::array<std::string_view, 9> kNameTypes{"regclass",    "regtype",       "regproc",
                                                     "regconfig",   "regprocedure",  "regoper",
                                                     "regoperator", "regdictionary", "regcollation"};
// Their first argument is a name.
constexpr std::array<std::string_view, 11> kNameFunctions{
    "setval",     "nextval",         "currval",    "pg_get_serial_sequence", "to_regclass",    "to_regtype",
    "to_regproc", "to_regprocedure", "to_regoper", "to_regoperator",         "to_regcollation"};
// Behind these the name is not that of a relation.
constexpr std::array<std::string_view, 13> kOtherObjects{
    "COLLATE",    "COLLATION", "OPERATOR", "CONFIGURATION", "DICTIONARY", "PARSER",   "TEMPLATE",
    "CONVERSION", "FAMILY",    "CLASS",    "FUNCTION",      "PROCEDURE",  "AGGREGATE"};
// Behind these a list in parentheses belongs to a relation, not to a function of the same name.
constexpr std::array<std::string_view, 7> kBeforeRelations{"REFERENCES", "INTO",   "ON",  "ONLY",
                                                           "TABLE",      "EXISTS", "VIEW"};
constexpr std::array<std::string_view, 8> kOwnColumnKinds{
    "POLICY",  "TABLE", "CONSTRAINT", "CHECK CONSTRAINT",
    "DEFAULT", "INDEX", "STATISTICS", "PUBLICATION TABLE"};

template <std::size_t Count>
bool is_any(const SqlToken& token, const std::array<std::string_view, Count>& words) {
  return std::ranges::any_of(words, [&](std::string_view word) { return token.is_word(word); });
}

}  // namespace

// One text.
class SqlRenaming {
 public:
  // statement; the text of a string that is a name; what stands between DO $$ and $$
  enum class Text : unsigned char { statement, name, block };
  SqlRenaming(SqlRenamer& renamer, std::string_view sql, Text text = Text::statement)
      : renamer_(renamer),
        renames_(renamer.renames_),
        entry_(renamer.entry_),
        sql_(sql),
        text_(text),
        tokens_(lex_sql(sql)) {}

  std::string run() {
    const NamePositions positions = find_schema_names(
        tokens_, text_ == Text::name ? std::string_view() : entry_.kind, renames_.affected_schemas);
    for (const SchemaName& name : positions.schemas) rename_qualified(name);
    if (text_ != Text::name) rename_others(positions);
    SqlEdit edit(sql_);
    for (const auto& [at, text] : replaced_) edit.replace(tokens_[at], text);
    return edit.finish();
  }

 private:
  void rename_others(const NamePositions& positions) {
    std::set<std::size_t> schemas;
    for (const SchemaName& name : positions.schemas) schemas.insert(name.at);
    for (const std::size_t at : positions.aliases) doubt_alias(at);
    for (std::size_t at = 0; at < tokens_.size(); ++at) {
      const SqlToken& token = tokens_[at];
      if (token.kind == SqlTokenKind::literal) {
        rename_literal(at);
      } else if (token.is_name() && !schemas.contains(at)) {
        rename_unqualified(at);
      }
      if (token.is_word("search_path")) rename_search_path(at);
      doubt_column(at);
    }
    rename_block();
    if (const auto body = routine_body(tokens_)) {
      for (std::string& text : mentions_in(*body, renames_))
        renamer_.doubt(Severity::warning, std::move(text));
    }
  }

  const SqlToken& at(std::size_t index) const {
    static const SqlToken kNone{SqlTokenKind::mark, 0, 0, " ", {}};
    return index < tokens_.size() ? tokens_[index] : kNone;
  }
  // `back` tokens before it.
  const SqlToken& before(std::size_t index, std::size_t back = 1) const {
    return index >= back ? tokens_[index - back] : at(tokens_.size());
  }
  void replace(std::size_t index, const std::string& name, const std::string& tail = {}) {
    const SqlToken& token = tokens_[index];
    replaced_[index] = quoted_like(token.text, token.name, name) + tail;
  }

  void rename_qualified(const SchemaName& found) {
    const SqlToken& schema = tokens_[found.at];
    const SqlToken& name = tokens_[found.at + 2];
    if (renames_.schemas.contains(schema.name)) replace(found.at, renames_.schema(schema.name));
    if (!name.is_name()) return;
    const ObjectName object{schema.name, name.name};
    const SqlToken& previous = before(found.at);
    const bool statistics = previous.is_word("STATISTICS") ||
                            (previous.is_word("EXISTS") && before(found.at, 3).is_word("STATISTICS"));
    const auto& names = statistics ? renames_.statistics : renames_.relations;
    const auto to = names.find(object);
    if (to == names.end() || !is_relation(found, object)) return;
    replace(found.at + 2, to->second, found.takes_rows ? alias_after(found, name) : std::string());
  }

  bool is_relation(const SchemaName& found, const ObjectName& object) const {
    const SqlToken& previous = before(found.at);
    if (is_any(previous, kOtherObjects)) return false;
    if (previous.is_mark('(') && before(found.at, 2).is_word("OPERATOR")) return false;
    const bool called = at(found.at + 3).is_mark('(') && renames_.routines.contains(object);
    return !called || found.at == 0 || is_any(previous, kBeforeRelations);
  }

  // A query goes on to call the table by its old name.
  std::string alias_after(const SchemaName& found, const SqlToken& name) const {
    const SqlToken& next = at(found.at + 3);
    const bool has_alias = next.is_word("AS") || (next.is_name() && !is_keyword(next));
    if (has_alias || next.is_mark('.')) return {};
    return (found.inserts ? " AS " : " ") + std::string(name.text);
  }

  void doubt_alias(std::size_t index) {
    const ObjectName name{at(index).name, at(index + 2).name};
    if (!renames_.objects.contains(name) && !renames_.routines.contains(name)) return;
    renamer_.doubt(Severity::notice,
                   one_line(quote_qualified(name.first, name.second)) +
                       " is read as a column, although a schema and an object have these names");
  }

  // Names that stand alone: schemas behind SCHEMA, what has no schema of its own in its statement, and the
  // table's own name before its columns.
  void rename_unqualified(std::size_t index) {
    const SqlToken& token = at(index);
    if (is_keyword(token) || before(index).is_mark('.')) return;
    const bool exists = before(index).is_word("EXISTS");
    const std::size_t back = !exists ? 1 : before(index, 2).is_word("NOT") ? 4 : 3;
    const SqlToken& kind = before(index, back);
    if (at(index + 1).is_mark('.')) {
      if (is_own_table(token.name)) replace(index, renames_.relations.at({entry_.schema, token.name}));
      return;
    }
    if (is_keyword(kind) && kind.is_word("SCHEMA") && renames_.schemas.contains(token.name)) {
      replace(index, renames_.schema(token.name));
      return;
    }
    const bool clusters = before(index).is_word("ON") && before(index, 2).is_word("CLUSTER");
    const bool is_index = is_keyword(kind) && kind.is_word("INDEX");
    const bool is_constraint = is_keyword(kind) && kind.is_word("CONSTRAINT");
    if (!is_index && !is_constraint && !clusters) return;
    const ObjectName name{entry_.schema, token.name};
    const auto to = renames_.relations.find(name);
    if (to == renames_.relations.end() || renames_.tables.contains(name)) return;
    const bool own_constraint = is_constraint && renames_.constraints.contains(name) &&
                                renames_.tables.contains({entry_.schema, own_relation()});
    if (is_index || clusters || own_constraint) replace(index, to->second);
  }

  const std::string& own_relation() const { return entry_.table.empty() ? entry_.name : entry_.table; }

  bool is_own_table(const std::string& name) const {
    const bool own_columns = std::ranges::find(kOwnColumnKinds, entry_.kind) != kOwnColumnKinds.end();
    return own_columns && name == own_relation() && renames_.tables.contains({entry_.schema, name});
  }

  void rename_literal(std::size_t index) {
    const std::optional<std::string> value = literal_value(at(index));
    if (!value || value->empty()) return;
    if (entry_.kind == "STATISTICS DATA") return rename_statistics(index, *value);
    const bool is_cast = at(index + 1).kind == SqlTokenKind::cast;
    const bool qualified = at(index + 2).is_word("pg_catalog") && at(index + 3).is_mark('.');
    const SqlToken& type = at(index + (qualified ? 4 : 2));
    const bool argument = before(index).is_mark('(') && is_any(before(index, 2), kNameFunctions);
    if (argument || (is_cast && is_any(type, kNameTypes)) || (text_ == Text::block && is_object(*value))) {
      const std::string changed = SqlRenaming(renamer_, *value, Text::name).run();
      if (changed != *value) replaced_[index] = quote_literal(changed);
    } else if (is_cast && type.is_word("regnamespace")) {
      const auto inner = lex_sql(*value);
      if (inner.size() == 1 && inner.front().is_name() && renames_.schemas.contains(inner.front().name))
        replaced_[index] = quote_literal(quote_identifier(renames_.schema(inner.front().name)));
    } else if (text_ == Text::block && before(index).text == "=" && before(index, 2).is_word("conname")) {
      const auto to = renames_.relations.find({entry_.schema, *value});
      if (to != renames_.relations.end() && renames_.constraints.contains(to->first))
        replaced_[index] = quote_literal(to->second);
    } else if (is_object(*value)) {
      doubt_literal(*value);
    }
  }

  // ..., 'schemaname', 'a', 'relname', 't', ...
  void rename_statistics(std::size_t index, const std::string& value) {
    if (before(index, 2).text == "'schemaname'") {
      if (renames_.schemas.contains(value)) replaced_[index] = quote_literal(renames_.schema(value));
    } else if (before(index, 2).text == "'relname'") {
      const auto to = renames_.relations.find({entry_.schema, value});
      if (to != renames_.relations.end()) replaced_[index] = quote_literal(to->second);
    }
  }

  // Whether it is the qualified name of an object that gets another name.
  bool is_object(const std::string& value) const {
    const std::vector<SqlToken> inner = lex_sql(value);
    if (inner.size() != 3 || !inner[0].is_name() || !inner[1].is_mark('.') || !inner[2].is_name())
      return false;
    const ObjectName name{inner[0].name, inner[2].name};
    const bool affected = renames_.schemas.contains(name.first) || renames_.relations.contains(name);
    return affected && (renames_.objects.contains(name) || renames_.routines.contains(name));
  }

  // 'a.users' alone may be the name of a table, or a text.
  void doubt_literal(const std::string& value) {
    const bool is_text =
        entry_.kind == "COMMENT" || entry_.kind == "SECURITY LABEL" || entry_.kind.starts_with("ROLE");
    if (is_text) return;
    renamer_.doubt(Severity::warning,
                   "the text " + one_line(quote_literal(value)) + " looks like a name and stays as it is");
  }

  // The rows of a column of such a type hold names.
  void doubt_column(std::size_t index) {
    const SqlToken& type = at(index);
    const bool is_column =
        entry_.kind == "TABLE" && index > 0 && before(index).is_name() && !is_keyword(before(index));
    if (is_column && (is_any(type, kNameTypes) || type.is_word("regnamespace")))
      renamer_.doubt(Severity::warning,
                     std::string(kNamesInRows) + one_line(before(index).text) + " stay as they are");
  }

  // DO $$...$$: no object of a database, so that pgark has written it.
  void rename_block() {
    if (!at(0).is_word("DO") || at(1).kind != SqlTokenKind::body) return;
    const std::optional<std::string> body = literal_value(at(1));
    if (!body) return;
    const std::string changed = SqlRenaming(renamer_, *body, Text::block).run();
    if (changed != *body) replaced_[1] = quote_dollar(changed);
  }

  // SET search_path TO 'a', 'public'
  void rename_search_path(std::size_t index) {
    if (!before(index).is_word("SET")) return;
    const SqlToken& to = at(index + 1);
    if (!to.is_word("TO") && to.text != "=") return;
    for (std::size_t i = index + 2; i < tokens_.size(); i += 2) {
      const bool literal = at(i).kind == SqlTokenKind::literal;
      const std::string name = literal ? literal_value(at(i)).value_or("") : at(i).name;
      if (renames_.schemas.contains(name))
        replaced_[i] =
            literal ? quote_literal(renames_.schema(name)) : quote_identifier(renames_.schema(name));
      if (!at(i + 1).is_mark(',')) return;
    }
  }

  SqlRenamer& renamer_;
  const Renames& renames_;
  const format::TocEntry& entry_;
  std::string_view sql_;
  Text text_;
  std::vector<SqlToken> tokens_;
  std::map<std::size_t, std::string> replaced_;
};

std::string SqlRenamer::apply(std::string_view sql) {
  return SqlRenaming(*this, sql).run();
}

void SqlRenamer::doubt(Severity severity, std::string text) {
  Doubt doubt{severity, std::move(text)};
  if (std::ranges::find(doubts_, doubt) == doubts_.end()) doubts_.push_back(std::move(doubt));
}

}  // namespace pgark::restore
