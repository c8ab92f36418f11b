// ParameterStatus (S): a reported setting and its value, at start-up and whenever it changes.
//
//   | name, zero-terminated | value, zero-terminated |
#pragma once

#include <string_view>

#include "base/bytes.hpp"
#include "base/error.hpp"

namespace pgark::wire {

struct ParameterStatus {
  std::string_view name;
  std::string_view value;
};

Result<ParameterStatus> decode_parameter_status(ByteSpan payload);

}  // namespace pgark::wire
