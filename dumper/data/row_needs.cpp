#include "dumper/data/row_needs.hpp"

#include <algorithm>

namespace pgark::dumper {
namespace {

using format::EntryId;
using format::TocEntry;
using EntryIds = std::vector<EntryId>;

class RowNeedsBuilder {
 public:
  explicit RowNeedsBuilder(const format::Toc& toc) : toc_(toc) {
    for (const TocEntry& entry : toc.entries) {
      if (entry.kind != "TABLE DATA") continue;
      for (const EntryId id : entry.dependencies) data_of_table_[id].push_back(entry.id);
    }
  }

  // Entries stand behind those that they need: the order of the archive is one in which it can be restored.
  RowNeeds build() {
    RowNeeds result;
    for (const TocEntry& entry : toc_.entries) {
      EntryIds needs = needs_of(entry);
      if (needs.empty()) continue;
      if (entry.section == format::Section::data) result.emplace(entry.id, needs);
      before_.emplace(entry.id, std::move(needs));
    }
    return result;
  }

 private:
  EntryIds needs_of(const TocEntry& entry) const {
    EntryIds needs;
    for (const EntryId id : entry.dependencies) {
      if (toc_.find(id)->section == format::Section::data) needs.push_back(id);
      add(before_, id, needs);
    }
    if (entry.section == format::Section::post_data) {
      for (const EntryId id : entry.dependencies) add(data_of_table_, id, needs);
      for (const EntryId id : entry.locks) add(data_of_table_, id, needs);
    }
    std::ranges::sort(needs);
    needs.erase(std::unique(needs.begin(), needs.end()), needs.end());
    std::erase(needs, entry.id);
    return needs;
  }

  static void add(const std::unordered_map<EntryId, EntryIds>& sets, EntryId id, EntryIds& needs) {
    const auto found = sets.find(id);
    if (found != sets.end()) needs.insert(needs.end(), found->second.begin(), found->second.end());
  }

  const format::Toc& toc_;
  std::unordered_map<EntryId, EntryIds> data_of_table_;
  std::unordered_map<EntryId, EntryIds> before_;  // rows that an entry needs
};

}  // namespace

RowNeeds row_needs(const format::Toc& toc) {
  return RowNeedsBuilder(toc).build();
}

}  // namespace pgark::dumper
