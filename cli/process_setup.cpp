#include "cli/process_setup.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <string_view>

namespace pgark::cli {
namespace {

void blank(char* from, const char* to) {
  std::memset(from, '*', static_cast<std::size_t>(to - from));
}

bool starts_with_ignoring_case(const char* text, std::string_view lower) {
  for (const char c : lower) {
    if (std::tolower(static_cast<unsigned char>(*text++)) != c) return false;
  }
  return true;
}

// `password=...` and `sslpassword=...`, in a conninfo string or a URI's query: to the end of the argument, as
// quotes and escapes are not worth the risk of showing a half.
void hide_keyword(char* argument) {
  constexpr std::string_view kKeyword = "password";
  for (char* at = argument; *at != '\0'; ++at) {
    if (!starts_with_ignoring_case(at, kKeyword)) continue;
    char* value = at + kKeyword.size();
    while (std::isspace(static_cast<unsigned char>(*value)) != 0) ++value;
    if (*value != '=') continue;
    return blank(value + 1, value + std::strlen(value));
  }
}

// `scheme://user:password@host`
void hide_in_uri(char* argument) {
  char* const authority = std::strstr(argument, "://");
  if (authority == nullptr) return;
  char* const end = authority + 3 + std::strcspn(authority + 3, "/");
  char* at_sign = nullptr;
  for (char* at = authority + 3; at != end; ++at) {
    if (*at == '@') at_sign = at;
  }
  if (at_sign == nullptr) return;
  for (char* at = authority + 3; at != at_sign; ++at) {
    if (*at == ':') return blank(at + 1, at_sign);
  }
}

// `https://host/path`: of a webhook, whose path is what opens it.
void hide_path(char* argument) {
  char* const authority = std::strstr(argument, "://");
  if (authority == nullptr) return blank(argument, argument + std::strlen(argument));
  char* const path = authority + 3 + std::strcspn(authority + 3, "/?#");
  blank(path, path + std::strlen(path));
}

}  // namespace

void fill_standard_descriptors() {
  constexpr std::array<int, 3> kModes{O_WRONLY, O_RDONLY, O_RDONLY};
  for (int descriptor = 0; descriptor < 3; ++descriptor) {
    // The lowest free number is given out: this one, as all below are taken.
    const bool closed = ::fcntl(descriptor, F_GETFD) < 0 && errno == EBADF;
    if (closed) static_cast<void>(::open("/dev/null", kModes[static_cast<std::size_t>(descriptor)]));
  }
}

void hide_passwords(int argc, char** argv) {
  constexpr std::string_view kWebhook = "--notify-url";
  for (int i = 1; i < argc; ++i) {
    hide_in_uri(argv[i]);
    hide_keyword(argv[i]);
    const bool is_value = std::string_view(argv[i - 1]) == kWebhook;
    if (is_value || std::string_view(argv[i]).starts_with(std::string(kWebhook) + "=")) hide_path(argv[i]);
  }
}

std::string without_passwords(std::string text) {
  hide_in_uri(text.data());
  hide_keyword(text.data());
  return text;
}

}  // namespace pgark::cli
