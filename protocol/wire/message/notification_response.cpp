#include "protocol/wire/message/notification_response.hpp"

#include "protocol/wire/message/decode.hpp"

namespace pgark::wire {

Result<NotificationResponse> decode_notification_response(ByteSpan payload) {
  ByteReader reader(payload);
  NotificationResponse result;
  result.process_id = reader.u32_be();
  result.channel = reader.cstring();
  result.payload = reader.cstring();
  if (!reader.done()) return malformed("NotificationResponse");
  return result;
}

}  // namespace pgark::wire
