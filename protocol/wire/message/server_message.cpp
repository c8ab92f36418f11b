#include "protocol/wire/message/server_message.hpp"

#include <charconv>

#include "protocol/wire/message/decode.hpp"

namespace pgark::wire {
namespace {

int to_position(std::string_view digits) {
  int value = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return failure == std::errc{} && end == digits.data() + digits.size() && value > 0 ? value : 0;
}

std::string* text_field(ServerMessage& message, char type) {
  switch (type) {
    case 'V': return &message.severity;
    case 'C': return &message.sqlstate;
    case 'M': return &message.message;
    case 'D': return &message.detail;
    case 'H': return &message.hint;
    case 'W': return &message.where;
    case 's': return &message.schema;
    case 't': return &message.table;
    case 'c': return &message.column;
    case 'd': return &message.datatype;
    case 'n': return &message.constraint;
    default: return nullptr;
  }
}

}  // namespace

Result<ServerMessage> decode_server_message(ByteSpan payload) {
  ByteReader reader(payload);
  ServerMessage result;
  std::string_view localised_severity;
  for (;;) {
    const char type = static_cast<char>(reader.u8());
    if (type == 0) break;  // the end, or a short payload
    const std::string_view value = reader.cstring();
    if (type == 'S') {
      localised_severity = value;
    } else if (type == 'P') {
      result.position = to_position(value);
    } else if (std::string* field = text_field(result, type)) {
      *field = value;
    }
  }
  if (!reader.done()) return malformed("ErrorResponse or NoticeResponse");
  if (result.severity.empty()) result.severity = localised_severity;
  return result;
}

bool is_fatal(const ServerMessage& message) {
  return message.severity == "FATAL" || message.severity == "PANIC";
}

}  // namespace pgark::wire
