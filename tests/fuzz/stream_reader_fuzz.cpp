// Archives that are read as they come, in pieces of every size; a second run puts checksums right, so that
// the decoders behind them are reached.
#include <algorithm>
#include <cstdlib>
#include <memory>

#include "format/stream_reader.hpp"
#include "fuzz/archive_bytes.hpp"

namespace {

using namespace pgark;
using namespace pgark::fuzz;

class SpanStream final : public format::SequentialSource {
 public:
  SpanStream(ByteSpan bytes, std::size_t step) : bytes_(bytes), step_(step) {}
  Result<std::size_t> read(MutableByteSpan out) override {
    const std::size_t count = std::min({out.size(), step_, bytes_.size()});
    std::copy_n(bytes_.begin(), count, out.begin());
    bytes_ = bytes_.subspan(count);
    return count;
  }
  void interrupt() override {}
  std::string name() const override { return "fuzz"; }

 private:
  ByteSpan bytes_;
  const std::size_t step_;
};

void read_all(ByteSpan bytes, std::size_t step) {
  SpanStream source(bytes, step);
  const auto reader = format::StreamReader::open(source);
  if (!reader) return;
  format::ChunkCoder coder;
  ByteBuffer block, rows;
  while (true) {
    const auto item = (*reader)->next(block);
    if (!item) return;
    if (item->kind == format::StreamReader::Kind::end) break;
    if (item->kind == format::StreamReader::Kind::chunk) static_cast<void>(coder.decode(block, rows, true));
  }
  if ((*reader)->bytes_read() != bytes.size()) std::abort();
}

// The blocks from offset 64 on, one behind the other, as long as there are any.
void seal_stream(ByteBuffer& bytes) {
  std::uint64_t at = layout::kFileHeaderBytes;
  while (at + layout::kBlockHeaderBytes + layout::kTrailerBytes <= bytes.size()) {
    const std::uint64_t stored = get_u64(bytes, at + 16);
    if (stored > bytes.size() - at - layout::kBlockHeaderBytes) break;
    seal_block(bytes, at, layout::kBlockHeaderBytes + stored);
    at += layout::kBlockHeaderBytes + stored;
  }
  seal_archive(bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteSpan input = std::as_bytes(std::span(data, size));
  read_all(input, 1 + size % 97);
  ByteBuffer sealed(input.begin(), input.end());
  seal_stream(sealed);
  read_all(sealed, 4096);
  return 0;
}
