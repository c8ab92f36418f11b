// Bounds-checked reading and appending of binary fields.
//
// ByteReader is sticky: after the first short or invalid read every further read returns zero or
// an empty view and ok() stays false, so a decoder reads a whole structure and checks once.
// Big-endian (_be) fields are PostgreSQL's wire protocol, little-endian (_le) the archive.
// Views returned by a reader are valid as long as the bytes it was made from.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pgark {

using ByteSpan = std::span<const std::byte>;
using MutableByteSpan = std::span<std::byte>;

inline ByteSpan as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}
inline std::string_view as_text(ByteSpan bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

namespace detail {
template <std::unsigned_integral T>
constexpr T swap_bytes(T value) {
  if constexpr (sizeof(T) == 1) {
    return value;
  } else if constexpr (sizeof(T) == 2) {
    return __builtin_bswap16(value);
  } else if constexpr (sizeof(T) == 4) {
    return __builtin_bswap32(value);
  } else {
    return __builtin_bswap64(value);
  }
}
template <std::unsigned_integral T, std::endian Order>
T load(const std::byte* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  if constexpr (Order != std::endian::native) value = swap_bytes(value);
  return value;
}
template <std::unsigned_integral T, std::endian Order>
void store(std::byte* to, T value) {
  if constexpr (Order != std::endian::native) value = swap_bytes(value);
  std::memcpy(to, &value, sizeof value);
}
}  // namespace detail

class ByteReader {
 public:
  explicit ByteReader(ByteSpan bytes) : bytes_(bytes) {}

  bool ok() const { return ok_; }
  // True when everything was read and nothing failed: decoders reject trailing bytes with it.
  bool done() const { return ok_ && bytes_.empty(); }
  std::size_t remaining() const { return bytes_.size(); }
  void set_failed() {
    ok_ = false;
    bytes_ = {};
  }

  std::uint8_t u8() { return number<std::uint8_t, std::endian::native>(); }
  std::uint16_t u16_be() { return number<std::uint16_t, std::endian::big>(); }
  std::uint32_t u32_be() { return number<std::uint32_t, std::endian::big>(); }
  std::uint64_t u64_be() { return number<std::uint64_t, std::endian::big>(); }
  std::int16_t i16_be() { return static_cast<std::int16_t>(u16_be()); }
  std::int32_t i32_be() { return static_cast<std::int32_t>(u32_be()); }
  std::uint16_t u16_le() { return number<std::uint16_t, std::endian::little>(); }
  std::uint32_t u32_le() { return number<std::uint32_t, std::endian::little>(); }
  std::uint64_t u64_le() { return number<std::uint64_t, std::endian::little>(); }

  ByteSpan bytes(std::size_t count) {
    if (count > bytes_.size()) {
      set_failed();
      return {};
    }
    const ByteSpan result = bytes_.first(count);
    bytes_ = bytes_.subspan(count);
    return result;
  }
  std::string_view text(std::size_t count) { return as_text(bytes(count)); }
  ByteSpan rest() { return bytes(bytes_.size()); }

  // A zero-terminated string, without its terminator.
  std::string_view cstring() {
    const void* end = bytes_.empty() ? nullptr : std::memchr(bytes_.data(), 0, bytes_.size());
    if (end == nullptr) {
      set_failed();
      return {};
    }
    const auto length = static_cast<std::size_t>(static_cast<const std::byte*>(end) - bytes_.data());
    const std::string_view result = text(length);
    bytes(1);
    return result;
  }

  // Reads a 32-bit little-endian count and fails when `count * bytes_each_min` exceeds the bytes
  // left, so a hostile count can never make the caller allocate more than the input's size.
  std::uint32_t count32_le(std::size_t bytes_each_min) {
    const std::uint32_t count = u32_le();
    if (bytes_each_min != 0 && count > bytes_.size() / bytes_each_min) {
      set_failed();
      return 0;
    }
    return count;
  }

 private:
  template <std::unsigned_integral T, std::endian Order>
  T number() {
    if (bytes_.size() < sizeof(T)) {
      set_failed();
      return 0;
    }
    const T value = detail::load<T, Order>(bytes_.data());
    bytes_ = bytes_.subspan(sizeof(T));
    return value;
  }

  ByteSpan bytes_;
  bool ok_ = true;
};

// Appends to a vector owned by the caller, who must outlive the writer.
class ByteWriter {
 public:
  explicit ByteWriter(std::vector<std::byte>& out) : out_(out) {}

  void u8(std::uint8_t value) { number<std::endian::native>(value); }
  void u16_be(std::uint16_t value) { number<std::endian::big>(value); }
  void u32_be(std::uint32_t value) { number<std::endian::big>(value); }
  void u64_be(std::uint64_t value) { number<std::endian::big>(value); }
  void i16_be(std::int16_t value) { u16_be(static_cast<std::uint16_t>(value)); }
  void i32_be(std::int32_t value) { u32_be(static_cast<std::uint32_t>(value)); }
  void u16_le(std::uint16_t value) { number<std::endian::little>(value); }
  void u32_le(std::uint32_t value) { number<std::endian::little>(value); }
  void u64_le(std::uint64_t value) { number<std::endian::little>(value); }
  void bytes(ByteSpan bytes) { out_.insert(out_.end(), bytes.begin(), bytes.end()); }
  void text(std::string_view text) { bytes(as_bytes(text)); }
  void cstring(std::string_view text) {
    bytes(as_bytes(text));
    u8(0);
  }

  std::size_t size() const { return out_.size(); }
  // Overwrites a 32-bit big-endian field written earlier (message lengths).
  void patch_u32_be(std::size_t at, std::uint32_t value) {
    detail::store<std::uint32_t, std::endian::big>(out_.data() + at, value);
  }

 private:
  template <std::endian Order, std::unsigned_integral T>
  void number(T value) {
    const std::size_t at = out_.size();
    out_.resize(at + sizeof value);
    detail::store<T, Order>(out_.data() + at, value);
  }

  std::vector<std::byte>& out_;
};

}  // namespace pgark
