// CopyOutResponse (H), CopyInResponse (G), CopyBothResponse (W): a COPY begins.
//
//   | overall format u8: 0 text, 1 binary | columns u16 | format u16, per column |
#pragma once

#include <cstdint>

#include "base/bytes.hpp"
#include "base/error.hpp"

namespace pgark::wire {

struct CopyResponse {
  bool is_binary = false;
  std::uint16_t column_count = 0;
};

Result<CopyResponse> decode_copy_response(ByteSpan payload);

}  // namespace pgark::wire
