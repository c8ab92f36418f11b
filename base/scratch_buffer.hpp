// Buffers that are kept from one piece of work to the next. Pure.
#pragma once

#include <cstddef>

#include "base/buffer_pool.hpp"

namespace pgark {

// Gives a scratch buffer back that one huge row has blown up, so that it is not paid for ever.
inline void trim_scratch(ByteBuffer& buffer) {
  constexpr std::size_t kKeptBytesMax = std::size_t{16} << 20;
  if (buffer.capacity() > kKeptBytesMax) ByteBuffer().swap(buffer);
}

}  // namespace pgark
