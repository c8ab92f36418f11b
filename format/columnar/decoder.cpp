#include <fmt/format.h>

#include <algorithm>

#include "format/columnar/column_reader.hpp"
#include "format/columnar/columnar.hpp"

namespace pgark::format::columnar {

namespace {

tl::unexpected<Error> damaged(std::string message) {
  return fail(ErrorCode::archive_damaged, std::move(message));
}

}  // namespace

struct Decoder::Impl {
  explicit Impl(SimdLevel level) : reader(level) {}

  Result<> read_columns(ByteSpan payload, const Head& head);
  void limit_memory(std::size_t row_bytes);

  ColumnReader reader;
  std::vector<ColumnStore> stores;  // never shrinks
  std::vector<JoinColumn> columns;
};

Decoder::Decoder(SimdLevel level) : impl_(std::make_unique<Impl>(level)) {}
Decoder::Decoder(Decoder&&) noexcept = default;
Decoder& Decoder::operator=(Decoder&&) noexcept = default;
Decoder::~Decoder() = default;

void Decoder::Impl::limit_memory(std::size_t row_bytes) {
  std::size_t kept = reader.kept_bytes();
  for (const ColumnStore& store : stores) kept += store.kept_bytes();
  if (kept <= kept_bytes_max(row_bytes)) return;
  reader.release();
  stores.clear();
}

Result<> Decoder::Impl::read_columns(ByteSpan payload, const Head& head) {
  std::uint64_t budget = head.row_bytes - head.rows * (2 + 4 * std::uint64_t{head.columns});
  ByteSpan heads = payload.subspan(kHeadBytes, kColumnHeadBytes * std::size_t{head.columns});
  ByteSpan streams = payload.subspan(kHeadBytes + heads.size());
  streams = streams.first(streams.size() - kTailBytes);
  for (std::size_t i = stores.size(); i < head.columns; ++i) {
    ColumnStore& store = stores.emplace_back();
    store.values.set_stream(i);
    store.lengths.set_stream(i + 3);
    store.codes.set_stream(i + 5);
  }
  columns.clear();
  for (std::size_t i = 0; i < head.columns; ++i) {
    const auto column_head = get_column_head(heads);
    if (!column_head) return tl::unexpected<Error>(column_head.error());
    if (column_head->stored_bytes > streams.size()) {
      return damaged(fmt::format("column {} of the columnar payload: its streams end outside", i + 1));
    }
    auto column =
        reader.read(*column_head, head.rows, streams.first(column_head->stored_bytes), budget, stores[i]);
    if (!column) {
      return damaged(fmt::format("column {} of the columnar payload: {}", i + 1, column.error().message));
    }
    columns.push_back(*column);
    heads = heads.subspan(kColumnHeadBytes);
    streams = streams.subspan(column_head->stored_bytes);
  }
  if (!streams.empty()) return damaged("the columnar payload is longer than its columns");
  if (budget != 0)
    return damaged(fmt::format("the columnar payload's values are {} bytes too short", budget));
  return {};
}

Result<RowTotals> Decoder::decode(ByteSpan payload, std::uint64_t row_bytes_max, bool digest,
                                  ByteBuffer& out) {
  if (payload.size() < kHeadBytes) return damaged("the columnar payload is shorter than its head");
  const auto head = get_head(payload);
  if (!head) return tl::unexpected<Error>(head.error());
  const std::uint64_t most = std::min(row_bytes_max, kRowBytesMax);
  if (head->row_bytes > most) {
    return damaged(
        fmt::format("the columnar payload claims {} bytes of rows, more than {}", head->row_bytes, most));
  }
  if (payload.size() < kHeadBytes + kColumnHeadBytes * std::size_t{head->columns} + kTailBytes) {
    return damaged("the columnar payload is shorter than its column heads");
  }
  const ByteSpan tail = payload.last(kTailBytes);
  if (std::ranges::any_of(tail, [](std::byte byte) { return byte != std::byte{0}; })) {
    return damaged("the columnar payload does not end with zeros");
  }
  impl_->limit_memory(head->row_bytes);
  if (auto read = impl_->read_columns(payload, *head); !read)
    return tl::unexpected<Error>(std::move(read).error());

  // Not cleared unless it has to grow: a reused buffer is then not zeroed again.
  if (out.capacity() < head->row_bytes + kSlackBytes) out.clear();
  out.resize(head->row_bytes + kSlackBytes);
  const Digest128 sum = join_rows(impl_->columns, head->rows, digest, out.data());
  out.resize(head->row_bytes);
  return RowTotals{head->rows, sum};
}

}  // namespace pgark::format::columnar
