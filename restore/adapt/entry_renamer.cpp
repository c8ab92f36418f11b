#include "restore/adapt/entry_renamer.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/sql_lexer.hpp"
#include "format/entry_kind.hpp"
#include "restore/adapt/sql_renamer.hpp"
#include "restore/plan.hpp"
#include "restore/selection.hpp"

namespace pgark::restore {

using format::is_one_of;
using format::SqlStatement;
using format::Toc;
using format::TocEntry;

namespace {

// Their name is that of a relation.
constexpr std::array<std::string_view, 17> kNamedAsRelations{
    "TABLE",      "FOREIGN TABLE",          "VIEW",         "MATERIALIZED VIEW", "SEQUENCE",
    "TABLE DATA", "MATERIALIZED VIEW DATA", "SEQUENCE SET", "SEQUENCE OWNED BY", "TABLE ATTACH",
    "INDEX",      "INDEX ATTACH",           "CONSTRAINT",   "ROW SECURITY",      "STATISTICS DATA",
    "CLUSTER ON", "REPLICA IDENTITY"};
// Their name holds the types of arguments, in SQL, behind a raw name.
constexpr std::array<std::string_view, 3> kRoutineKinds{"FUNCTION", "PROCEDURE", "AGGREGATE"};
// Their whole name is SQL.
constexpr std::array<std::string_view, 3> kNamedInSql{"CAST", "TRANSFORM", "OPERATOR"};

class EntryRenamer {
 public:
  EntryRenamer(const TocEntry& archived, const Renames& renames)
      : archived_(archived), renames_(renames), sql_(renames, archived) {}

  TocEntry run(const TocEntry* described) {
    TocEntry entry = archived_;
    entry.schema = renames_.schema(archived_.schema);
    entry.table = relation(archived_.table);
    entry.name = name(described);
    entry.owner_object = sql_.apply(archived_.owner_object);
    entry.copy_target = sql_.apply(archived_.copy_target);
    for (SqlStatement& statement : entry.create) statement.sql = sql_.apply(statement.sql);
    for (SqlStatement& statement : entry.drop) statement.sql = sql_.apply(statement.sql);
    if (entry.kind == "SCHEMA" && entry.name == "public" && archived_.name != "public") {
      // Every database has it.
      entry.create.clear();
      entry.drop.clear();
      entry.owner_object.clear();
    }
    return entry;
  }
  const std::vector<SqlRenamer::Doubt>& doubts() const { return sql_.doubts(); }

 private:
  const std::string& relation(const std::string& name) const {
    const auto found = renames_.relations.find({archived_.schema, name});
    return found == renames_.relations.end() ? name : found->second;
  }

  std::string name(const TocEntry* described) {
    const std::string& name = archived_.name;
    if (archived_.kind == "SCHEMA") return renames_.schema(name);
    if (is_one_of(archived_.kind, kNamedAsRelations)) return relation(name);
    if (archived_.kind == "STATISTICS") {
      const auto found = renames_.statistics.find({archived_.schema, name});
      return found == renames_.statistics.end() ? name : found->second;
    }
    if (archived_.kind == "DEFAULT" && name.starts_with(archived_.table + " "))
      return relation(archived_.table) + name.substr(archived_.table.size());
    if (is_one_of(archived_.kind, kRoutineKinds)) return routine_name();
    if (is_one_of(archived_.kind, kNamedInSql)) return sql_.apply(name);
    constexpr std::string_view kSchema = "SCHEMA ";  // of public, which no entry stands for
    if (described == nullptr && archived_.schema.empty() && name.starts_with(kSchema))
      return std::string(kSchema) + renames_.schema(name.substr(kSchema.size()));
    return described == nullptr ? name : description_name(*described);
  }

  // The raw name of the routine is known from "FUNCTION s.f(a integer)".
  std::string routine_name() {
    const std::vector<SqlToken> tokens = lex_sql(archived_.owner_object);
    std::size_t begin = archived_.name.find('(');
    if (tokens.size() > 3 && archived_.name.starts_with(tokens[3].name + "(")) begin = tokens[3].name.size();
    if (begin == std::string::npos) return archived_.name;
    return archived_.name.substr(0, begin) + sql_.apply(std::string_view(archived_.name).substr(begin));
  }

  // "TABLE users", "COLUMN users.id": for people only.
  std::string description_name(const TocEntry& described) const {
    const std::string& name = archived_.name;
    const std::string& old = described.kind == "SCHEMA" ? described.name : archived_.table;
    const std::string& changed = described.kind == "SCHEMA" ? renames_.schema(old) : relation(old);
    const std::size_t at = name.find(' ');
    if (old.empty() || at == std::string::npos || name.compare(at + 1, old.size(), old) != 0) return name;
    return name.substr(0, at + 1) + changed + name.substr(at + 1 + old.size());
  }

  const TocEntry& archived_;
  const Renames& renames_;
  SqlRenamer sql_;
};

}  // namespace

void rename_entries(Toc& toc, const Renames& renames, std::vector<AdaptationNote>& notes) {
  const std::vector<TocEntry> archived = std::exchange(toc.entries, {});
  toc.entries.reserve(archived.size());
  for (const TocEntry& entry : archived) {
    EntryRenamer renamer(entry, renames);
    const TocEntry* described =
        describes_another(entry) ? &archived[entry.dependencies.front() - 1] : nullptr;
    toc.entries.push_back(renamer.run(described));
    for (const SqlRenamer::Doubt& doubt : renamer.doubts())
      notes.push_back({entry.id, doubt.severity, doubt.text, describe(toc.entries.back())});
  }
  for (format::CollationVersion& collation : toc.collations)
    collation.schema = renames.schema(collation.schema);
}

}  // namespace pgark::restore
