// How much disk a restore is likely to take, and how much there is where that can be known.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "format/toc.hpp"
#include "restore/selection.hpp"

namespace pgark::restore {

struct ExpectedSizes {
  std::uint64_t tables = 0, indexes = 0;  // bytes
};
// Of what is selected, as it was in the source. Pure.
ExpectedSizes expected_sizes(const format::Toc& toc, const Selection& selection);

// Bytes that the file system of a folder of this machine has for ordinary users; nullopt when it cannot be
// looked at.
std::optional<std::uint64_t> free_bytes(const std::string& folder);

}  // namespace pgark::restore
