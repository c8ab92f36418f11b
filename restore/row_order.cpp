#include "restore/row_order.hpp"

#include <algorithm>
#include <unordered_map>

namespace pgark::restore {

using format::EntryId;
using format::Toc;
using format::TocEntry;

namespace {

using EntryIds = std::vector<EntryId>;

bool is_table(const Toc& toc, EntryId id) {
  return toc.find(id)->kind == "TABLE";
}

class RowOrderBuilder {
 public:
  RowOrderBuilder(const Toc& toc, const Selection& selection) : toc_(toc), selection_(selection) {}

  RowOrder build() {
    for (const TocEntry& entry : toc_.entries) {
      if (entry.kind == "TABLE ATTACH") {
        if (const auto found = partition_of(toc_, entry)) partitions_[found->parent].push_back(found->child);
      }
      if (entry.kind == "TABLE DATA" && selection_.contains(entry.id)) note_data(entry);
    }
    for (const TocEntry& entry : toc_.entries) {
      if (entry.kind == "FK CONSTRAINT" && !selection_.contains(entry.id)) add_key(entry);
    }
    return std::move(order_);
  }

 private:
  void note_data(const TocEntry& data) {
    for (const EntryId id : data.dependencies) {
      if (is_table(toc_, id)) data_of_[id].push_back(data.id);
      // An order that the archive itself asks for: in the plan already, and not to be contradicted.
      if (toc_.find(id)->kind == "TABLE DATA") successors_[id].push_back(data.id);
    }
  }

  // The table and all partitions below it.
  EntryIds tree_of(EntryId table) const {
    EntryIds tree{table};
    for (std::size_t i = 0; i < tree.size(); ++i) {
      const auto below = partitions_.find(tree[i]);
      if (below == partitions_.end()) continue;
      for (const EntryId id : below->second) {
        if (std::find(tree.begin(), tree.end(), id) == tree.end()) tree.push_back(id);
      }
    }
    return tree;
  }

  EntryIds data_in(const EntryIds& tables) const {
    EntryIds data;
    for (const EntryId table : tables) {
      const auto found = data_of_.find(table);
      if (found != data_of_.end()) data.insert(data.end(), found->second.begin(), found->second.end());
    }
    return data;
  }

  void add_key(const TocEntry& key) {
    EntryIds referring, referred;
    for (const EntryId id : key.dependencies) {
      const TocEntry& table = *toc_.find(id);
      if (table.kind != "TABLE") continue;
      const bool own = table.schema == key.schema && table.name == key.table;
      EntryIds tree = tree_of(id);
      EntryIds& side = own ? referring : referred;
      side.insert(side.end(), tree.begin(), tree.end());
    }
    const EntryIds later = data_in(referring);
    if (referred.empty()) order_.in_one_piece.insert(later.begin(), later.end());
    for (const EntryId before : data_in(referred)) {
      for (const EntryId after : later) add_edge(before, after);
    }
  }

  void add_edge(EntryId before, EntryId after) {
    auto& successors = successors_[before];
    const bool known = std::find(successors.begin(), successors.end(), after) != successors.end();
    if (before == after || known || reaches(after, before)) return;
    successors.push_back(after);
    order_.edges.emplace_back(before, after);
  }

  bool reaches(EntryId from, EntryId to) const {
    EntryIds seen{from};
    for (std::size_t i = 0; i < seen.size(); ++i) {
      if (seen[i] == to) return true;
      const auto next = successors_.find(seen[i]);
      if (next == successors_.end()) continue;
      for (const EntryId id : next->second) {
        if (std::find(seen.begin(), seen.end(), id) == seen.end()) seen.push_back(id);
      }
    }
    return false;
  }

  const Toc& toc_;
  const Selection& selection_;
  std::unordered_map<EntryId, EntryIds> partitions_, data_of_, successors_;
  RowOrder order_;
};

}  // namespace

std::optional<Partition> partition_of(const Toc& toc, const TocEntry& attach) {
  Partition found;
  for (const EntryId id : attach.dependencies) {
    const TocEntry& table = *toc.find(id);
    if (table.kind != "TABLE") continue;
    (table.schema == attach.schema && table.name == attach.name ? found.child : found.parent) = id;
  }
  if (found.child == 0 || found.parent == 0) return std::nullopt;
  return found;
}

RowOrder row_order(const Toc& toc, const Selection& selection) {
  return RowOrderBuilder(toc, selection).build();
}

}  // namespace pgark::restore
