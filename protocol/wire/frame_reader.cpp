#include "protocol/wire/frame_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cstring>

namespace pgark::wire {

FrameReader::FrameReader(std::size_t capacity_bytes)
    : initial_capacity_(std::max<std::size_t>(capacity_bytes, 2 * kMessageHeaderBytes)),
      capacity_(initial_capacity_) {
  buffer_ = std::make_unique_for_overwrite<std::byte[]>(capacity_);
}

MutableByteSpan FrameReader::prepare(std::size_t bytes_min) {
  bytes_min = std::max<std::size_t>(bytes_min, 1);
  const std::size_t held = buffered();
  // Doubling keeps the copying linear; a buffer that one long message blew up goes back to its first
  // size once it is empty.
  std::size_t wanted = held == 0 && capacity_ > initial_capacity_ ? initial_capacity_ : capacity_;
  while (wanted - held < bytes_min) wanted *= 2;
  if (wanted != capacity_) {
    auto grown = std::make_unique_for_overwrite<std::byte[]>(wanted);
    std::memcpy(grown.get(), buffer_.get() + begin_, held);
    buffer_ = std::move(grown);
    capacity_ = wanted;
    begin_ = 0;
    end_ = held;
  } else if (begin_ != 0 && (held == 0 || capacity_ - end_ < std::max(bytes_min, capacity_ / 2))) {
    std::memmove(buffer_.get(), buffer_.get() + begin_, held);
    begin_ = 0;
    end_ = held;
  }
  return {buffer_.get() + end_, capacity_ - end_};
}

void FrameReader::commit(std::size_t count) {
  assert(count <= capacity_ - end_);
  end_ += count;
}

std::size_t FrameReader::payload_bytes_max(char type) const {
  if (!trusted_) return kSmallPayloadBytesMax;
  switch (type) {
    case 'D':
    case 'd': return kRowPayloadBytesMax;
    case 'A':
    case 'E':
    case 'N':
    case 'S':
    case 'T':
    case 't': return kTextPayloadBytesMax;
    default: return kSmallPayloadBytesMax;
  }
}

Result<std::optional<MessageHeader>> FrameReader::peek() {
  assert(open_bytes_ == 0);
  if (error_) return tl::unexpected(*error_);
  if (buffered() < kMessageHeaderBytes) return std::optional<MessageHeader>{};
  const std::byte* at = buffer_.get() + begin_;
  const char type = static_cast<char>(at[0]);
  const std::size_t length = detail::load<std::uint32_t, std::endian::big>(at + 1);
  if (length < 4 || length - 4 > payload_bytes_max(type)) {
    const auto code = static_cast<unsigned char>(type);
    error_ = fail(ErrorCode::protocol,
                  fmt::format("message of type 0x{:02x} has impossible length {}", code, length), {},
                  "is there a PostgreSQL server at this address and port?")
                 .value();
    return tl::unexpected(*error_);
  }
  return MessageHeader{type, length - 4};
}

Result<std::optional<MessageView>> FrameReader::next() {
  const auto found = peek();
  if (!found) return tl::unexpected(found.error());
  if (!*found || buffered() - kMessageHeaderBytes < (*found)->payload_bytes) {
    return std::optional<MessageView>{};
  }
  const std::byte* payload = buffer_.get() + begin_ + kMessageHeaderBytes;
  begin_ += kMessageHeaderBytes + (*found)->payload_bytes;
  return MessageView{(*found)->type, {payload, (*found)->payload_bytes}};
}

void FrameReader::append_payloads(char type, std::vector<std::byte>& out, std::size_t soft_limit_bytes) {
  if (error_) return;
  const std::size_t payload_max = payload_bytes_max(type);
  std::size_t last_length = last_payload_bytes_ + 4;
  while (out.size() < soft_limit_bytes && buffered() >= kMessageHeaderBytes) {
    const std::byte* at = buffer_.get() + begin_;
    if (static_cast<char>(*at) != type) break;
    const std::size_t length = detail::load<std::uint32_t, std::endian::big>(at + 1);
    // Left to peek(), which makes errors, and to open(), which takes pieces.
    if (length < 4 || length - 4 > payload_max || buffered() - 1 < length) break;
    out.insert(out.end(), at + kMessageHeaderBytes, at + 1 + length);
    begin_ += 1 + length;
    last_length = length;
  }
  last_payload_bytes_ = last_length - 4;
}

void FrameReader::open() {
  const auto header = peek();
  assert(header && *header);
  begin_ += kMessageHeaderBytes;
  open_bytes_ = last_payload_bytes_ = (*header)->payload_bytes;
}

ByteSpan FrameReader::piece() {
  const std::size_t count = std::min(open_bytes_, buffered());
  const ByteSpan result{buffer_.get() + begin_, count};
  begin_ += count;
  open_bytes_ -= count;
  return result;
}

std::optional<std::byte> FrameReader::take_byte() {
  if (buffered() == 0) return std::nullopt;
  return buffer_[begin_++];
}

}  // namespace pgark::wire
