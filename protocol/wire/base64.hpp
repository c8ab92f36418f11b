// Base64 with padding, RFC 4648 section 4, as SCRAM uses it. Strict: no line breaks, no missing
// padding, no stray bits.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"

namespace pgark::wire {

std::string base64_encode(ByteSpan bytes);
std::optional<std::vector<std::byte>> base64_decode(std::string_view text);

}  // namespace pgark::wire
