// In which form a table's rows leave an archive: as they are kept in it, or as COPY text made from binary
// rows without a server.
#pragma once

#include <memory>

#include "base/buffer_pool.hpp"
#include "base/error.hpp"
#include "format/chunk.hpp"
#include "format/toc.hpp"
#include "format/values/row_printer.hpp"

namespace pgark::restore {

enum class RowForm : std::uint8_t { text, binary };

// True when a table that `table` creates has the columns that `data` was read from, whatever else is in the
// target: their types are PostgreSQL's own, and none comes from a parent or from a type that may have been
// there before.
bool columns_are_certain(const format::TocEntry& table, const format::TocEntry& data);

// Cheap to copy; const methods from any thread.
class RowConversion {
 public:
  // Binary for entries with column types, text for the others.
  static RowConversion as_stored(const format::TocEntry& entry);
  // Errors: archive_unsupported or archive_damaged naming the entry, when its column types cannot be printed.
  static Result<RowConversion> as_text(const format::TocEntry& entry, int source_version_num);

  RowForm form() const { return form_; }
  // True when convert() must be called for chunks of this encoding.
  bool converts(format::RowEncoding encoding) const {
    return (encoding == format::RowEncoding::text) != (form_ == RowForm::text);
  }
  // Overwrites `out` with the rows in this form. Errors: archive_damaged.
  Result<> convert(format::RowEncoding encoding, ByteSpan rows, ByteBuffer& out) const;

 private:
  RowForm form_ = RowForm::text;
  std::shared_ptr<const values::RowPrinter> printer_;  // null: there are no binary rows
};

}  // namespace pgark::restore
