// Finds the distinct values of a column and numbers them in the order of their first appearance.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.hpp"
#include "format/columnar/scratch.hpp"

namespace pgark::format::columnar {

struct DictionaryEntry {
  std::uint64_t head = 0;  // the first and the last eight bytes, zero-filled
  std::uint64_t tail = 0;
  const std::byte* value = nullptr;
  std::uint32_t length = 0;
};

// Not thread safe. Entries point into the values given to build.
class Dictionary {
 public:
  static constexpr std::size_t kEntriesMax = 4096;

  // Values one behind the other, value i of lengths[i] bytes, or all of `width` bytes when `lengths` is null.
  // kSlackBytes more may be read. False: there are more than `entries_max` distinct values (at most
  // kEntriesMax), or their count is no longer worth it.
  bool build(const std::byte* values, std::size_t count, const std::uint32_t* lengths, std::uint32_t width,
             std::size_t entries_max);

  const std::vector<DictionaryEntry>& entries() const { return entries_; }
  const std::uint16_t* codes() const { return codes_.data(); }
  std::size_t kept_bytes() const { return codes_.capacity() * sizeof(std::uint16_t); }
  void release() { codes_.release(); }

 private:
  static constexpr unsigned kSlotBits = 14;  // four times kEntriesMax

  bool build_bytes(const std::byte* values, std::size_t count, std::size_t entries_max);

  std::vector<DictionaryEntry> entries_;
  Scratch<std::uint16_t> codes_;
  Scratch<std::uint16_t> slots_;  // entry + 1, or 0
};

}  // namespace pgark::format::columnar
