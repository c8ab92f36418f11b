#include "restore/row_conversion.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "restore/plan.hpp"
#include "restore/statements.hpp"

namespace pgark::restore {

using format::RowEncoding;
using format::TocEntry;

bool columns_are_certain(const TocEntry& table, const TocEntry& data) {
  const bool own_columns = std::ranges::none_of(table.create, [](const format::SqlStatement& statement) {
    const std::string_view sql = statement.sql;
    return sql.find("INHERITS (") != sql.npos || sql.find(" OF ") != sql.npos;
  });
  const bool own_types = std::ranges::all_of(data.column_types, [](const values::TypeDescriptor& type) {
    return type.size() == 1 && type.front().kind == values::TypeKind::builtin;
  });
  const auto target = parse_copy_target(data.copy_target);
  return own_columns && own_types && target && target->schema == table.schema && target->name == table.name;
}

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
