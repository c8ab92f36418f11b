// The four messages that may open a connection. They have no type byte.
//
//   StartupMessage  | length u32 | version u32 | { name | value }*, zero-terminated | 0 |
//   SSLRequest      | 8 u32  | 80877103 u32 |
//   GSSENCRequest   | 8 u32  | 80877104 u32 |
//   CancelRequest   | length u32 | 80877102 u32 | process id u32 | secret key, 4 to 256 bytes |
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/error.hpp"

namespace pgark::wire {

// The server accepts no longer start-up packet.
inline constexpr std::size_t kStartupMessageBytesMax = 10'000;

// `parameters` begin with the user; pairs with an empty value are left out.
void append_startup_message(std::uint32_t version,
                            std::span<const std::pair<std::string, std::string>> parameters,
                            std::vector<std::byte>& out);
void append_ssl_request(std::vector<std::byte>& out);
void append_gssenc_request(std::vector<std::byte>& out);
void append_cancel_request(std::uint32_t process_id, ByteSpan secret_key, std::vector<std::byte>& out);

}  // namespace pgark::wire
