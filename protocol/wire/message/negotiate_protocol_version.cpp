#include "protocol/wire/message/negotiate_protocol_version.hpp"

#include "protocol/wire/message/decode.hpp"

namespace pgark::wire {

Result<NegotiateProtocolVersion> decode_negotiate_protocol_version(ByteSpan payload) {
  ByteReader reader(payload);
  NegotiateProtocolVersion result;
  result.newest_version = reader.u32_be();
  const std::uint32_t count = reader.u32_be();
  if (count > reader.remaining()) return malformed("NegotiateProtocolVersion");
  result.unknown_options.reserve(count);
  for (std::uint32_t i = 0; i < count && reader.ok(); ++i) result.unknown_options.push_back(reader.cstring());
  if (!reader.done()) return malformed("NegotiateProtocolVersion");
  return result;
}

}  // namespace pgark::wire
