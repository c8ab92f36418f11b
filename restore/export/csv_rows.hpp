// COPY text rows as CSV, byte for byte as COPY ... TO (FORMAT csv) writes them (PostgreSQL documentation,
// COPY, "CSV Format"). Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "base/buffer_pool.hpp"
#include "base/error.hpp"

namespace pgark::restore {

struct CsvChoice {
  char delimiter = ',';     // one byte, neither a quote nor the end of a line
  std::string null;         // what stands for null; a value that is equal to it is quoted
  bool has_columns = true;  // else each row is an empty line
};

// Errors: usage, naming the option.
Result<> check_csv(const CsvChoice& choice);

// Appends the rows to `out`. REQUIRES: whole COPY text rows.
void append_csv(ByteSpan text_rows, const CsvChoice& choice, ByteBuffer& out);

// The line with the columns' names.
std::string csv_header(const std::vector<std::string>& columns, const CsvChoice& choice);

}  // namespace pgark::restore
