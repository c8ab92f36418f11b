// Connection strings, URIs, service files and password files of any content: no crash, and no secret in an
// error.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
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

// A marker inside or behind a password: however the quotes fall, it must not come back.
void check_secret(std::string_view text) {
  constexpr std::string_view kMarker = "Sesame7";
  const std::size_t half = text.size() / 2;
  std::string conninfo = "password=";
  conninfo.append(text.substr(0, half)).append(kMarker).append(text.substr(half));
  const auto parsed = parse_keyword_value(conninfo);
  if (!parsed && parsed.error().to_string().find(kMarker) != std::string::npos) std::abort();
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
