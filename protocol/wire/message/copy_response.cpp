#include "protocol/wire/message/copy_response.hpp"

#include "protocol/wire/message/decode.hpp"

namespace pgark::wire {

Result<CopyResponse> decode_copy_response(ByteSpan payload) {
  ByteReader reader(payload);
  CopyResponse result;
  const std::uint8_t format = reader.u8();
  result.is_binary = format == 1;
  result.column_count = count16_be(reader, 2);
  bool formats_known = format <= 1;
  for (std::uint16_t i = 0; i < result.column_count; ++i) formats_known &= reader.u16_be() <= format;
  if (!reader.done() || !formats_known) return malformed("CopyResponse");
  return result;
}

}  // namespace pgark::wire
