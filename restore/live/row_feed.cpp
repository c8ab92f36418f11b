#include "restore/live/row_feed.hpp"

#include <algorithm>
#include <utility>

#include "restore/selection.hpp"

namespace pgark::restore {

using format::EntryId;

RowFeed::RowFeed(std::size_t buffers, std::size_t buffer_bytes) : buffers_(buffers, buffer_bytes) {}

void RowFeed::notify() {
  std::function<void()> changed;
  {
    const std::lock_guard lock(mutex_);
    changed = changed_;
  }
  if (changed) changed();
}

void RowFeed::begin(format::Toc toc) {
  {
    const std::lock_guard lock(mutex_);
    early_toc_ = std::move(toc);
    for (const format::TocEntry& entry : early_toc_->entries) {
      if (wants_digest_ && is_large_object_data(entry)) large_objects_ = entry.id;
    }
  }
  notify();
}

void RowFeed::put(FedRows rows) {
  if (rows.info.entry == large_objects_) {
    const std::lock_guard lock(digest_mutex_);
    value_or_throw(large_object_digest_.add(*rows.rows));
  }
  {
    const std::lock_guard lock(mutex_);
    Entry& entry = entries_[rows.info.entry];
    ++entry.put;
    if (dropped_.contains(rows.info.entry)) {
      ++entry.taken;
      rows.rows.release();
    } else {
      queue_.push_back(std::move(rows));
    }
  }
  notify();
}

void RowFeed::end(EntryId id, std::uint64_t chunks) {
  Entry& entry = entries_[id];
  if (!entry.total) ended_.push_back(id);
  entry.total = chunks;
}

void RowFeed::end_entry(EntryId entry, std::uint64_t chunks) {
  {
    const std::lock_guard lock(mutex_);
    end(entry, chunks);
  }
  notify();
}

void RowFeed::finish(format::Toc toc) {
  {
    const std::lock_guard lock(mutex_);
    for (const format::DataSummary& data : toc.data) end(data.entry, data.chunks);
    final_toc_ = std::move(toc);
  }
  notify();
}

void RowFeed::listen(std::function<void()> changed) {
  const std::lock_guard lock(mutex_);
  changed_ = std::move(changed);
}

const format::Toc* RowFeed::early_toc() const {
  const std::lock_guard lock(mutex_);
  return early_toc_ ? &*early_toc_ : nullptr;
}

const format::Toc* RowFeed::final_toc() const {
  const std::lock_guard lock(mutex_);
  return final_toc_ ? &*final_toc_ : nullptr;
}

std::vector<EntryId> RowFeed::waiting() const {
  const std::lock_guard lock(mutex_);
  std::vector<EntryId> entries;
  for (const FedRows& rows : queue_) {
    if (std::ranges::find(entries, rows.info.entry) == entries.end()) entries.push_back(rows.info.entry);
  }
  return entries;
}

std::optional<FedRows> RowFeed::take(EntryId entry) {
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find(queue_, entry, [](const FedRows& rows) { return rows.info.entry; });
  if (found == queue_.end()) return std::nullopt;
  FedRows rows = std::move(*found);
  queue_.erase(found);
  ++entries_[entry].taken;
  return rows;
}

bool RowFeed::exhausted(EntryId id) const {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(id);
  const Entry entry = found == entries_.end() ? Entry() : found->second;
  const bool all_put = entry.total ? *entry.total == entry.put : final_toc_.has_value();
  return all_put && entry.put == entry.taken;
}

std::vector<EntryId> RowFeed::take_ended() {
  const std::lock_guard lock(mutex_);
  return std::exchange(ended_, {});
}

void RowFeed::drop(EntryId id) {
  const std::lock_guard lock(mutex_);
  dropped_.insert(id);
  Entry& entry = entries_[id];
  entry.taken = entry.put;
  std::erase_if(queue_, [id](const FedRows& rows) { return rows.info.entry == id; });
}

bool RowFeed::clogged() const {
  const std::lock_guard lock(mutex_);
  return !queue_.empty() && (final_toc_ || queue_.size() >= buffers_.count());
}

}  // namespace pgark::restore
