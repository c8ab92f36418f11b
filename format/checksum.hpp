// Checksums of the archive and the digest of rows: XXH3, seed 0. format/SPEC.md, "Row digest".
// Pure functions; any thread.
#pragma once

#include <cstdint>
#include <span>

#include "base/bytes.hpp"
#include "format/toc.hpp"

namespace pgark::format {

// XXH3-64: of headers, payloads, TOC, index and trailer.
std::uint64_t checksum64(ByteSpan bytes);
// The same of pieces that stand one behind the other.
std::uint64_t checksum64_of(std::span<const ByteSpan> pieces);

// XXH3-128 of one row's COPY bytes; for text rows the final '\n' is part of them. Add the digests of all
// rows.
Digest128 row_digest(ByteSpan row);

struct RowTotals {
  std::uint64_t rows = 0;
  Digest128 digest;
};

// Counts and digests COPY text rows in one pass. REQUIRES: `rows` is empty or ends with '\n'. In COPY text a
// newline inside a value is written "\n" (backslash, n), so every '\n' byte ends a row.
RowTotals digest_text_rows(ByteSpan rows);

// Adds up the digests of rows that stand one behind the other: row i of `rows` ends at ends[i], where the
// next one begins.
Digest128 digest_rows(ByteSpan rows, std::span<const std::size_t> ends);

// Counts only.
std::uint64_t count_text_rows(ByteSpan rows);

}  // namespace pgark::format
