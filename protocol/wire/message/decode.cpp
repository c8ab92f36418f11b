#include "protocol/wire/message/decode.hpp"

#include <fmt/format.h>

namespace pgark::wire {

tl::unexpected<Error> malformed(std::string_view message_name) {
  return fail(ErrorCode::protocol, fmt::format("malformed {} from the server", message_name));
}

std::uint16_t count16_be(ByteReader& reader, std::size_t bytes_each_min) {
  const std::uint16_t count = reader.u16_be();
  if (count > reader.remaining() / bytes_each_min) {
    reader.set_failed();
    return 0;
  }
  return count;
}

Result<void> decode_empty(ByteSpan payload, std::string_view message_name) {
  if (!payload.empty()) return malformed(message_name);
  return {};
}

}  // namespace pgark::wire
