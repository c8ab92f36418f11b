#include "protocol/wire/message/parameter_description.hpp"

#include "protocol/wire/message/decode.hpp"

namespace pgark::wire {

Result<std::vector<std::uint32_t>> decode_parameter_description(ByteSpan payload) {
  ByteReader reader(payload);
  const std::uint16_t count = count16_be(reader, 4);
  std::vector<std::uint32_t> oids;
  oids.reserve(count);
  for (std::uint16_t i = 0; i < count; ++i) oids.push_back(reader.u32_be());
  if (!reader.done()) return malformed("ParameterDescription");
  return oids;
}

}  // namespace pgark::wire
