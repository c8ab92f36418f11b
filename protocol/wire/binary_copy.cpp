#include "protocol/wire/binary_copy.hpp"

namespace pgark::wire {
namespace {

constexpr std::size_t kSignatureBytes = 11;
constexpr std::uint32_t kCriticalFlags = 0xFFFF0000;

}  // namespace

Result<std::size_t> binary_copy_header_bytes(ByteSpan stream) {
  ByteReader reader(stream);
  const std::string_view signature = as_text(reader.bytes(kSignatureBytes));
  const std::uint32_t flags = reader.u32_be();
  const std::uint32_t extension_bytes = reader.u32_be();
  reader.bytes(extension_bytes);
  if (!reader.ok() || signature != kBinaryCopyHeader.substr(0, kSignatureBytes)) {
    return fail(ErrorCode::protocol, "the server's binary COPY stream has no header");
  }
  if ((flags & kCriticalFlags) != 0) {
    return fail(ErrorCode::protocol, "the server's binary COPY stream has unknown flags");
  }
  return kBinaryCopyHeader.size() + extension_bytes;
}

}  // namespace pgark::wire
