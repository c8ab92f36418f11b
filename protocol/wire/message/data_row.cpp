#include "protocol/wire/message/data_row.hpp"

#include <optional>

#include "protocol/wire/message/decode.hpp"

namespace pgark::wire {
namespace {

std::optional<std::string_view> read_cell(ByteReader& reader) {
  const std::int32_t length = reader.i32_be();
  if (length == -1) return std::nullopt;
  if (length < 0) {
    reader.set_failed();
    return std::nullopt;
  }
  return reader.text(static_cast<std::size_t>(length));
}

template <class TakeCell>
Result<void> read_row(ByteSpan payload, std::size_t column_count, const TakeCell& take_cell) {
  ByteReader reader(payload);
  if (count16_be(reader, 4) != column_count) return malformed("DataRow");
  for (std::size_t i = 0; i < column_count && reader.ok(); ++i) {
    const auto cell = read_cell(reader);
    if (reader.ok()) take_cell(cell);
  }
  if (!reader.done()) return malformed("DataRow");
  return {};
}

}  // namespace

Result<void> decode_data_row(ByteSpan payload, ResultSet& rows) {
  auto result = read_row(payload, rows.columns.size(), [&](const auto& cell) { rows.append_cell(cell); });
  if (result && rows.columns.empty()) rows.append_empty_row();
  return result;
}

Result<void> skip_data_row(ByteSpan payload, std::size_t column_count) {
  return read_row(payload, column_count, [](const auto&) {});
}

}  // namespace pgark::wire
