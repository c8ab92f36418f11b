// BackendKeyData (K): what a CancelRequest must name.
//
//   | process id u32 | secret key: 4 bytes in protocol 3.0, 4 to 256 in 3.2 |
#pragma once

#include <cstdint>

#include "base/bytes.hpp"
#include "base/error.hpp"

namespace pgark::wire {

inline constexpr std::size_t kCancelKeyBytesMin = 4;
inline constexpr std::size_t kCancelKeyBytesMax = 256;

struct BackendKeyData {
  std::uint32_t process_id = 0;
  ByteSpan secret_key;
};

Result<BackendKeyData> decode_backend_key_data(ByteSpan payload);

}  // namespace pgark::wire
