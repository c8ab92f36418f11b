// Appends text to a buffer through a raw pointer, so that a value of known size costs one test for room.
//
// The buffer is larger than its content while a TextOut is on it and gets its right size when the TextOut
// goes. Nobody else may touch the buffer meanwhile; the caller owns it. Not thread safe. Positions are
// counted from the start of the buffer and stay valid when it grows; pointers from room() and data() do not.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string_view>

#include "base/buffer_pool.hpp"

namespace pgark::values {

class TextOut {
 public:
  // `expected_bytes` is a guess of how much will be appended.
  TextOut(ByteBuffer& buffer, std::size_t expected_bytes) : buffer_(buffer) {
    const std::size_t size = buffer.size();
    buffer.resize(size + expected_bytes);
    point_at(size);
  }
  ~TextOut() { buffer_.resize(size()); }
  TextOut(const TextOut&) = delete;
  TextOut& operator=(const TextOut&) = delete;

  std::size_t size() const { return static_cast<std::size_t>(at_ - begin_); }
  char* data() { return begin_; }
  std::string_view text_from(std::size_t position) const { return {begin_ + position, size() - position}; }

  // Where at least `count` bytes may be written; what was written counts after advance_to().
  char* room(std::size_t count) {
    if (static_cast<std::size_t>(end_ - at_) < count) grow(count);
    return at_;
  }
  void advance_to(char* end) { at_ = end; }
  void truncate(std::size_t position) { at_ = begin_ + position; }

  void put(char c) {
    *room(1) = c;
    ++at_;
  }
  void put(std::string_view text) {
    if (text.empty()) return;
    std::memcpy(room(text.size()), text.data(), text.size());
    at_ += text.size();
  }

 private:
  void grow(std::size_t count) {
    const std::size_t used = size();
    buffer_.resize(std::max(used + count, buffer_.size() + buffer_.size() / 2));
    point_at(used);
  }
  void point_at(std::size_t used) {
    begin_ = reinterpret_cast<char*>(buffer_.data());
    at_ = begin_ + used;
    end_ = begin_ + buffer_.size();
  }

  ByteBuffer& buffer_;
  char* begin_ = nullptr;
  char* at_ = nullptr;
  char* end_ = nullptr;
};

}  // namespace pgark::values
