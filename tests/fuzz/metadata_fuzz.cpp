// Side files of any content: no crash, errors of one line, and what is read is written and read again the
// same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "storage/catalogue/metadata.hpp"

using namespace pgark::storage;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto metadata = decode_metadata(text, "fuzz");
  if (!metadata) {
    if (metadata.error().to_string().find('\n') != std::string::npos) std::abort();
    return 0;
  }
  const std::string once = encode_metadata(*metadata);
  const auto again = decode_metadata(once, "fuzz");
  if (!again || encode_metadata(*again) != once) std::abort();
  return 0;
}
