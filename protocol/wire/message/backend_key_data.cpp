#include "protocol/wire/message/backend_key_data.hpp"

#include "protocol/wire/message/decode.hpp"

namespace pgark::wire {

Result<BackendKeyData> decode_backend_key_data(ByteSpan payload) {
  ByteReader reader(payload);
  BackendKeyData result;
  result.process_id = reader.u32_be();
  result.secret_key = reader.rest();
  const std::size_t size = result.secret_key.size();
  if (!reader.done() || size < kCancelKeyBytesMin || size > kCancelKeyBytesMax) {
    return malformed("BackendKeyData");
  }
  return result;
}

}  // namespace pgark::wire
