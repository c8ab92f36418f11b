// The table of contents: what is accepted survives another round trip.
#include <cstdlib>

#include "format/toc.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto toc = pgark::format::decode_toc(std::as_bytes(std::span(data, size)));
  if (!toc) return 0;
  const auto again = pgark::format::decode_toc(pgark::format::encode_toc(*toc));
  if (!again || *again != *toc) std::abort();
  return 0;
}
