#include "restore/neighbours.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "base/sql_lexer.hpp"
#include "base/sql_quote.hpp"
#include "format/entry_kind.hpp"
#include "format/entry_properties.hpp"
#include "restore/plan.hpp"
#include "restore/proof/object_checks.hpp"

namespace pgark::restore {

namespace asio = boost::asio;
using format::is_one_of;
using format::Toc;
using format::TocEntry;
using protocol::Connection;

namespace {

constexpr std::size_t kNamedMax = 5;
// One space of names in a schema; a key's index is a relation.
constexpr std::array<std::string_view, 7> kRelations{
    "TABLE", "FOREIGN TABLE", "VIEW", "MATERIALIZED VIEW", "SEQUENCE", "INDEX", "CONSTRAINT"};
constexpr std::array<std::string_view, 2> kTypes{"TYPE", "DOMAIN"};
constexpr std::array<std::string_view, 3> kRoutines{"FUNCTION", "PROCEDURE", "AGGREGATE"};
// Others whose names are the database's or a schema's, not a table's.
constexpr std::array<std::string_view, 7> kOthers{
    "SCHEMA", "COLLATION", "STATISTICS", "EVENT TRIGGER", "PUBLICATION", "SERVER", "FOREIGN DATA WRAPPER"};
// Without an object of their own in the archive, these are about what the target has.
constexpr std::array<std::string_view, 4> kAboutOthers{"ACL", "COMMENT", "SECURITY LABEL", "DEFAULT ACL"};

using Key = std::tuple<std::string, std::string, std::string>;  // space of names, schema, name

// Empty space: of no object that could collide.
Key key_of(std::string_view kind, std::string_view schema, std::string_view name) {
  std::string space;
  if (is_one_of(kind, kRelations)) space = "relation";
  if (is_one_of(kind, kTypes)) space = "type";
  if (is_one_of(kind, kRoutines)) space = "routine";
  if (is_one_of(kind, kOthers)) space = kind;
  std::string plain(name);
  if (space == "routine") std::erase(plain, '"');
  return {std::move(space), std::string(schema), std::move(plain)};
}

// No entry stands for the schema public, and so none for what it is renamed to.
bool is_about_new_schema(const TocEntry& entry) {
  if (entry.kind == "DEFAULT ACL") return !entry.schema.empty() && entry.schema != "public";
  return entry.name.starts_with("SCHEMA ") && entry.name != "SCHEMA public";
}

std::string some_of(const std::vector<const TocEntry*>& entries) {
  std::string text;
  for (std::size_t i = 0; i < entries.size() && i < kNamedMax; ++i)
    text += (i == 0 ? "" : ", ") + one_line(describe(*entries[i]));
  if (entries.size() > kNamedMax) text += fmt::format(" and {} more", entries.size() - kNamedMax);
  return text;
}

[[noreturn]] void refuse(const Connection& connection, std::string message, std::string hint) {
  Error error;
  error.code = ErrorCode::target_not_empty;
  error.message = std::move(message);
  error.object = connection.peer();
  error.hint = std::move(hint) + "; nothing has been changed";
  throw Exception(std::move(error));
}

// "... WITH SCHEMA s"
std::string schema_of_extension(const TocEntry& entry) {
  if (entry.create.empty()) return {};
  const std::vector<SqlToken> tokens = lex_sql(entry.create.front().sql);
  for (std::size_t i = 0; i + 2 < tokens.size(); ++i) {
    if (tokens[i].is_word("WITH") && tokens[i + 1].is_word("SCHEMA")) return tokens[i + 2].name;
  }
  return {};
}

asio::awaitable<void> compare_extensions(Connection& connection, const Toc& toc, EventSink& events) {
  const wire::ResultSet there = co_await connection.query(
      "SELECT e.extname, n.nspname FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid ="
      " e.extnamespace");
  for (const TocEntry& entry : toc.entries) {
    if (entry.kind != "EXTENSION") continue;
    const std::string wanted = schema_of_extension(entry);
    for (std::size_t row = 0; row < there.row_count() && !wanted.empty(); ++row) {
      if (there.text(row, 0) != entry.name || there.text(row, 1) == wanted) continue;
      events.message(
          Severity::warning,
          fmt::format("is in schema {} of the target; what uses it will look for it in {}",
                      one_line(quote_identifier(there.text(row, 1))), one_line(quote_identifier(wanted))),
          one_line(describe(entry)));
    }
  }
}

}  // namespace

std::vector<const TocEntry*> present_already(const Toc& toc, const Selection& selection,
                                             const wire::ResultSet& objects) {
  std::set<Key> there;
  for (std::size_t row = 0; row < objects.row_count(); ++row)
    there.insert(key_of(objects.text(row, 0), objects.text(row, 1), objects.text(row, 3)));
  std::vector<const TocEntry*> found;
  for (const TocEntry& entry : toc.entries) {
    if (!selection.contains(entry.id) || entry.create.empty()) continue;
    Key key = key_of(entry.kind, entry.schema, entry.name);
    if (!std::get<0>(key).empty() && there.contains(key)) found.push_back(&entry);
  }
  return found;
}

std::vector<const TocEntry*> changes_in_place(const Toc& toc, const Selection& selection) {
  const auto is_new = [&](format::EntryId id) {
    const TocEntry& needed = *toc.find(id);
    return selection.contains(id) && !(needed.kind == "SCHEMA" && needed.name == "public");
  };
  std::vector<const TocEntry*> found;
  for (const TocEntry& entry : toc.entries) {
    if (!selection.contains(entry.id)) continue;
    const bool about = is_one_of(entry.kind, kAboutOthers) &&
                       std::ranges::none_of(entry.dependencies, is_new) && !is_about_new_schema(entry);
    const bool alters = entry.kind == "SCHEMA" && entry.name == "public" && !entry.owner_object.empty();
    if (about || alters) found.push_back(&entry);
  }
  return found;
}

asio::awaitable<void> check_beside(Connection& connection, const Toc& toc, const Selection& selection,
                                   EventSink& events) {
  const wire::ResultSet objects = co_await connection.query(objects_sql());
  const auto present = present_already(toc, selection, objects);
  if (!present.empty())
    refuse(connection, "the target database already holds " + some_of(present),
           "choose what is renamed with -n or -t, give other names, or give --clean to drop these first");
  const auto changed = changes_in_place(toc, selection);
  if (!changed.empty())
    refuse(connection, "the restore would change what the target database holds: " + some_of(changed),
           "choose what is renamed with -n or -t");
  co_await compare_extensions(connection, toc, events);
}

}  // namespace pgark::restore
