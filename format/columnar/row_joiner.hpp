// Puts columns together to COPY BINARY rows. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <span>

#include "base/bytes.hpp"
#include "format/checksum.hpp"

namespace pgark::format::columnar {

// A dictionary's value with the length in front of it, as it stands in a row.
struct FieldEntry {
  std::uint32_t at = 0;  // in the entries' bytes
  std::uint32_t bytes = 0;
};

// A column ready to be put into rows. All memory is borrowed; kSlackBytes / 2 more may be read behind each
// value.
struct JoinColumn {
  enum class Kind : std::uint8_t {
    uniform,  // every field has the length `length`; kNull: every field is null
    lengths,  // row i has lengths[i]
    codes,    // row i is entries[codes[i]] of `next`
  };
  Kind kind = Kind::uniform;
  std::uint32_t length = 0;
  std::uint32_t step = 0;           // uniform: from one value to the next; 0: it is always the same
  const std::byte* next = nullptr;  // the next value
  const std::uint32_t* lengths = nullptr;
  const std::uint16_t* codes = nullptr;
  const FieldEntry* entries = nullptr;
};

// Writes `rows` rows to `out`, which has room for exactly these rows and kSlackBytes more, and digests them
// on the way. Uses up `columns`.
Digest128 join_rows(std::span<JoinColumn> columns, std::uint32_t rows, bool digest, std::byte* out);

}  // namespace pgark::format::columnar
