// The rows of a LARGE OBJECT DATA chunk (format/SPEC.md, "Large objects") as parameters of the statements
// that write them. Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "protocol/connection.hpp"
#include "restore/plan.hpp"

namespace pgark::restore {

// Bytes of one object from offset `at` on, as hexadecimal digits. No bytes: the object is at least `at` long.
struct LargeObjectPiece {
  std::uint32_t oid = 0;
  std::uint64_t at = 0;
  std::string_view hex;
};
// Gives every piece of `rows` to `take`. Errors: archive_damaged for text that is no such row.
Result<> each_large_object_piece(ByteSpan rows, const std::function<void(const LargeObjectPiece&)>& take);

// Statements, all with text parameters, that write every piece of `rows`: pieces of one object that follow
// each other are joined, and a statement writes many objects, so that a million small ones are some hundreds
// of statements. Pieces of objects in `left_out` are not written. Errors: archive_damaged for text that is no
// such row.
Result<std::vector<protocol::Statement>> large_object_statements(ByteSpan rows,
                                                                 const LargeObjectIds* left_out = nullptr);

// The same as SQL text, the parameters as literals.
Result<std::vector<std::string>> large_object_sql(ByteSpan rows);

}  // namespace pgark::restore
