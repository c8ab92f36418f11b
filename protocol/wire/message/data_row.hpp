// DataRow (D): one row.
//
//   | columns u16 | then per column: | length i32, -1 = NULL | value |
#pragma once

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "protocol/wire/result_set.hpp"

namespace pgark::wire {

// Appends the row to `rows`, whose columns are set. A row of another width is malformed. After an error
// `rows` may hold a part of the row.
Result<void> decode_data_row(ByteSpan payload, ResultSet& rows);

// Checks the row and drops it.
Result<void> skip_data_row(ByteSpan payload, std::size_t column_count);

}  // namespace pgark::wire
