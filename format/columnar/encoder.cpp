#include <fmt/format.h>

#include "format/columnar/column_writer.hpp"
#include "format/columnar/columnar.hpp"
#include "format/columnar/row_splitter.hpp"

namespace pgark::format::columnar {

struct Encoder::Impl {
  explicit Impl(SimdLevel level) : writer(level) {}
  RowSplitter splitter;
  ColumnWriter writer;
};

Encoder::Encoder(SimdLevel level) : impl_(std::make_unique<Impl>(level)) {}
Encoder::Encoder(Encoder&&) noexcept = default;
Encoder& Encoder::operator=(Encoder&&) noexcept = default;
Encoder::~Encoder() = default;

Result<EncodedRows> Encoder::encode(ByteSpan rows, bool digest, FarValues far) {
  RowSplitter& splitter = impl_->splitter;
  ColumnWriter& writer = impl_->writer;
  if (rows.size() > kRowBytesMax) {
    return fail(ErrorCode::internal,
                fmt::format("a chunk of {} bytes exceeds the limit of {}", rows.size(), kRowBytesMax));
  }
  if (splitter.kept_bytes() + writer.kept_bytes() > kept_bytes_max(rows.size())) {
    splitter.release();
    writer.release();
  }
  const auto totals = splitter.split(rows, digest);
  if (!totals) return tl::unexpected<Error>(totals.error());
  const auto columns = static_cast<std::uint32_t>(splitter.columns().size());
  writer.start({columns, splitter.rows(), rows.size()}, far);
  for (std::size_t column = 0; column < columns; ++column) writer.append(splitter, column);
  writer.finish();
  return EncodedRows{writer.pieces(), writer.bytes(), writer.cuts(), *totals};
}

}  // namespace pgark::format::columnar
