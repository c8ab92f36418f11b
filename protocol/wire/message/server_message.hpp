// ErrorResponse (E) and NoticeResponse (N): typed strings.
//
//   | { field type u8 | value, zero-terminated }* | 0 |
//
// PostgreSQL documentation, "Error and Notice Message Fields".
#pragma once

#include "base/bytes.hpp"
#include "base/error.hpp"

namespace pgark::wire {

// Unknown fields are skipped, as the documentation asks. `severity` is the field V where the server sends it
// (9.6 and later), else the localised S.
Result<ServerMessage> decode_server_message(ByteSpan payload);

// FATAL and PANIC end the session.
bool is_fatal(const ServerMessage& message);

}  // namespace pgark::wire
