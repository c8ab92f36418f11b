#include "restore/dependency_closure.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "format/entry_kind.hpp"

namespace pgark::restore {

using format::EntryId;
using format::is_one_of;
using format::Toc;
using format::TocEntry;

namespace {

// Parts of the object that they depend on and share the name of.
constexpr std::array<std::string_view, 6> kParts{
    "TABLE DATA", "MATERIALIZED VIEW DATA", "DEFAULT", "ROW SECURITY", "POLICY", "CHECK CONSTRAINT"};
// They tie objects to each other, or give one its state, and need nothing else.
constexpr std::array<std::string_view, 3> kTies{"SEQUENCE OWNED BY", "SEQUENCE SET", "TABLE ATTACH"};

class Closure {
 public:
  Closure(const Toc& toc, const ClosureRules& rules, std::vector<bool>& chosen)
      : toc_(toc), rules_(rules), chosen_(chosen), refused_(chosen.size()), dependents_(chosen.size()) {
    for (const TocEntry& entry : toc.entries) {
      for (const EntryId id : entry.dependencies) dependents_[id].push_back(entry.id);
    }
  }

  std::vector<EntryId> run() {
    for (const TocEntry& entry : toc_.entries) {
      if (chosen_[entry.id] && rules_.is_restored(entry)) waiting_.push_back(entry.id);
    }
    while (!waiting_.empty()) {
      const TocEntry& entry = *toc_.find(waiting_.back());
      waiting_.pop_back();
      for (const EntryId id : entry.dependencies) need(id);
      for (const EntryId id : dependents_[entry.id]) {
        if (belongs(*toc_.find(id), entry)) need(id);
      }
    }
    std::vector<EntryId> refused;
    for (EntryId id = 0; id < refused_.size(); ++id) {
      if (refused_[id]) refused.push_back(id);
    }
    return refused;
  }

 private:
  void need(EntryId id) {
    const TocEntry& entry = *toc_.find(id);
    if (chosen_[id] || refused_[id] || !rules_.is_restored(entry)) return;
    if (rules_.is_excluded(entry)) {
      refused_[id] = true;
      return;
    }
    chosen_[id] = true;
    waiting_.push_back(id);
  }

  bool all_chosen(const TocEntry& entry) const {
    return std::ranges::all_of(entry.dependencies, [this](EntryId id) { return chosen_[id]; });
  }

  // Whether `entry`, which depends on `chosen`, comes along with it.
  bool belongs(const TocEntry& entry, const TocEntry& chosen) const {
    if (is_one_of(entry.kind, kTies)) return all_chosen(entry);
    if (entry.kind == "INDEX ATTACH") return completes_index(entry);
    const bool same_schema = entry.schema == chosen.schema;
    if (is_one_of(entry.kind, kParts))
      return same_schema && (entry.table.empty() ? entry.name : entry.table) == chosen.name;
    // An identity column's.
    return entry.kind == "SEQUENCE" && same_schema && entry.table == chosen.name && !entry.table.empty();
  }

  // The index of a partitioned table is valid when those of all its partitions are attached.
  bool completes_index(const TocEntry& entry) const {
    bool has_partition = false, has_index_above = false;
    for (const EntryId id : entry.dependencies) {
      const TocEntry& needed = *toc_.find(id);
      if (!chosen_[id]) continue;
      if (needed.kind == "TABLE")
        has_partition = has_partition || (needed.schema == entry.schema && needed.name == entry.table);
      const bool is_index = needed.kind == "INDEX" || needed.kind == "CONSTRAINT";
      const bool of_partition = needed.schema == entry.schema && needed.table == entry.table;
      has_index_above = has_index_above || (is_index && !of_partition);
    }
    return has_partition && has_index_above;
  }

  const Toc& toc_;
  const ClosureRules& rules_;
  std::vector<bool>& chosen_;
  std::vector<bool> refused_;
  std::vector<std::vector<EntryId>> dependents_;
  std::vector<EntryId> waiting_;  // chosen, but what they need is not looked at
};

}  // namespace

std::vector<EntryId> add_dependencies(const Toc& toc, const ClosureRules& rules, std::vector<bool>& chosen) {
  return Closure(toc, rules, chosen).run();
}

}  // namespace pgark::restore
