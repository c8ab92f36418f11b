// Cuts the received byte stream into protocol messages.
//
// Owns one growable receive buffer. A message is a type byte and a big-endian length that counts
// itself but not the type:
//
//   | type u8 | length u32 | payload, length - 4 bytes |
//
// Receive with prepare() and commit(), then take messages with next() until it gives none. Views
// are valid until the next prepare(). Errors are sticky: the stream cannot be trusted after one.
// The buffer grows with what was received, never with what a length field claims. Not thread safe.
// PostgreSQL documentation, "Frontend/Backend Protocol", section "Messaging Overview".
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/error.hpp"

namespace pgark::wire {

inline constexpr std::size_t kReceiveBufferBytes = 256 * 1024;
inline constexpr std::size_t kMessageHeaderBytes = 5;

// Longest payload accepted. Rows and COPY data may hold a 1 GiB value, plus headers and escapes of the
// other columns; texts that a server composes are long at times; all the rest is small.
inline constexpr std::size_t kRowPayloadBytesMax = (std::size_t{1} << 30) + (std::size_t{64} << 20);
inline constexpr std::size_t kTextPayloadBytesMax = std::size_t{16} << 20;
inline constexpr std::size_t kSmallPayloadBytesMax = 64 * 1024;

struct MessageView {
  char type = 0;
  ByteSpan payload;
};

struct MessageHeader {
  char type = 0;
  std::size_t payload_bytes = 0;
};

class FrameReader {
 public:
  explicit FrameReader(std::size_t capacity_bytes = kReceiveBufferBytes);

  // Space to receive into, at least `bytes_min` long. Invalidates all views.
  MutableByteSpan prepare(std::size_t bytes_min = 1);
  // `count` bytes were received. REQUIRES: count <= size of the span prepare() gave.
  void commit(std::size_t count);

  // The next complete message; nullopt when more bytes are needed. REQUIRES: no message is open.
  Result<std::optional<MessageView>> next();

  // Looks at the next header, as soon as its five bytes are there.
  Result<std::optional<MessageHeader>> peek();
  // Appends the payloads of consecutive messages of one type, as far as they are whole, to `out`
  // until it holds `soft_limit_bytes`: the inner loop of COPY.
  void append_payloads(char type, std::vector<std::byte>& out, std::size_t soft_limit_bytes);
  // Piecewise, for messages that need not be whole in memory. REQUIRES: peek() gave a header.
  // piece() then gives what was received of the payload until open_bytes() is 0, whereupon the
  // message is over.
  void open();
  ByteSpan piece();
  std::size_t open_bytes() const { return open_bytes_; }
  // Payload size of the message that append_payloads() or open() began last; 0: none yet.
  std::size_t last_payload_bytes() const { return last_payload_bytes_; }

  // The one byte that answers an SSLRequest is not a message.
  std::optional<std::byte> take_byte();

  // Received and not consumed.
  std::size_t buffered() const { return end_ - begin_; }
  std::size_t capacity_bytes() const { return capacity_; }

  // Until the server is authenticated every message is limited to kSmallPayloadBytesMax.
  // A new reader is not trusted; StartupMachine calls this at its end.
  void set_trusted() { trusted_ = true; }

 private:
  std::size_t payload_bytes_max(char type) const;

  std::unique_ptr<std::byte[]> buffer_;
  const std::size_t initial_capacity_;
  std::size_t capacity_;
  std::size_t begin_ = 0;       // first byte not consumed; begin_ <= end_ <= capacity_
  std::size_t end_ = 0;         // end of what was received
  std::size_t open_bytes_ = 0;  // payload of the open message not yet taken
  std::size_t last_payload_bytes_ = 0;
  bool trusted_ = false;
  std::optional<Error> error_;
};

}  // namespace pgark::wire
