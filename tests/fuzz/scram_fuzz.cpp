// The client's side of SCRAM against any server, and SASLprep against any password. The input is cut at its
// first and second zero byte into password, server-first and server-final.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "protocol/wire/base64.hpp"
#include "protocol/wire/saslprep.hpp"
#include "protocol/wire/scram.hpp"

using namespace pgark;
using namespace pgark::wire;

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

std::string_view take_until_zero(std::string_view& text) {
  const std::size_t end = std::min(text.find('\0'), text.size());
  const std::string_view result = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return result;
}

// Counts up to the maximum are allowed and slow; the fuzzer has other things to find.
bool is_slow(std::string_view server_first) {
  const std::size_t at = server_first.find(",i=");
  return at != std::string_view::npos && server_first.size() - at > 7;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string_view password = take_until_zero(text);
  const std::string_view server_first = take_until_zero(text);
  const std::string prepared = saslprep(password);
  require(prepared.empty() == password.empty());
  if (const auto bytes = base64_decode(password)) require(base64_encode(*bytes) == password);
  if (is_slow(server_first)) return 0;

  ScramClient client({.password = std::string(password),
                      .binding = static_cast<ScramBinding>(size % 3),
                      .end_point = std::vector<std::byte>(32),
                      .user = {},
                      .client_nonce = "n"});
  require(client.client_first().has_value());
  const auto final_message = client.client_final(server_first);
  if (!final_message) {
    require(!client.verify(text));
    return 0;
  }
  require(final_message->find(",r=n") != std::string::npos);
  (void)client.verify(text);
  return 0;
}
