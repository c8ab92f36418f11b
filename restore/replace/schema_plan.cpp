#include "restore/replace/schema_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "base/sql_lexer.hpp"
#include "base/sql_quote.hpp"
#include "format/entry_kind.hpp"
#include "format/entry_properties.hpp"
#include "restore/adapt/sql_renamer.hpp"
#include "restore/plan.hpp"
#include "restore/selection.hpp"

namespace pgark::restore {

using format::EntryId;
using format::is_one_of;
using format::Toc;
using format::TocEntry;

namespace {

constexpr std::size_t kNamedMax = 5;

// They name a schema, but are the database's.
constexpr std::array<std::string_view, 3> kOfPublications{"PUBLICATION TABLE", "PUBLICATION TABLES IN SCHEMA",
                                                          "SUBSCRIPTION TABLE"};
constexpr std::array<std::string_view, 2> kOfDatabase{"DATABASE", "DATABASE PROPERTIES"};
// What is evaluated while it is restored.
constexpr std::array<std::string_view, 6> kEvaluated{"INDEX",  "CONSTRAINT",        "CHECK CONSTRAINT",
                                                     "DOMAIN", "MATERIALIZED VIEW", "MATERIALIZED VIEW DATA"};

class Names {
 public:
  void add(const TocEntry& entry) {
    if (++count_ > kNamedMax) return;
    text_ += (text_.empty() ? "" : ", ") + one_line(describe(entry));
  }
  bool empty() const { return count_ == 0; }
  std::string text() const {
    return count_ > kNamedMax ? fmt::format("{} and {} more", text_, count_ - kNamedMax) : text_;
  }

 private:
  std::size_t count_ = 0;
  std::string text_;
};

// Of what no entry stands for: "SCHEMA public", "DATABASE shop".
std::string_view name_behind(const TocEntry& entry, std::string_view word) {
  const std::string_view name = entry.name;
  return name.starts_with(word) ? name.substr(word.size()) : std::string_view();
}

class Planner {
 public:
  Planner(const Toc& toc, const Selection& selection, const KeptInDatabase& kept)
      : toc_(toc), selection_(selection), kept_(kept) {}

  SchemaPlan run() {
    std::set<std::string> schemas;
    for (const TocEntry& entry : toc_.entries) {
      if (!selection_.contains(entry.id) || !is_restored(entry)) continue;
      restored_.insert(entry.id);
      // It is made with its owner beforehand (public_schema.hpp).
      const bool is_public = entry.kind == "SCHEMA" && entry.name == "public";
      if (!is_public) plan_.entries.push_back(entry.id);
      if (entry.kind == "SCHEMA") schemas.insert(entry.name);
      if (!entry.schema.empty()) schemas.insert(entry.schema);
      if (const auto name = name_behind(entry, "SCHEMA "); entry.schema.empty() && !name.empty())
        schemas.insert(std::string(name));
    }
    plan_.schemas.assign(schemas.begin(), schemas.end());
    add_obstacles();
    return std::move(plan_);
  }

 private:
  bool is_restored(const TocEntry& entry) {
    if (is_one_of(entry.kind, kOfDatabase) || format::is_global(entry)) return false;
    if (describes_another(entry)) {
      return std::ranges::all_of(entry.dependencies, [this](EntryId id) { return restored_.contains(id); });
    }
    if (entry.kind == "EXTENSION") {
      if (!kept_.extensions.contains(entry.name)) missing_.add(entry);
      return false;
    }
    if (entry.kind == "SCHEMA") return !kept_.schemas.contains(entry.name);
    if (!entry.schema.empty() && !is_one_of(entry.kind, kOfPublications)) {
      if (kept_.schemas.contains(entry.schema)) in_kept_.add(entry);
      return !kept_.schemas.contains(entry.schema);
    }
    if (!name_behind(entry, "DATABASE ").empty()) {
      plan_.leaves_properties = true;
      return false;
    }
    if (const auto schema = name_behind(entry, "SCHEMA "); !schema.empty())
      return !kept_.schemas.contains(std::string(schema));
    of_database_.add(entry);
    return false;
  }

  void add_obstacles() {
    if (!missing_.empty())
      plan_.obstacles.push_back({"extensions of the archive are not in the database: " + missing_.text(),
                                 "CREATE EXTENSION each of them first, in a schema of its own"});
    if (!in_kept_.empty())
      plan_.obstacles.push_back(
          {"the archive has objects in a schema that holds an extension, which stays: " + in_kept_.text(),
           "ALTER EXTENSION ... SET SCHEMA to one of its own, in the source too, or --strategy in-place"});
    if (!of_database_.empty())
      plan_.obstacles.push_back(
          {"the archive has what belongs to no schema, and so cannot stand beside that of the database: " +
               of_database_.text(),
           "--no-publications and --no-subscriptions leave theirs out; --strategy in-place takes all"});
    for (const std::string& schema : plan_.schemas) {
      if (schema.size() <= kSwappedSchemaBytesMax) continue;
      plan_.obstacles.push_back(
          {fmt::format("the name of schema {} is too long to have another beside it ({} bytes at most)",
                       one_line(quote_identifier(schema)), kSwappedSchemaBytesMax),
           "--strategy in-place"});
    }
    plan_.leaves_properties =
        plan_.leaves_properties || std::ranges::any_of(toc_.entries, [](const TocEntry& entry) {
          return entry.kind == "DATABASE PROPERTIES";
        });
  }

  const Toc& toc_;
  const Selection& selection_;
  const KeptInDatabase& kept_;
  std::unordered_set<EntryId> restored_;
  Names missing_, in_kept_, of_database_;
  SchemaPlan plan_;
};

// Rows of a table are given, so that its defaults are not evaluated.
bool is_evaluated(const TocEntry& entry) {
  if (is_one_of(entry.kind, kEvaluated)) return true;
  if (entry.kind != "TABLE" || entry.create.empty()) return false;
  const std::vector<SqlToken> tokens = lex_sql(entry.create.front().sql);
  for (std::size_t i = 0; i + 3 < tokens.size(); ++i) {
    if (tokens[i].is_word("CHECK")) return true;
    if (tokens[i].is_word("GENERATED") && tokens[i + 2].is_word("AS") && tokens[i + 3].is_mark('('))
      return true;
  }
  return false;
}

// The first of `wanted` that the entry needs, not counting what only a table that it reads needs; 0: none.
EntryId needed_one_of(const Toc& toc, const TocEntry& entry, const std::set<EntryId>& wanted) {
  std::unordered_set<EntryId> seen{entry.id};
  std::vector<EntryId> open{entry.id};
  while (!open.empty()) {
    const TocEntry& at = *toc.find(open.back());
    open.pop_back();
    if (at.id != entry.id && at.kind == "TABLE") continue;
    for (const EntryId id : at.dependencies) {
      if (wanted.contains(id)) return id;
      if (seen.insert(id).second) open.push_back(id);
    }
  }
  return 0;
}

}  // namespace

SchemaPlan plan_schema_swap(const Toc& toc, const RestoreOptions& options, const KeptInDatabase& kept) {
  return Planner(toc, value_or_throw(Selection::make(toc, options)), kept).run();
}

RestoreOptions options_beside(const SchemaPlan& plan, RestoreOptions options, const std::string& suffix) {
  const auto quoted = [](const std::string& name) {
    std::string text = "\"";
    for (const char c : name) text.append(c == '"' ? 2 : 1, c);
    return text + '"';
  };
  options.rename_schemas.clear();
  for (const std::string& schema : plan.schemas)
    options.rename_schemas.push_back(quoted(schema) + "=" + quoted(schema + suffix));
  options.use_list = plan.entries;
  options.names_come_back = true;
  return options;
}

std::vector<Obstacle> text_obstacles(const Toc& toc, const SchemaPlan& plan,
                                     const std::vector<AdaptationNote>& notes) {
  const std::set<EntryId> restored(plan.entries.begin(), plan.entries.end());
  std::set<EntryId> routines;
  std::vector<Obstacle> found;
  for (const AdaptationNote& note : notes) {
    if (note.entry == 0 || !restored.contains(note.entry)) continue;
    const TocEntry& entry = *toc.find(note.entry);
    if (note.text.starts_with(kNamesInBody)) routines.insert(entry.id);
    if (note.text.starts_with(kNamesInRows))
      found.push_back({one_line(describe(entry)) + ": " + std::string(kNamesInRows) +
                           note.text.substr(kNamesInRows.size()) +
                           ": they would be those of the schemas in use",
                       "--strategy in-place"});
  }
  for (const EntryId id : plan.entries) {
    const TocEntry& entry = *toc.find(id);
    if (routines.empty() || !is_evaluated(entry)) continue;
    const EntryId routine = needed_one_of(toc, entry, routines);
    if (routine == 0) continue;
    found.push_back(
        {fmt::format("{} is computed with {}, whose body names a schema as text: it would read the "
                     "one in use",
                     one_line(describe(entry)), one_line(describe(*toc.find(routine)))),
         "--strategy in-place, or a body in SQL (BEGIN ATOMIC)"});
  }
  return found;
}

}  // namespace pgark::restore
