#include "protocol/wire/message/copy_data.hpp"

#include <cassert>

#include "protocol/wire/message/encode.hpp"

namespace pgark::wire {

void append_copy_data_header(std::size_t payload_bytes, std::vector<std::byte>& out) {
  assert(payload_bytes <= kFrontendMessageBytesMax);
  ByteWriter writer(out);
  writer.u8(static_cast<std::uint8_t>(FrontendType::copy_data));
  writer.u32_be(static_cast<std::uint32_t>(payload_bytes + 4));
}

void append_copy_done(std::vector<std::byte>& out) {
  MessageScope message(FrontendType::copy_done, out);
}

void append_copy_fail(std::string_view reason, std::vector<std::byte>& out) {
  MessageScope message(FrontendType::copy_fail, out);
  message.writer().cstring(reason);
}

}  // namespace pgark::wire
