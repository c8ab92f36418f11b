#include "protocol/wire/message/extended_query.hpp"

#include <cassert>

#include "protocol/wire/message/encode.hpp"

namespace pgark::wire {

void append_parse(std::string_view statement_name, std::string_view sql, std::vector<std::byte>& out) {
  MessageScope message(FrontendType::parse, out);
  message.writer().cstring(statement_name);
  message.writer().cstring(sql);
  message.writer().u16_be(0);  // parameter types given
}

void append_bind(std::string_view portal, std::string_view statement_name,
                 std::span<const std::string> parameters, std::vector<std::byte>& out) {
  assert(parameters.size() <= kBindParametersMax);
  MessageScope message(FrontendType::bind, out);
  ByteWriter& writer = message.writer();
  writer.cstring(portal);
  writer.cstring(statement_name);
  writer.u16_be(0);  // parameter formats: all text
  writer.u16_be(static_cast<std::uint16_t>(parameters.size()));
  for (const std::string& value : parameters) {
    writer.u32_be(static_cast<std::uint32_t>(value.size()));
    writer.text(value);
  }
  writer.u16_be(0);  // result formats: all text
}

void append_describe(DescribeTarget target, std::string_view name, std::vector<std::byte>& out) {
  MessageScope message(FrontendType::describe, out);
  message.writer().u8(static_cast<std::uint8_t>(target));
  message.writer().cstring(name);
}

void append_execute(std::string_view portal, std::uint32_t rows_max, std::vector<std::byte>& out) {
  MessageScope message(FrontendType::execute, out);
  message.writer().cstring(portal);
  message.writer().u32_be(rows_max);
}

void append_close(DescribeTarget target, std::string_view name, std::vector<std::byte>& out) {
  MessageScope message(FrontendType::close, out);
  message.writer().u8(static_cast<std::uint8_t>(target));
  message.writer().cstring(name);
}

void append_flush(std::vector<std::byte>& out) {
  MessageScope message(FrontendType::flush, out);
}

void append_sync(std::vector<std::byte>& out) {
  MessageScope message(FrontendType::sync, out);
}

}  // namespace pgark::wire
