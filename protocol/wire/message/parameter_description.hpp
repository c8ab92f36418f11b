// ParameterDescription (t): types of a prepared statement's parameters.
//
//   | parameters u16 | type oid u32, each |
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.hpp"
#include "base/error.hpp"

namespace pgark::wire {

Result<std::vector<std::uint32_t>> decode_parameter_description(ByteSpan payload);

}  // namespace pgark::wire
