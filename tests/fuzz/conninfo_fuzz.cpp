// Connection strings, URIs, service files and password files of any content: no crash, and no secret in an
// error.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "protocol/params/connect_params.hpp"
#include "protocol/params/connection_string.hpp"
#include "protocol/params/password_file.hpp"
#include "protocol/params/service_file.hpp"

using namespace pgark::params;

namespace {

Environment empty_environment() {
  return {[](std::string_view) -> std::optional<std::string> { return std::nullopt; }, "", "user", "", {}};
}

// The input in the place of a password: whatever happens, it must not come back.
void check_secret(std::string_view secret) {
  if (secret.size() < 8 || secret.size() > 1000) return;
  const auto parsed = parse_connection_string("password=x" + std::string(secret));
  if (!parsed && parsed.error().to_string().find(secret) != std::string::npos) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)parse_keyword_value(text);
  if (text.starts_with("postgres")) (void)parse_uri(text);
  (void)parse_service_file(text, "s", "file");
  (void)PasswordFile(std::string(text)).find({"h", "5432", "d", "u"});
  CommandLineParams command_line;
  command_line.dbname = text;
  // Service and password files of this machine are out of reach: their names would come from the input.
  if (text.find("servicefile") == std::string_view::npos && text.find("passfile") == std::string_view::npos) {
    if (const auto resolved = resolve(command_line, empty_environment())) {
      if (resolved->params.hosts.empty() || resolved->params.user.empty()) std::abort();
    }
  }
  check_secret(text);
  return 0;
}
