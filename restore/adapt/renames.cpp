#include "restore/adapt/renames.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "base/sql_quote.hpp"
#include "format/entry_kind.hpp"
#include "restore/adapt/derived_names.hpp"
#include "restore/archive_facts.hpp"

namespace pgark::restore {

using format::is_one_of;
using format::Toc;
using format::TocEntry;

namespace {

constexpr std::string_view kSchemaOption = "--rename-schema";
constexpr std::string_view kTableOption = "--rename-table";
constexpr std::array<std::string_view, 5> kRelationKinds{"TABLE", "FOREIGN TABLE", "VIEW",
                                                         "MATERIALIZED VIEW", "SEQUENCE"};
constexpr std::array<std::string_view, 3> kTypeKinds{"TYPE", "DOMAIN", "SHELL TYPE"};
constexpr std::array<std::string_view, 3> kRoutineKinds{"FUNCTION", "PROCEDURE", "AGGREGATE"};

tl::unexpected<Error> wrong(std::string_view option, std::string_view name, std::string message,
                            std::string hint = {}) {
  return fail(ErrorCode::usage, std::move(message),
              std::string(option) + " " + one_line(quote_identifier(name)), std::move(hint));
}

bool is_reserved(const std::string& schema) {
  return schema.starts_with("pg_") || schema == "information_schema";
}

void collect_names(const Toc& toc, Renames& renames, std::set<std::string>& schemas) {
  for (const TocEntry& entry : toc.entries) {
    if (entry.kind == "SCHEMA") schemas.insert(entry.name);
    if (!entry.schema.empty()) schemas.insert(entry.schema);
    if (is_one_of(entry.kind, kRelationKinds) || is_one_of(entry.kind, kTypeKinds))
      renames.objects.emplace(entry.schema, entry.name);
    if (is_one_of(entry.kind, kRoutineKinds))
      renames.routines.emplace(entry.schema, entry.name.substr(0, entry.name.find('(')));
  }
}

Result<> unused(std::string_view option, std::string_view text, const RestoreOptions& options,
                std::vector<AdaptationNote>& notes) {
  const std::string message = "nothing in the archive has the old name";
  const std::string given = std::string(option) + " " + one_line(text);
  if (options.strict_names) return fail(ErrorCode::usage, message, given);
  notes.push_back({0, Severity::warning, message, given});
  return {};
}

Result<> check_schemas(const Renames& renames, const std::set<std::string>& present) {
  std::set<std::string> targets;
  for (const auto& [from, to] : renames.schemas) {
    if (is_reserved(from) || is_reserved(to))
      return wrong(kSchemaOption, is_reserved(from) ? from : to,
                   "the schemas of the system keep their names");
    if (!targets.insert(to).second) return wrong(kSchemaOption, to, "two schemas would become one");
    if (present.contains(to) && !renames.schemas.contains(to))
      return wrong(kSchemaOption, to, "the archive has a schema of the new name itself",
                   "give that one another name too");
  }
  return {};
}

Result<std::optional<ObjectName>> find_relation(const NamePair& pair, const Renames& renames,
                                                const Toc& toc) {
  std::vector<ObjectName> found;
  for (const TocEntry& entry : toc.entries) {
    const bool named = is_one_of(entry.kind, kRelationKinds) && entry.name == pair.from.back() &&
                       (pair.from.size() == 1 || entry.schema == pair.from.front());
    if (named) found.emplace_back(entry.schema, entry.name);
  }
  if (found.empty()) return std::optional<ObjectName>();
  if (found.size() > 1)
    return fail(ErrorCode::usage, "several schemas have a table of the old name",
                std::string(kTableOption) + " " + one_line(pair.text), "write SCHEMA.OLD=NEW");
  if (renames.relations.contains(found.front()))
    return fail(ErrorCode::usage, "the old name is mapped twice",
                std::string(kTableOption) + " " + one_line(pair.text));
  return std::optional<ObjectName>(found.front());
}

Result<> check_tables(const Renames& renames) {
  std::set<ObjectName> targets;
  for (const ObjectName& from : renames.tables) {
    const ObjectName to{from.first, renames.relations.at(from)};
    if (!targets.insert(to).second) return wrong(kTableOption, to.second, "two tables would become one");
    if (renames.objects.contains(to) && !renames.tables.contains(to))
      return wrong(kTableOption, to.second, "the archive has an object of the new name itself",
                   "give that one another name too");
  }
  return {};
}

Result<> add_tables(const Toc& toc, const RestoreOptions& options, Renames& renames,
                    std::vector<AdaptationNote>& notes) {
  for (const std::string& text : options.rename_tables) {
    const auto pair = parse_name_pair(kTableOption, text, 2, source_encoding(toc));
    if (!pair) return tl::unexpected<Error>(pair.error());
    const auto found = find_relation(*pair, renames, toc);
    if (!found) return tl::unexpected<Error>(found.error());
    if (!*found) {
      if (auto told = unused(kTableOption, text, options, notes); !told) return told;
      continue;
    }
    renames.relations.emplace(**found, pair->to);
    renames.tables.insert(**found);
    renames.affected_schemas.insert((*found)->first);
  }
  if (auto checked = check_tables(renames); !checked) return checked;
  add_derived_names(toc, renames, notes);
  return {};
}

}  // namespace

Result<Renames> make_renames(const Toc& toc, const RestoreOptions& options,
                             std::vector<AdaptationNote>& notes) {
  Renames renames;
  std::set<std::string> present;
  collect_names(toc, renames, present);
  auto schemas = parse_name_map(kSchemaOption, options.rename_schemas, source_encoding(toc));
  if (!schemas) return tl::unexpected<Error>(schemas.error());
  renames.schemas = std::move(*schemas);
  if (auto checked = check_schemas(renames, present); !checked) return tl::unexpected<Error>(checked.error());
  for (const auto& [from, to] : renames.schemas) {
    renames.affected_schemas.insert(from);
    if (present.contains(from)) continue;
    if (auto told = unused(kSchemaOption, quote_identifier(from), options, notes); !told)
      return tl::unexpected<Error>(told.error());
  }
  if (auto added = add_tables(toc, options, renames, notes); !added)
    return tl::unexpected<Error>(added.error());
  return renames;
}

}  // namespace pgark::restore
