// What surrounds the rows in a stream of COPY ... (FORMAT binary), in both directions. PostgreSQL
// documentation, COPY, "Binary Format". Pure functions.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/bytes.hpp"
#include "base/error.hpp"

namespace pgark::wire {

// Signature, flags and an empty extension.
inline constexpr std::string_view kBinaryCopyHeader{"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0", 19};
// A field count of -1.
inline constexpr std::string_view kBinaryCopyEnd{"\xff\xff", 2};

// How many bytes at the beginning of `stream` are the header, an extension included. Errors: protocol, when
// there is none, or one with flags that a reader must not ignore.
Result<std::size_t> binary_copy_header_bytes(ByteSpan stream);

}  // namespace pgark::wire
