#include "restore/row_conversion.hpp"

#include <utility>

#include "restore/plan.hpp"

namespace pgark::restore {

using format::RowEncoding;
using format::TocEntry;

RowConversion RowConversion::as_stored(const TocEntry& entry) {
  RowConversion result;
  if (!entry.column_types.empty()) result.form_ = RowForm::binary;
  return result;
}

Result<RowConversion> RowConversion::as_text(const TocEntry& entry, int source_version_num) {
  RowConversion result;
  if (entry.column_types.empty()) return result;
  auto printer = values::RowPrinter::make(entry.column_types, source_version_num);
  if (!printer) {
    Error error = std::move(printer).error();
    error.object = describe(entry) + (error.object.empty() ? "" : ", " + error.object);
    return tl::unexpected<Error>(std::move(error));
  }
  result.printer_ = std::make_shared<const values::RowPrinter>(std::move(*printer));
  return result;
}

Result<> RowConversion::convert(RowEncoding encoding, ByteSpan rows, ByteBuffer& out) const {
  if (encoding == RowEncoding::text || !printer_) {
    return fail(ErrorCode::archive_damaged,
                "the rows are in another form than the table of contents says of their table");
  }
  out.clear();
  const auto printed = printer_->append_rows(rows, out);
  if (!printed) return tl::unexpected<Error>(printed.error());
  return {};
}

}  // namespace pgark::restore
