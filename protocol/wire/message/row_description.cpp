#include "protocol/wire/message/row_description.hpp"

#include "protocol/wire/message/decode.hpp"

namespace pgark::wire {
namespace {

constexpr std::size_t kColumnBytesMin = 19;  // empty name and the fixed fields

Column read_column(ByteReader& reader) {
  Column column;
  column.name = reader.cstring();
  column.table_oid = reader.u32_be();
  reader.i16_be();  // attribute number
  column.type_oid = reader.u32_be();
  reader.i16_be();  // type size
  column.type_modifier = reader.i32_be();
  if (reader.u16_be() != 0) reader.set_failed();
  return column;
}

}  // namespace

Result<std::vector<Column>> decode_row_description(ByteSpan payload) {
  ByteReader reader(payload);
  const std::uint16_t count = count16_be(reader, kColumnBytesMin);
  std::vector<Column> columns;
  columns.reserve(count);
  for (std::uint16_t i = 0; i < count && reader.ok(); ++i) columns.push_back(read_column(reader));
  if (!reader.done()) return malformed("RowDescription");
  return columns;
}

}  // namespace pgark::wire
