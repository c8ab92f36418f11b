#include "protocol/wire/message/auth_response.hpp"

#include "protocol/wire/message/encode.hpp"

namespace pgark::wire {

void append_password_message(std::string_view password, std::vector<std::byte>& out) {
  MessageScope message(FrontendType::password, out);
  message.writer().cstring(password);
}

void append_sasl_initial_response(std::string_view mechanism, std::string_view data,
                                  std::vector<std::byte>& out) {
  MessageScope message(FrontendType::password, out);
  message.writer().cstring(mechanism);
  message.writer().u32_be(static_cast<std::uint32_t>(data.size()));
  message.writer().text(data);
}

void append_sasl_response(std::string_view data, std::vector<std::byte>& out) {
  MessageScope message(FrontendType::password, out);
  message.writer().text(data);
}

}  // namespace pgark::wire
