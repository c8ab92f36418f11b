#include "format/values/row_printer.hpp"

#include <string>
#include <utility>

namespace pgark::values {
namespace {

std::string column_name(std::size_t index) {
  return "column " + std::to_string(index + 1);
}

}  // namespace

// What is wrong with a row, and in which column; no fault: nothing.
struct RowPrinter::Problem {
  Fault fault = nullptr;
  std::size_t column = 0;
};

Result<RowPrinter> RowPrinter::make(std::span<const TypeDescriptor> columns, int server_version_num) {
  std::vector<ValuePrinter> printers;
  printers.reserve(columns.size());
  for (const TypeDescriptor& column : columns) {
    Result<ValuePrinter> printer = ValuePrinter::make(column, server_version_num);
    if (!printer) {
      printer.error().object = column_name(printers.size());
      return tl::unexpected(std::move(printer).error());
    }
    printers.push_back(std::move(printer).value());
  }
  return RowPrinter(std::move(printers));
}

Result<std::uint64_t> RowPrinter::append_rows(ByteSpan rows, ByteBuffer& out) const {
  TextOut text(out, rows.size() + rows.size() / 4);
  const std::size_t from = text.size();
  ByteReader reader(rows);
  std::uint64_t count = 0;
  while (reader.remaining() > 0) {
    const std::size_t row_at = rows.size() - reader.remaining();
    if (const Problem problem = put_row(reader, text); problem.fault != nullptr) {
      text.truncate(from);
      const bool is_known = problem.column < columns_.size();
      auto error = fail(ErrorCode::archive_damaged,
                        is_known ? "a value of type " + columns_[problem.column].type_name() +
                                       " is damaged: " + problem.fault
                                 : std::string("a binary row is damaged: ") + problem.fault,
                        is_known ? column_name(problem.column) : std::string());
      error.value().offset = row_at;
      return error;
    }
    ++count;
  }
  return count;
}

RowPrinter::Problem RowPrinter::put_row(ByteReader& reader, TextOut& out) const {
  constexpr std::uint32_t kNullLength = 0xFFFFFFFF;
  if (reader.u16_be() != columns_.size() || !reader.ok())
    return {"another number of columns than expected", columns_.size()};
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (i > 0) out.put('\t');
    const std::uint32_t length = reader.u32_be();
    if (reader.ok() && length == kNullLength) {
      out.put("\\N");
      continue;
    }
    const ByteSpan value = reader.bytes(length);
    if (!reader.ok()) return {kWrongLength, i};
    if (const Fault fault = columns_[i].put_copy_text(value, out)) return {fault, i};
  }
  out.put('\n');
  return {};
}

}  // namespace pgark::values
