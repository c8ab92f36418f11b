// NegotiateProtocolVersion (v): the server does not know the minor version or an option asked for.
//
//   | newest version the server offers u32 | options u32 | option name, zero-terminated, each |
//
// The first field is the whole version number (major in the upper half) from PostgreSQL 18 on and
// the minor version alone in the documentation of earlier ones, whose servers do send the whole number.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/error.hpp"

namespace pgark::wire {

struct NegotiateProtocolVersion {
  std::uint32_t newest_version = 0;  // as sent
  std::vector<std::string_view> unknown_options;
};

Result<NegotiateProtocolVersion> decode_negotiate_protocol_version(ByteSpan payload);

}  // namespace pgark::wire
