#include "protocol/wire/message/ready_for_query.hpp"

#include "protocol/wire/message/decode.hpp"

namespace pgark::wire {

Result<char> decode_ready_for_query(ByteSpan payload) {
  ByteReader reader(payload);
  const char status = static_cast<char>(reader.u8());
  if (!reader.done() || (status != 'I' && status != 'T' && status != 'E')) {
    return malformed("ReadyForQuery");
  }
  return status;
}

}  // namespace pgark::wire
