// What the readers of a column share: how they fail, and the account of what its values may need.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace pgark::format::columnar {

inline tl::unexpected<Error> damaged(std::string_view what) {
  return fail(ErrorCode::archive_damaged, std::string(what));
}

inline tl::unexpected<Error> too_short() {
  return damaged("the streams are shorter than its head says");
}
inline tl::unexpected<Error> too_long() {
  return damaged("the values are longer than the rows");
}

// Takes `bytes` off what is left for values.
inline bool take(std::uint64_t& budget, std::uint64_t bytes) {
  if (bytes > budget) return false;
  budget -= bytes;
  return true;
}

}  // namespace pgark::format::columnar
