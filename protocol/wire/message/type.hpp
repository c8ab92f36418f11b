// Type bytes of the messages, one enumerator each, direction apart.
// PostgreSQL documentation, "Message Formats".
#pragma once

#include <string>

namespace pgark::wire {

enum class BackendType : char {
  authentication = 'R',
  backend_key_data = 'K',
  bind_complete = '2',
  close_complete = '3',
  command_complete = 'C',
  copy_both_response = 'W',
  copy_data = 'd',
  copy_done = 'c',
  copy_in_response = 'G',
  copy_out_response = 'H',
  data_row = 'D',
  empty_query_response = 'I',
  error_response = 'E',
  function_call_response = 'V',
  negotiate_protocol_version = 'v',
  no_data = 'n',
  notice_response = 'N',
  notification_response = 'A',
  parameter_description = 't',
  parameter_status = 'S',
  parse_complete = '1',
  portal_suspended = 's',
  ready_for_query = 'Z',
  row_description = 'T',
};

enum class FrontendType : char {
  bind = 'B',
  close = 'C',
  copy_data = 'd',
  copy_done = 'c',
  copy_fail = 'f',
  describe = 'D',
  execute = 'E',
  flush = 'H',
  parse = 'P',
  password = 'p',  // also SASLInitialResponse and SASLResponse
  query = 'Q',
  sync = 'S',
  terminate = 'X',
};

// "CommandComplete", or "message of type 0x7a" for a byte that is no type.
std::string backend_type_name(char type);

}  // namespace pgark::wire
