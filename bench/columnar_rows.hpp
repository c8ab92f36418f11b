// Rows like those of the data set in docs/benchmarks.md, as the server sends them in both forms of COPY.
// Always the same.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/buffer_pool.hpp"

namespace pgark::bench {

struct RowSet {
  std::string name;
  ByteBuffer binary;
  std::string text;
  std::uint64_t rows = 0;
};

// About `bytes` bytes of binary rows, cut from the middle of a big table.
RowSet lineitem_rows(std::size_t bytes);  // integers, numerics, dates, char(n), short text
RowSet events_rows(std::size_t bytes);    // bigint, timestamptz, uuid, jsonb, short text
RowSet metrics_rows(std::size_t bytes);   // int, timestamptz, three float8, float4
RowSet docs_rows(std::size_t bytes);      // bigint, long text, bytea

}  // namespace pgark::bench
