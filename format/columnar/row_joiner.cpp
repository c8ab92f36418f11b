#include "format/columnar/row_joiner.hpp"

#include <array>

#include "format/columnar/columnar_layout.hpp"
#include "format/columnar/copy_fast.hpp"

namespace pgark::format::columnar {
namespace {

inline std::byte* put_field(JoinColumn& column, std::uint32_t row, std::byte* out) {
  switch (column.kind) {
    case JoinColumn::Kind::uniform: {
      const std::uint32_t bytes = column.length == kNull ? 0 : column.length;
      store_be32(out, column.length);
      if (bytes != 0) copy_over(out + 4, column.next, bytes);
      column.next += column.step;
      return out + 4 + bytes;
    }
    case JoinColumn::Kind::lengths: {
      const std::uint32_t length = column.lengths[row];
      const std::uint32_t bytes = length == kNull ? 0 : length;
      store_be32(out, length);
      copy_over(out + 4, column.next, bytes);
      column.next += bytes;
      return out + 4 + bytes;
    }
    case JoinColumn::Kind::codes: break;
  }
  const FieldEntry entry = column.entries[column.codes[row]];
  copy_over(out, column.next + entry.at, entry.bytes);
  return out + entry.bytes;
}

}  // namespace

Digest128 join_rows(std::span<JoinColumn> columns, std::uint32_t rows, bool digest, std::byte* out) {
  constexpr std::uint32_t kBlockRows = 64;  // digested while they are in the first-level cache
  std::array<std::size_t, kBlockRows> ends;
  Digest128 sum;
  const std::array count{static_cast<std::byte>(columns.size() >> 8), static_cast<std::byte>(columns.size())};
  for (std::uint32_t row = 0; row < rows;) {
    std::byte* const block = out;
    std::uint32_t in_block = 0;
    for (; in_block < kBlockRows && row < rows; ++in_block, ++row) {
      std::memcpy(out, count.data(), 2);
      out += 2;
      for (JoinColumn& column : columns) out = put_field(column, row, out);
      ends[in_block] = static_cast<std::size_t>(out - block);
    }
    if (digest) sum += digest_rows({block, out}, std::span(ends).first(in_block));
  }
  return sum;
}

}  // namespace pgark::format::columnar
