// Every decoder of backend messages. The first byte of the input is the message type, the rest its payload.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "protocol/wire/message/authentication.hpp"
#include "protocol/wire/message/backend_key_data.hpp"
#include "protocol/wire/message/command_complete.hpp"
#include "protocol/wire/message/copy_response.hpp"
#include "protocol/wire/message/data_row.hpp"
#include "protocol/wire/message/decode.hpp"
#include "protocol/wire/message/negotiate_protocol_version.hpp"
#include "protocol/wire/message/notification_response.hpp"
#include "protocol/wire/message/parameter_description.hpp"
#include "protocol/wire/message/parameter_status.hpp"
#include "protocol/wire/message/ready_for_query.hpp"
#include "protocol/wire/message/row_description.hpp"
#include "protocol/wire/message/server_message.hpp"
#include "protocol/wire/message/type.hpp"

using namespace pgark;
using namespace pgark::wire;

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

// The width is taken from the message itself, so that rows of any width are reached.
void decode_row(ByteSpan payload) {
  ResultSet rows;
  rows.columns.resize(ByteReader(payload).u16_be() % 2000);
  const bool decoded = decode_data_row(payload, rows).has_value();
  require(decoded == skip_data_row(payload, rows.columns.size()).has_value());
  if (!decoded) return;
  require(rows.row_count() == 1);
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < rows.columns.size(); ++i) bytes += rows.text(0, i).size();
  require(bytes + 2 + 4 * rows.columns.size() == payload.size());
}

void decode(BackendType type, ByteSpan payload) {
  switch (type) {
    case BackendType::authentication: (void)decode_authentication(payload); break;
    case BackendType::backend_key_data: (void)decode_backend_key_data(payload); break;
    case BackendType::command_complete:
      if (const auto tag = decode_command_complete(payload)) (void)row_count_of_tag(*tag);
      break;
    case BackendType::copy_both_response:
    case BackendType::copy_in_response:
    case BackendType::copy_out_response: (void)decode_copy_response(payload); break;
    case BackendType::data_row: decode_row(payload); break;
    case BackendType::error_response:
    case BackendType::notice_response:
      if (const auto message = decode_server_message(payload)) (void)is_fatal(*message);
      break;
    case BackendType::negotiate_protocol_version: (void)decode_negotiate_protocol_version(payload); break;
    case BackendType::notification_response: (void)decode_notification_response(payload); break;
    case BackendType::parameter_description: (void)decode_parameter_description(payload); break;
    case BackendType::parameter_status: (void)decode_parameter_status(payload); break;
    case BackendType::ready_for_query: (void)decode_ready_for_query(payload); break;
    case BackendType::row_description: (void)decode_row_description(payload); break;
    default: (void)decode_empty(payload, "message"); break;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const char type = static_cast<char>(data[0]);
  (void)backend_type_name(type);
  decode(static_cast<BackendType>(type), {reinterpret_cast<const std::byte*>(data) + 1, size - 1});
  return 0;
}
