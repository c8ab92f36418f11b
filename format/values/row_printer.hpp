// Turns rows of COPY ... (FORMAT binary) into rows of COPY text, byte for byte as the server would have sent
// them.
//
// A binary row is an i16 number of columns, then for each column an i32 length and so many bytes, length -1
// for NULL; a text row is its columns with tabs between and a newline behind, \N for NULL. The header in
// front of a binary stream and the i16 -1 that ends it are not rows and must be taken off first. PostgreSQL
// documentation, COPY, "Text Format", "Binary Format".
//
// const methods may be called from any thread. REQUIRES what ValuePrinter requires.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "format/values/value_printer.hpp"

namespace pgark::values {

class RowPrinter {
 public:
  // One descriptor per column, in the order of the rows. Errors: those of ValuePrinter::make, with the
  // column's number, from 1, as object: "column 3".
  static Result<RowPrinter> make(std::span<const TypeDescriptor> columns, int server_version_num);

  // Appends one text row for each of the binary rows in `rows`, which must be whole; returns their number.
  // Cheapest with many rows at once. Errors: archive_damaged, with the column as object and the offset in
  // `rows` of the row; `out` is then as it was.
  Result<std::uint64_t> append_rows(ByteSpan rows, ByteBuffer& out) const;

 private:
  explicit RowPrinter(std::vector<ValuePrinter> columns) : columns_(std::move(columns)) {}
  struct Problem;
  Problem put_row(ByteReader& reader, TextOut& out) const;

  std::vector<ValuePrinter> columns_;
};

}  // namespace pgark::values
