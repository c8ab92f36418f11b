// NotificationResponse (A): somebody called NOTIFY.
//
//   | process id u32 | channel, zero-terminated | payload, zero-terminated |
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.hpp"
#include "base/error.hpp"

namespace pgark::wire {

struct NotificationResponse {
  std::uint32_t process_id = 0;
  std::string_view channel;
  std::string_view payload;
};

Result<NotificationResponse> decode_notification_response(ByteSpan payload);

}  // namespace pgark::wire
