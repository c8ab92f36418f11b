#include "restore/creation_rounds.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <string_view>
#include <unordered_map>

namespace pgark::restore {

using format::EntryId;
using format::TocEntry;

namespace {

// Fewer are not worth another connection.
constexpr std::size_t kStepsMin = 64;

// Kinds whose creation touches nothing that others of them touch, but for what they depend on.
constexpr std::array<std::string_view, 8> kIndependent{"TABLE", "SEQUENCE", "SEQUENCE OWNED BY", "DEFAULT",
                                                       "VIEW",  "FUNCTION", "PROCEDURE",         "COMMENT"};
// Creating what depends on these changes or locks them.
constexpr std::array<std::string_view, 4> kShared{"TABLE", "FOREIGN TABLE", "SEQUENCE", "VIEW"};

template <std::size_t Count>
bool is_in(const std::array<std::string_view, Count>& kinds, std::string_view kind) {
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

// Sets of steps that must stay together.
class Groups {
 public:
  explicit Groups(std::size_t count) : parent_(count) {
    std::iota(parent_.begin(), parent_.end(), std::size_t{0});
  }
  std::size_t of(std::size_t item) {
    while (parent_[item] != item) item = parent_[item] = parent_[parent_[item]];
    return item;
  }
  void join(std::size_t a, std::size_t b) {
    // The first item stands for its group.
    const std::size_t first = std::min(of(a), of(b)), second = std::max(of(a), of(b));
    parent_[second] = first;
  }

 private:
  std::vector<std::size_t> parent_;
};

class Sharing {
 public:
  Sharing(const RestorePlan& plan, const format::Toc& toc, int connections)
      : plan_(plan), toc_(toc), connections_(static_cast<std::size_t>(std::max(connections, 1))) {}

  std::vector<CreationRound> run(std::span<const StepId> steps) {
    std::size_t begin = 0;
    while (begin < steps.size()) {
      const bool independent = is_independent(steps[begin]);
      std::size_t end = begin + 1;
      while (end < steps.size() && is_independent(steps[end]) == independent) ++end;
      const std::span<const StepId> run = steps.subspan(begin, end - begin);
      if (independent && connections_ > 1 && run.size() >= kStepsMin) {
        share(run);
      } else {
        append(run);
      }
      begin = end;
    }
    return std::move(rounds_);
  }

 private:
  bool is_independent(StepId id) const { return is_in(kIndependent, plan_.step(id).entry->kind); }

  // To the round before, if that is on one connection as well.
  void append(std::span<const StepId> run) {
    if (rounds_.empty() || rounds_.back().size() != 1) rounds_.emplace_back(1);
    auto& list = rounds_.back().front();
    list.insert(list.end(), run.begin(), run.end());
  }

  void share(std::span<const StepId> run) {
    Groups groups(run.size());
    std::unordered_map<EntryId, std::size_t> place, user;
    for (std::size_t i = 0; i < run.size(); ++i) place[plan_.step(run[i]).entry->id] = i;
    for (std::size_t i = 0; i < run.size(); ++i) {
      const TocEntry& entry = *plan_.step(run[i]).entry;
      for (const EntryId need : entry.dependencies) {
        if (const auto found = place.find(need); found != place.end()) groups.join(i, found->second);
        // Two comments on one object change one catalog; two children of one table lock it.
        if (!describes_another(entry) && !is_in(kShared, toc_.find(need)->kind)) continue;
        const auto [first, is_new] = user.try_emplace(need, i);
        if (!is_new) groups.join(i, first->second);
      }
    }
    deal(run, groups);
  }

  // Each group to the shortest list.
  void deal(std::span<const StepId> run, Groups& groups) {
    std::vector<std::size_t> size(run.size()), list_of(run.size());
    for (std::size_t i = 0; i < run.size(); ++i) ++size[groups.of(i)];
    CreationRound lists(connections_);
    std::vector<std::size_t> load(connections_);
    for (std::size_t i = 0; i < run.size(); ++i) {
      const std::size_t group = groups.of(i);
      if (group == i) {
        list_of[i] = static_cast<std::size_t>(std::min_element(load.begin(), load.end()) - load.begin());
        load[list_of[i]] += size[i];
      }
      lists[list_of[group]].push_back(run[i]);
    }
    std::erase_if(lists, [](const auto& list) { return list.empty(); });
    if (lists.size() == 1) {
      append(lists.front());
    } else {
      rounds_.push_back(std::move(lists));
    }
  }

  const RestorePlan& plan_;
  const format::Toc& toc_;
  const std::size_t connections_;
  std::vector<CreationRound> rounds_;
};

}  // namespace

std::vector<CreationRound> creation_rounds(const RestorePlan& plan, const format::Toc& toc,
                                           std::span<const StepId> steps, int connections) {
  return Sharing(plan, toc, connections).run(steps);
}

}  // namespace pgark::restore
