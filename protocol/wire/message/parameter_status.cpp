#include "protocol/wire/message/parameter_status.hpp"

#include "protocol/wire/message/decode.hpp"

namespace pgark::wire {

Result<ParameterStatus> decode_parameter_status(ByteSpan payload) {
  ByteReader reader(payload);
  ParameterStatus result;
  result.name = reader.cstring();
  result.value = reader.cstring();
  if (!reader.done()) return malformed("ParameterStatus");
  return result;
}

}  // namespace pgark::wire
