#include "dumper/data/range_scheduler.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

namespace pgark::dumper {

RangeScheduler::RangeScheduler(std::vector<TableWork> heaviest_first, std::size_t workers)
    : workers_(workers) {
  tables_.reserve(heaviest_first.size());
  for (const TableWork& work : heaviest_first) {
    Table table{work, work.pages, 0, 0, false};
    if (work.pages != 0) table.bytes_per_page = static_cast<double>(work.bytes) / work.pages;
    tables_.push_back(table);
    bytes_left_ += work.bytes;
    unfinished_.insert(work.object);
  }
}

RangeScheduler::Turn RangeScheduler::turn(std::size_t worker, std::function<void()> freed) {
  const std::lock_guard lock(mutex_);
  Worker& self = workers_.at(worker);
  assert(!self.running);
  const bool has_work = self.rest.size() != 0 || take_unstarted(self) || steal(self);
  if (!has_work) {
    const bool waits = unstarted_ != tables_.size();
    if (waits && freed) waiting_.push_back(std::move(freed));
    return {std::nullopt, waits};
  }
  self.running = cut(self);
  bytes_left_ -= std::min(bytes_left_, self.running->bytes);
  return {self.running, false};
}

bool RangeScheduler::finished(std::size_t worker, double seconds) {
  const std::lock_guard lock(mutex_);
  Worker& self = workers_.at(worker);
  assert(self.running);
  Table& table = tables_[self.table];
  const Piece& piece = *self.running;
  // The clock's grain makes very short pieces infinitely fast; such a measurement is worthless anyway.
  if (piece.pages.size() != 0) table.pages_per_second = piece.pages.size() / std::max(seconds, 0.001);
  table.pages_unfinished -= piece.pages.size();
  self.running.reset();
  if (table.pages_unfinished != 0) return false;
  unfinished_.erase(table.work.object);
  // What was called waits for this lock at most.
  for (const auto& call : std::exchange(waiting_, {})) call();
  return true;
}

// A table that is not to be cut has no pages and is handed out by cut() as a whole.
bool RangeScheduler::take_unstarted(Worker& worker) {
  const auto startable = [this](const Table& table) { return !table.begun && may_begin(table); };
  const auto first = tables_.begin() + static_cast<std::ptrdiff_t>(unstarted_);
  auto found = std::find_if(first, tables_.end(), startable);
  const bool alone =
      std::ranges::none_of(workers_, [](const Worker& any) { return any.running.has_value(); });
  if (found == tables_.end() && alone) found = first;  // they wait for each other: one has to be first
  if (found == tables_.end()) return false;
  found->begun = true;
  worker.table = static_cast<std::size_t>(found - tables_.begin());
  worker.rest = {0, found->work.pages};
  while (unstarted_ < tables_.size() && tables_[unstarted_].begun) ++unstarted_;
  return true;
}

bool RangeScheduler::may_begin(const Table& table) const {
  return std::ranges::none_of(table.work.after,
                              [this](std::size_t object) { return unfinished_.contains(object); });
}

bool RangeScheduler::steal(Worker& thief) {
  Worker* victim = nullptr;
  for (Worker& candidate : workers_) {
    if (candidate.rest.size() == 0) continue;
    if (victim == nullptr || rest_bytes(candidate) > rest_bytes(*victim)) victim = &candidate;
  }
  if (victim == nullptr) return false;
  thief.table = victim->table;
  const std::uint32_t rest = victim->rest.size();
  // Too small to cut: taken whole. Its holder is busy with a piece, or it would have taken this one.
  const std::uint32_t kept = rest < 2 * tables_[victim->table].work.pages_min ? 0 : rest / 2;
  const std::uint32_t middle = victim->rest.begin + kept;
  thief.rest = {middle, victim->rest.end};
  victim->rest.end = middle;
  return true;
}

Piece RangeScheduler::cut(Worker& worker) {
  const Table& table = tables_[worker.table];
  Piece piece;
  piece.object = table.work.object;
  if (worker.rest.size() == 0) {
    piece.whole = true;
    piece.bytes = table.work.bytes;
    return piece;
  }
  std::uint32_t pages = std::min(piece_pages(table), worker.rest.size());
  if (worker.rest.size() - pages < table.work.pages_min) pages = worker.rest.size();  // leave no crumb
  piece.pages = {worker.rest.begin, worker.rest.begin + pages};
  piece.open_ended = piece.pages.end == table.work.pages;
  piece.whole = piece.open_ended && piece.pages.begin == 0;
  piece.bytes = static_cast<std::uint64_t>(std::llround(table.bytes_per_page * pages));
  worker.rest.begin = piece.pages.end;
  return piece;
}

std::uint32_t RangeScheduler::piece_pages(const Table& table) const {
  const double by_speed = table.pages_per_second > 0
                              ? table.pages_per_second * kPieceSeconds
                              : static_cast<double>(kFirstPieceBytes) / table.bytes_per_page;
  // Guided by what is left: half of each worker's share, so that the last pieces are short.
  const double share = static_cast<double>(bytes_left_) / (2.0 * static_cast<double>(workers_.size()));
  const double by_rest = share / table.bytes_per_page;
  const double pages = std::clamp(std::min(by_speed, by_rest), static_cast<double>(table.work.pages_min),
                                  static_cast<double>(table.work.pages));
  return static_cast<std::uint32_t>(pages);
}

double RangeScheduler::rest_bytes(const Worker& worker) const {
  return tables_[worker.table].bytes_per_page * worker.rest.size();
}

}  // namespace pgark::dumper
