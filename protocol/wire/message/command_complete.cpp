#include "protocol/wire/message/command_complete.hpp"

#include <charconv>

#include "protocol/wire/message/decode.hpp"

namespace pgark::wire {

Result<std::string_view> decode_command_complete(ByteSpan payload) {
  ByteReader reader(payload);
  const std::string_view tag = reader.cstring();
  if (!reader.done()) return malformed("CommandComplete");
  return tag;
}

std::uint64_t row_count_of_tag(std::string_view tag) {
  const std::string_view last = tag.substr(tag.find_last_of(' ') + 1);
  std::uint64_t count = 0;
  const auto [end, failure] = std::from_chars(last.data(), last.data() + last.size(), count);
  return failure == std::errc{} && end == last.data() + last.size() ? count : 0;
}

}  // namespace pgark::wire
