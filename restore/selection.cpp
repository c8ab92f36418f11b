#include "restore/selection.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "format/entry_kind.hpp"
#include "format/entry_properties.hpp"
#include "restore/dependency_closure.hpp"
#include "restore/entry_filter.hpp"
#include "restore/late_attachments.hpp"
#include "restore/table_children.hpp"

namespace pgark::restore {

using format::EntryId;
using format::is_global;
using format::is_one_of;
using format::Section;
using format::Toc;
using format::TocEntry;

namespace {

constexpr std::array<std::string_view, 3> kDescribing{"ACL", "COMMENT", "SECURITY LABEL"};
constexpr std::array<std::string_view, 2> kDatabaseKinds{"DATABASE", "DATABASE PROPERTIES"};
constexpr std::array<std::string_view, 2> kPublicationMembers{"PUBLICATION TABLE",
                                                              "PUBLICATION TABLES IN SCHEMA"};

bool wanted_part(const TocEntry& entry, Section section, const RestoreOptions& options) {
  const bool is_rows = section == Section::data || entry.kind == "MATERIALIZED VIEW DATA";
  const bool is_statistics = entry.kind == "STATISTICS DATA";
  if (is_statistics && (options.schema_only || options.data_only)) return false;
  if (!is_statistics && (is_rows ? !options.wants_rows() : !options.wants_schema())) return false;
  switch (section) {
    case Section::data: return options.section_data;
    case Section::post_data: return options.section_post_data;
    default: return options.section_pre_data;
  }
}

bool wanted_kind(const TocEntry& entry, const RestoreOptions& options) {
  if (is_one_of(entry.kind, kDatabaseKinds)) return options.create;
  if (is_global(entry) && !options.globals) return false;
  if (entry.kind == "ROLE PASSWORD") return !options.no_role_passwords;
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
void add_owned_sequences(const Toc& toc, const EntryFilter& filter, std::vector<bool>& matched) {
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
    if (filter.excludes_relation(entry)) continue;
    const bool sets_owned =
        entry.kind == "SEQUENCE SET" && std::any_of(entry.dependencies.begin(), entry.dependencies.end(),
                                                    [&](EntryId id) { return owned[id]; });
    if (owned[entry.id] || sets_owned) matched[entry.id] = true;
  }
}

// In TOC order, so that a label of a column ACL of a table follows through every step.
void match_descriptions(const Toc& toc, std::vector<bool>& matched) {
  for (const TocEntry& entry : toc.entries) {
    if (!describes_another(entry)) continue;
    matched[entry.id] = std::all_of(entry.dependencies.begin(), entry.dependencies.end(),
                                    [&](EntryId id) { return matched[id]; });
  }
}

std::vector<bool> match_entries(const Toc& toc, const EntryFilter& filter) {
  std::vector<bool> matched(toc.entries.size() + 1);
  for (const TocEntry& entry : toc.entries) {
    matched[entry.id] = is_one_of(entry.kind, kDatabaseKinds) || is_global(entry) || filter.matches(entry);
  }
  if (filter.selects_tables()) add_owned_sequences(toc, filter, matched);
  // A member is nothing without its publication.
  for (const TocEntry& entry : toc.entries) {
    if (!is_one_of(entry.kind, kPublicationMembers)) continue;
    for (const EntryId id : entry.dependencies) {
      if (toc.find(id)->kind == "PUBLICATION" && !matched[id]) matched[entry.id] = false;
    }
  }
  match_descriptions(toc, matched);
  return matched;
}

// Whether the choice of content leaves the entry in. A restore of rows alone follows the definitions all the
// same: the rows that others refer to are needed there too.
ClosureRules closure_rules(const EntryFilter& filter, const RestoreOptions& options,
                           const std::vector<Section>& sections) {
  const bool rows_alone = !options.wants_schema() || !(options.section_pre_data || options.section_post_data);
  return {[&options, &sections, rows_alone](const TocEntry& entry) {
            return !is_global(entry) && wanted_kind(entry, options) &&
                   (rows_alone || wanted_part(entry, sections[entry.id], options));
          },
          [&filter](const TocEntry& entry) { return filter.excludes(entry); }};
}

// What the list of --use-list leaves, and its order.
Result<> apply_list(const Toc& toc, const std::vector<EntryId>& list, std::vector<bool>& matched) {
  std::vector<bool> listed(matched.size());
  for (const EntryId id : list) {
    if (toc.find(id) == nullptr) {
      return fail(ErrorCode::usage, "the list names an entry that the archive does not have",
                  "entry " + std::to_string(id), "make the list from this archive: pgark restore --list");
    }
    listed[id] = true;
  }
  for (std::size_t id = 0; id < matched.size(); ++id) matched[id] = matched[id] && listed[id];
  return {};
}

Result<> check_names(const EntryFilter& filter, const RestoreOptions& options,
                     const std::vector<std::string>& unmatched, bool something_matched) {
  const bool nothing = filter.narrows() && !something_matched;
  if (!nothing && !(options.strict_names && !unmatched.empty())) return {};
  std::string names;
  for (const std::string& text : unmatched) names += (names.empty() ? "" : ", ") + text;
  return fail(ErrorCode::usage, "nothing in the archive matches the patterns", names,
              "list what is inside with: pgark restore ARCHIVE --list");
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

Result<> check_options(const RestoreOptions& options) {
  if (!options.wants_schema() && (options.clean || options.create))
    return fail(ErrorCode::usage, "--clean and --create need definitions, which the options leave out");
  if (options.clean && !options.section_pre_data && !options.section_post_data)
    return fail(ErrorCode::usage, "--clean drops and makes definitions anew, and --section data has none", {},
                "empty the tables with TRUNCATE first, or give --append to add rows to those that are there");
  if (options.resume && (options.single_transaction || options.transaction_size != 0))
    return fail(
        ErrorCode::usage,
        "--resume goes on from a record that --single-transaction and --transaction-size do not keep");
  if (options.append && options.clean)
    return fail(ErrorCode::usage, "--append and --clean exclude each other");
  if (options.rolls_back() && (options.create || options.globals || options.resume || options.analyze ||
                               options.single_transaction || options.transaction_size != 0))
    return fail(
        ErrorCode::usage,
        "a rehearsal is one transaction, without --globals, --resume, --analyze, --single-transaction "
        "and --transaction-size");
  if (options.single_transaction && options.create)
    return fail(ErrorCode::usage, "--single-transaction and --create exclude each other");
  if (options.single_transaction && options.globals)
    return fail(ErrorCode::usage, "--single-transaction and --globals exclude each other");
  if (options.single_transaction && options.transaction_size != 0)
    return fail(ErrorCode::usage, "--single-transaction and --transaction-size exclude each other");
  if ((options.single_transaction || options.transaction_size != 0) && options.jobs > 1)
    return fail(ErrorCode::usage, "a transaction has one connection: leave --jobs out");
  if (options.disable_triggers && options.wants_schema())
    return fail(ErrorCode::usage, "--disable-triggers is for restores without definitions (--data-only)");
  if (options.drop_foreign_keys && options.wants_schema() && options.section_pre_data)
    return fail(ErrorCode::usage, "--drop-foreign-keys is for restores without definitions (--data-only)");
  if (options.drop_foreign_keys && options.disable_triggers)
    return fail(ErrorCode::usage, "--drop-foreign-keys and --disable-triggers exclude each other");
  if (options.drop_foreign_keys && options.transaction_size != 0)
    return fail(ErrorCode::usage,
                "--drop-foreign-keys keeps a record of them, which --transaction-size does not");
  if (options.with_dependencies && options.use_list)
    return fail(ErrorCode::usage, "--with-dependencies and --use-list exclude each other", {},
                "make the list with it: pgark restore --list --with-dependencies");
  return check_content(options);
}

Result<Selection> Selection::make(const Toc& toc, const RestoreOptions& given) {
  if (auto checked = check_options(given); !checked) return tl::unexpected<Error>(checked.error());
  const auto widened = with_children(toc, given);
  if (!widened) return tl::unexpected<Error>(widened.error());
  const RestoreOptions& options = *widened;
  const auto fact = [&toc](const char* key) {
    const auto found = toc.info.find(key);
    return found == toc.info.end() ? std::string_view() : std::string_view(found->second);
  };
  auto filter =
      EntryFilter::compile(options, fact(format::info_key::kDatabase), fact(format::info_key::kEncoding));
  if (!filter) return tl::unexpected<Error>(filter.error());

  if (options.globals && std::none_of(toc.entries.begin(), toc.entries.end(), is_global)) {
    return fail(ErrorCode::usage, "the archive holds no roles and tablespaces of its cluster", {},
                "leave --globals out, or take the backup with --globals");
  }
  Selection selection;
  selection.unmatched_ = filter->unmatched(toc);
  std::vector<bool> matched = match_entries(toc, *filter);
  const auto is_matched_object = [&](const TocEntry& entry) {
    return matched[entry.id] && !is_one_of(entry.kind, kDatabaseKinds) && !is_global(entry) &&
           !describes_another(entry);
  };
  const bool some = std::any_of(toc.entries.begin(), toc.entries.end(), is_matched_object);
  if (auto named = check_names(*filter, options, selection.unmatched_, some); !named)
    return tl::unexpected<Error>(named.error());
  const std::vector<bool> named_ones = matched;
  if (options.with_dependencies) {
    const std::vector<Section> sections = effective_sections(toc);
    selection.needed_but_excluded_ =
        add_dependencies(toc, closure_rules(*filter, options, sections), matched);
    match_descriptions(toc, matched);
  }
  if (options.use_list) {
    if (auto applied = apply_list(toc, *options.use_list, matched); !applied)
      return tl::unexpected<Error>(applied.error());
  }
  selection.settle(toc, options, matched);
  for (const EntryId id : selection.order_) {
    if (!named_ones[id]) selection.added_.push_back(id);
  }
  return selection;
}

void Selection::settle(const Toc& toc, const RestoreOptions& options, const std::vector<bool>& matched) {
  sections_ = effective_sections(toc);
  const std::vector<EntryId> late = late_attachments(toc, matched);
  for (const EntryId id : late) sections_[id] = Section::post_data;
  if (options.wants_schema() && !options.section_post_data) put_off_ = late;
  selected_ = matched;
  for (const TocEntry& entry : toc.entries) {
    const bool wanted = is_global(entry) || wanted_part(entry, sections_[entry.id], options);
    bool selected = matched[entry.id] && wanted && wanted_kind(entry, options);
    if (selected && describes_another(entry)) {
      // With an object left out, its comment and its privileges are left out too.
      for (const EntryId id : entry.dependencies) selected = selected && wanted_kind(*toc.find(id), options);
    }
    selected_[entry.id] = selected;
  }
  ordered_by_list_ = options.use_list.has_value();
  for (const EntryId id : options.use_list.value_or(std::vector<EntryId>{})) {
    if (contains(id)) order_.push_back(id);
  }
  if (ordered_by_list_) return;
  for (const TocEntry& entry : toc.entries) {
    if (contains(entry.id)) order_.push_back(entry.id);
  }
}

std::size_t Selection::count() const {
  return static_cast<std::size_t>(std::count(selected_.begin(), selected_.end(), true));
}

}  // namespace pgark::restore
