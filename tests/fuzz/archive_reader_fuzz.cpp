// Whole archives: opened, and every chunk read. A second run puts the checksums of header, trailer, TOC and
// index right, so that the decoders behind them and the checks between them are reached.
#include <cstdlib>
#include <memory>

#include "format/reader.hpp"
#include "format/verifier.hpp"
#include "fuzz/archive_bytes.hpp"

namespace {

using namespace pgark;
using namespace pgark::fuzz;

void read_all(ByteSpan bytes) {
  const auto archive = format::ArchiveReader::open(std::make_unique<SpanSource>(bytes));
  if (!archive) return;
  std::uint64_t covered = 0;
  for (const auto& chunk : (*archive)->chunks()) covered += chunk.total_bytes;
  if (covered >= bytes.size()) std::abort();
  if (!format::verify_archive(**archive, {})) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteSpan input = std::as_bytes(std::span(data, size));
  read_all(input);
  ByteBuffer sealed(input.begin(), input.end());
  seal_archive(sealed);
  read_all(sealed);
  return 0;
}
