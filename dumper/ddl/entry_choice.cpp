#include "dumper/ddl/entry_choice.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "format/entry_properties.hpp"

namespace pgark::dumper {
namespace {

using format::EntryId;
using format::Section;
using format::TocEntry;

bool in_wanted_section(const TocEntry& entry, const ContentChoice& choice) {
  switch (entry.section) {
    case Section::data: return choice.section_data;
    case Section::post_data: return choice.section_post_data;
    default: return choice.section_pre_data;  // the database too
  }
}

bool is_description(const TocEntry& entry) {
  return entry.kind == "ACL" || entry.kind == "COMMENT" || entry.kind == "SECURITY LABEL";
}

// By entry id. Entries come after what they depend on.
std::vector<bool> of_wanted_kinds(const std::vector<TocEntry>& entries, const ContentChoice& choice) {
  std::vector<bool> wanted(entries.size() + 1, true);
  for (const TocEntry& entry : entries) {
    wanted[entry.id] =
        choice.wants_kind(entry.kind) &&
        (!is_description(entry) || std::all_of(entry.dependencies.begin(), entry.dependencies.end(),
                                               [&wanted](EntryId id) { return wanted[id]; }));
  }
  return wanted;
}

void renumber(std::vector<EntryId>& ids, const std::vector<EntryId>& numbers) {
  for (EntryId& id : ids) id = numbers[id];
  std::erase(ids, EntryId{0});
}

}  // namespace

void apply_choice(TocBuild& build, const ContentChoice& choice) {
  std::vector<TocEntry>& entries = build.toc.entries;
  const std::vector<bool> wanted = of_wanted_kinds(entries, choice);
  std::vector<EntryId> numbers(entries.size() + 1, 0);
  EntryId next = 1;
  for (const TocEntry& entry : entries) {
    const bool in_section = format::is_global(entry) || in_wanted_section(entry, choice);
    if (wanted[entry.id] && in_section) numbers[entry.id] = next++;
  }
  std::erase_if(entries, [&numbers](const TocEntry& entry) { return numbers[entry.id] == 0; });
  for (TocEntry& entry : entries) {
    entry.id = numbers[entry.id];
    renumber(entry.dependencies, numbers);
    renumber(entry.locks, numbers);
    format::drop_properties(entry, choice);
  }
  for (DataObject& object : build.data) object.entry = numbers[object.entry];
  std::erase_if(build.data, [](const DataObject& object) { return object.entry == 0; });
}

}  // namespace pgark::dumper
