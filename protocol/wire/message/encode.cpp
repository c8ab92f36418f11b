#include "protocol/wire/message/encode.hpp"

#include <fmt/format.h>

namespace pgark::wire {

Result<void> check_sendable(std::string_view text, std::string_view what) {
  if (text.find('\0') != std::string_view::npos) {
    return fail(ErrorCode::usage, fmt::format("{} contains a zero byte", what));
  }
  if (text.size() > kFrontendMessageBytesMax) {
    return fail(ErrorCode::usage,
                fmt::format("{} of {} bytes is longer than the protocol allows", what, text.size()));
  }
  return {};
}

MessageScope::MessageScope(FrontendType type, std::vector<std::byte>& out) : writer_(out) {
  writer_.u8(static_cast<std::uint8_t>(type));
  length_at_ = writer_.size();
  writer_.u32_be(0);
}

MessageScope::~MessageScope() {
  writer_.patch_u32_be(length_at_, static_cast<std::uint32_t>(writer_.size() - length_at_));
}

}  // namespace pgark::wire
