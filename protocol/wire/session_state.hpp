// What a session learns from messages that may arrive at any time (ParameterStatus, NoticeResponse,
// NotificationResponse) and from the end of start-up. The connection owns one and lends it to one
// machine after the other; it outlives them. Not thread safe.
// PostgreSQL documentation, "Message Flow", section "Asynchronous Operations".
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace pgark::wire {

inline constexpr std::uint32_t kProtocol30 = 3u << 16;
inline constexpr std::uint32_t kProtocol32 = (3u << 16) | 2u;

struct SessionState {
  // Latest ParameterStatus values. At most kParametersMax names are kept.
  std::map<std::string, std::string, std::less<>> parameters;
  std::uint32_t backend_pid = 0;
  std::vector<std::byte> cancel_key;  // 4 bytes in 3.0, up to 256 in 3.2; empty when none was sent
  std::uint32_t protocol_version = kProtocol30;
  char transaction_status = 'I';  // of the last ReadyForQuery: 'I', 'T' or 'E'

  // Called from within a machine's resume(); may be empty, must not throw.
  std::function<void(const ServerMessage&)> on_notice;
  std::function<void(std::string_view channel, std::string_view payload)> on_notification;

  static constexpr std::size_t kParametersMax = 1000;

  // Value of a reported parameter; empty when it was not reported.
  std::string_view parameter(std::string_view name) const {
    const auto found = parameters.find(name);
    return found == parameters.end() ? std::string_view{} : std::string_view(found->second);
  }
};

}  // namespace pgark::wire
