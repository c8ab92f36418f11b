#include "protocol/wire/message/terminate.hpp"

#include "protocol/wire/message/encode.hpp"

namespace pgark::wire {

void append_terminate(std::vector<std::byte>& out) {
  MessageScope message(FrontendType::terminate, out);
}

}  // namespace pgark::wire
