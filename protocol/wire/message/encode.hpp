// What all encoders of frontend messages share.
//
// append_<message>(..., out) appends one whole message. REQUIRES: texts hold no zero byte (has_zero_byte())
// and the message stays under 1 GiB (kFrontendMessageBytesMax), which is what the server accepts.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "protocol/wire/message/type.hpp"

namespace pgark::wire {

inline constexpr std::size_t kFrontendMessageBytesMax = (std::size_t{1} << 30) - 64 * 1024;

// ErrorCode::usage for a text that cannot be sent: it holds a zero byte or is too long.
Result<void> check_sendable(std::string_view text, std::string_view what);

// Writes type and length around what is written to writer() during its life.
class MessageScope {
 public:
  MessageScope(FrontendType type, std::vector<std::byte>& out);
  ~MessageScope();
  MessageScope(const MessageScope&) = delete;
  MessageScope& operator=(const MessageScope&) = delete;
  ByteWriter& writer() { return writer_; }

 private:
  ByteWriter writer_;
  std::size_t length_at_;
};

}  // namespace pgark::wire
