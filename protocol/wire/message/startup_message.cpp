#include "protocol/wire/message/startup_message.hpp"

#include <algorithm>

namespace pgark::wire {
namespace {

constexpr std::uint32_t kCancelRequestCode = 80877102;
constexpr std::uint32_t kSslRequestCode = 80877103;
constexpr std::uint32_t kGssencRequestCode = 80877104;

void append_request(std::uint32_t code, std::vector<std::byte>& out) {
  ByteWriter writer(out);
  writer.u32_be(8);
  writer.u32_be(code);
}

}  // namespace

void append_startup_message(std::uint32_t version,
                            std::span<const std::pair<std::string, std::string>> parameters,
                            std::vector<std::byte>& out) {
  ByteWriter writer(out);
  const std::size_t begin = writer.size();
  writer.u32_be(0);
  writer.u32_be(version);
  for (const auto& [name, value] : parameters) {
    if (value.empty()) continue;
    writer.cstring(name);
    writer.cstring(value);
  }
  writer.u8(0);
  writer.patch_u32_be(begin, static_cast<std::uint32_t>(writer.size() - begin));
}

void append_ssl_request(std::vector<std::byte>& out) {
  append_request(kSslRequestCode, out);
}

void append_gssenc_request(std::vector<std::byte>& out) {
  append_request(kGssencRequestCode, out);
}

void append_cancel_request(std::uint32_t process_id, ByteSpan secret_key, std::vector<std::byte>& out) {
  ByteWriter writer(out);
  writer.u32_be(static_cast<std::uint32_t>(12 + secret_key.size()));
  writer.u32_be(kCancelRequestCode);
  writer.u32_be(process_id);
  writer.bytes(secret_key);
}

}  // namespace pgark::wire
