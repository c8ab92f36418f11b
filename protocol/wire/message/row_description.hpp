// RowDescription (T): the columns of the rows that follow.
//
//   | columns u16 | then per column:
//   | name, zero-terminated | table oid u32 | attribute number i16 | type oid u32 | type size i16 |
//   | type modifier i32 | format u16: 0 text, 1 binary |
#pragma once

#include <vector>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "protocol/wire/result_set.hpp"

namespace pgark::wire {

// A column in binary format is refused: it is never asked for.
Result<std::vector<Column>> decode_row_description(ByteSpan payload);

}  // namespace pgark::wire
