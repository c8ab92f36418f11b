#include "restore/selection.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "base/pattern.hpp"

namespace pgark::restore {

using format::EntryId;
using format::Section;
using format::Toc;
using format::TocEntry;

namespace {

template <std::size_t Count>
bool is_one_of(std::string_view kind, const std::array<std::string_view, Count>& kinds) {
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

constexpr std::array<std::string_view, 3> kDescribing{"ACL", "COMMENT", "SECURITY LABEL"};
constexpr std::array<std::string_view, 2> kDatabaseKinds{"DATABASE", "DATABASE PROPERTIES"};
constexpr std::array<std::string_view, 2> kPublicationMembers{"PUBLICATION TABLE",
                                                              "PUBLICATION TABLES IN SCHEMA"};
// Entries whose own name is the name of a relation; other entries name theirs in TocEntry::table.
constexpr std::array<std::string_view, 9> kRelationKinds{
    "TABLE",        "FOREIGN TABLE",          "VIEW",        "MATERIALIZED VIEW", "TABLE DATA", "SEQUENCE",
    "SEQUENCE SET", "MATERIALIZED VIEW DATA", "TABLE ATTACH"};

class Patterns {
 public:
  using Parser = Result<NamePattern> (*)(std::string_view);

  static Result<Patterns> compile(const std::vector<std::string>& texts, Parser parse,
                                  std::string_view database) {
    Patterns result;
    for (const std::string& text : texts) {
      auto pattern = parse(text);
      if (!pattern) return tl::unexpected<Error>(pattern.error());
      auto matcher = NameMatcher::compile(*pattern);
      if (!matcher) return tl::unexpected<Error>(matcher.error());
      if (!database.empty() && !matcher->matches_database(database)) {
        return fail(ErrorCode::usage, "the pattern names another database than the archive's", text,
                    "leave the database part of the pattern out");
      }
      result.matchers_.push_back(std::move(*matcher));
    }
    return result;
  }

  bool empty() const { return matchers_.empty(); }
  bool matches(std::string_view schema, std::string_view name) const {
    return std::any_of(matchers_.begin(), matchers_.end(),
                       [&](const NameMatcher& matcher) { return matcher.matches(schema, name); });
  }

 private:
  std::vector<NameMatcher> matchers_;
};

std::string_view relation_of(const TocEntry& entry) {
  if (is_one_of(entry.kind, kRelationKinds)) return entry.name;
  return entry.table;
}

// The four pattern lists of the command line.
struct Filter {
  Patterns include_schemas, exclude_schemas, include_tables, exclude_tables;

  static Result<Filter> compile(const RestoreOptions& options, std::string_view database) {
    Filter filter;
    const auto load = [&](Patterns& into, const std::vector<std::string>& texts,
                          Patterns::Parser parse) -> Result<> {
      auto compiled = Patterns::compile(texts, parse, database);
      if (!compiled) return tl::unexpected<Error>(compiled.error());
      into = std::move(*compiled);
      return {};
    };
    if (auto done = load(filter.include_schemas, options.include_schemas, parse_schema_pattern); !done)
      return tl::unexpected<Error>(done.error());
    if (auto done = load(filter.exclude_schemas, options.exclude_schemas, parse_schema_pattern); !done)
      return tl::unexpected<Error>(done.error());
    if (auto done = load(filter.include_tables, options.include_tables, parse_table_pattern); !done)
      return tl::unexpected<Error>(done.error());
    if (auto done = load(filter.exclude_tables, options.exclude_tables, parse_table_pattern); !done)
      return tl::unexpected<Error>(done.error());
    return filter;
  }

  bool matches_schema(const TocEntry& entry) const {
    const std::string_view schema = entry.kind == "SCHEMA" ? entry.name : entry.schema;
    if (schema.empty()) return include_schemas.empty();
    if (!include_schemas.empty() && !include_schemas.matches({}, schema)) return false;
    return !exclude_schemas.matches({}, schema);
  }
  bool matches_table(const TocEntry& entry) const {
    const std::string_view relation = relation_of(entry);
    if (relation.empty()) return include_tables.empty();
    if (!include_tables.empty() && !include_tables.matches(entry.schema, relation)) return false;
    return !exclude_tables.matches(entry.schema, relation);
  }
  bool matches(const TocEntry& entry) const { return matches_schema(entry) && matches_table(entry); }
};

bool wanted_part(const TocEntry& entry, Section section, const RestoreOptions& options) {
  const bool is_rows = section == Section::data || entry.kind == "MATERIALIZED VIEW DATA";
  if (is_rows ? !options.wants_rows() : !options.wants_schema()) return false;
  switch (section) {
    case Section::data: return options.section_data;
    case Section::post_data: return options.section_post_data;
    default: return options.section_pre_data;
  }
}

bool wanted_kind(const TocEntry& entry, const RestoreOptions& options) {
  if (is_one_of(entry.kind, kDatabaseKinds)) return options.create;
  return options.wants_kind(entry.kind);
}

// A describing entry without a section of its own lives where its object lives.
std::vector<Section> effective_sections(const Toc& toc) {
  std::vector<Section> sections(toc.entries.size() + 1, Section::pre_data);
  for (const TocEntry& entry : toc.entries) {
    Section section = entry.section;
    if (section == Section::none) {
      section = Section::pre_data;
      for (const EntryId id : entry.dependencies) {
        if (id < entry.id) section = std::max(section, sections[id]);
      }
    }
    sections[entry.id] = section;
  }
  return sections;
}

bool is_sequence(const Toc& toc, EntryId id) {
  return toc.find(id)->kind == "SEQUENCE";
}

// A selected table takes the sequences along that it owns (B0.5): a SEQUENCE OWNED BY entry ties a sequence
// to its table, an identity sequence depends on the table itself.
void add_owned_sequences(const Toc& toc, const Filter& filter, std::vector<bool>& matched) {
  const std::vector<bool> tables = matched;
  const auto needs_matched_table = [&](const TocEntry& entry) {
    return std::any_of(entry.dependencies.begin(), entry.dependencies.end(), [&](EntryId id) {
      const std::string& kind = toc.find(id)->kind;
      return tables[id] && (kind == "TABLE" || kind == "FOREIGN TABLE");
    });
  };
  std::vector<bool> owned(matched.size());
  for (const TocEntry& entry : toc.entries) {
    if (!needs_matched_table(entry)) continue;
    if (entry.kind == "SEQUENCE") owned[entry.id] = true;
    if (entry.kind != "SEQUENCE OWNED BY") continue;
    matched[entry.id] = true;
    for (const EntryId id : entry.dependencies) {
      if (is_sequence(toc, id)) owned[id] = true;
    }
  }
  for (const TocEntry& entry : toc.entries) {
    if (filter.exclude_tables.matches(entry.schema, entry.name)) continue;
    const bool sets_owned =
        entry.kind == "SEQUENCE SET" && std::any_of(entry.dependencies.begin(), entry.dependencies.end(),
                                                    [&](EntryId id) { return owned[id]; });
    if (owned[entry.id] || sets_owned) matched[entry.id] = true;
  }
}

Result<> check_options(const RestoreOptions& options) {
  if (!options.wants_schema() && (options.clean || options.create))
    return fail(ErrorCode::usage, "--clean and --create need definitions, which the options leave out");
  return check_content(options);
}

std::vector<bool> match_entries(const Toc& toc, const Filter& filter) {
  std::vector<bool> matched(toc.entries.size() + 1);
  for (const TocEntry& entry : toc.entries) {
    matched[entry.id] = is_one_of(entry.kind, kDatabaseKinds) || filter.matches(entry);
  }
  if (!filter.include_tables.empty()) add_owned_sequences(toc, filter, matched);
  // A member is nothing without its publication.
  for (const TocEntry& entry : toc.entries) {
    if (!is_one_of(entry.kind, kPublicationMembers)) continue;
    for (const EntryId id : entry.dependencies) {
      if (toc.find(id)->kind == "PUBLICATION" && !matched[id]) matched[entry.id] = false;
    }
  }
  // In TOC order, so that a label of a column ACL of a table follows through every step.
  for (const TocEntry& entry : toc.entries) {
    if (!describes_another(entry)) continue;
    matched[entry.id] = std::all_of(entry.dependencies.begin(), entry.dependencies.end(),
                                    [&](EntryId id) { return matched[id]; });
  }
  return matched;
}

std::string joined(const std::vector<std::string>& texts) {
  std::string result;
  for (const std::string& text : texts) result += (result.empty() ? "" : ", ") + text;
  return result;
}

}  // namespace

bool is_large_objects(const TocEntry& entry) {
  return entry.kind == "LARGE OBJECT";
}

bool is_large_object_data(const TocEntry& entry) {
  return entry.kind == "LARGE OBJECT DATA";
}

bool describes_another(const TocEntry& entry) {
  return is_one_of(entry.kind, kDescribing) && !entry.dependencies.empty();
}

Result<Selection> Selection::make(const Toc& toc, const RestoreOptions& options) {
  if (auto checked = check_options(options); !checked) return tl::unexpected<Error>(checked.error());
  const auto database = toc.info.find(format::info_key::kDatabase);
  auto filter = Filter::compile(options, database == toc.info.end() ? std::string_view() : database->second);
  if (!filter) return tl::unexpected<Error>(filter.error());

  const std::vector<bool> matched = match_entries(toc, *filter);
  const auto is_matched_object = [&](const TocEntry& entry) {
    return matched[entry.id] && !is_one_of(entry.kind, kDatabaseKinds) && !describes_another(entry);
  };
  const bool narrowed = !options.include_schemas.empty() || !options.include_tables.empty();
  if (narrowed && std::none_of(toc.entries.begin(), toc.entries.end(), is_matched_object)) {
    return fail(ErrorCode::usage, "nothing in the archive matches the patterns",
                joined(options.include_tables.empty() ? options.include_schemas : options.include_tables),
                "list what is inside with: pgark inspect ARCHIVE");
  }

  Selection selection;
  selection.sections_ = effective_sections(toc);
  selection.selected_ = matched;
  for (const TocEntry& entry : toc.entries) {
    bool selected = matched[entry.id] && wanted_part(entry, selection.sections_[entry.id], options) &&
                    wanted_kind(entry, options);
    if (selected && describes_another(entry)) {
      // With an object left out, its comment and its privileges are left out too.
      for (const EntryId id : entry.dependencies) selected = selected && wanted_kind(*toc.find(id), options);
    }
    selection.selected_[entry.id] = selected;
  }
  return selection;
}

std::size_t Selection::count() const {
  return static_cast<std::size_t>(std::count(selected_.begin(), selected_.end(), true));
}

}  // namespace pgark::restore
