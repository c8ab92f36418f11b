// What all decoders of backend messages share.
//
// decode_<message>(payload) takes the bytes after the length. Each rejects short payloads, trailing bytes and
// counts larger than the bytes left, with ErrorCode::protocol and the message's name. Views in the results
// are valid as long as the payload.
#pragma once

#include <string_view>

#include "base/bytes.hpp"
#include "base/error.hpp"

namespace pgark::wire {

// The error of a decoder: "malformed RowDescription from the server".
tl::unexpected<Error> malformed(std::string_view message_name);

// Reads a 16-bit count of items of at least `bytes_each_min` bytes, failing the reader when they cannot be
// there.
std::uint16_t count16_be(ByteReader& reader, std::size_t bytes_each_min);

// ParseComplete, BindComplete, CloseComplete, NoData, EmptyQueryResponse, PortalSuspended, CopyDone.
Result<void> decode_empty(ByteSpan payload, std::string_view message_name);

}  // namespace pgark::wire
