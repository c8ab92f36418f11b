#include "protocol/wire/message/query.hpp"

#include "protocol/wire/message/encode.hpp"

namespace pgark::wire {

void append_query(std::string_view sql, std::vector<std::byte>& out) {
  MessageScope message(FrontendType::query, out);
  message.writer().cstring(sql);
}

}  // namespace pgark::wire
