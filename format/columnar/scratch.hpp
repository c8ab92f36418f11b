// Memory that keeps its capacity between chunks and is not zeroed. Not thread safe.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>

namespace pgark::format::columnar {

// Bytes past the end of a value that the fast paths may read or write.
inline constexpr std::size_t kSlackBytes = 64;

// Scratch memory beyond this much is given back after a chunk: columns of different tables need it in
// different places, and one huge row must not be paid for ever.
inline std::size_t kept_bytes_max(std::size_t row_bytes) {
  constexpr std::size_t kAlwaysKept = std::size_t{24} << 20;
  return std::max(kAlwaysKept, 4 * row_bytes);
}

// Large blocks of memory begin at the same place in a page. Streams that advance side by side then compete
// for the same few lines of the first-level cache, so each is given another distance from there.
inline std::size_t stream_skew_bytes(std::size_t stream) {
  constexpr std::size_t kLine = 64, kLines = 64;
  return stream * 11 % kLines * kLine;
}

template <class T>
class Scratch {
 public:
  T* data() { return data_.get() + skew_; }
  const T* data() const { return data_.get() + skew_; }
  std::size_t capacity() const { return capacity_; }

  // Room for `count` elements; what was there is lost when it has to grow.
  T* reserve(std::size_t count) {
    if (count > capacity_) allocate(count, 0);
    return data();
  }
  // Room for `count` elements, of which the first `used` are kept.
  T* grow(std::size_t count, std::size_t used) {
    if (count > capacity_) allocate(std::max(count, capacity_ + capacity_ / 2), used);
    return data();
  }
  void release() {
    data_.reset();
    skew_ = 0;
    capacity_ = 0;
  }
  // From the next allocation on.
  void set_stream(std::size_t stream) { next_skew_ = stream_skew_bytes(stream) / sizeof(T); }

 private:
  void allocate(std::size_t count, std::size_t used) {
    auto larger = std::make_unique_for_overwrite<T[]>(count + next_skew_);
    if (used != 0) std::memcpy(larger.get() + next_skew_, data(), used * sizeof(T));
    data_ = std::move(larger);
    skew_ = next_skew_;
    capacity_ = count;
  }

  std::unique_ptr<T[]> data_;
  std::size_t skew_ = 0;
  std::size_t next_skew_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace pgark::format::columnar
