#include "storage/http/endpoint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace pgark::storage::http {
namespace {

constexpr std::uint16_t kPortOfHttp = 80;
constexpr std::uint16_t kPortOfHttps = 443;

tl::unexpected<Error> refuse(std::string message) {
  return fail(ErrorCode::usage, std::move(message), {},
              "an endpoint is https://HOST, https://HOST:PORT or the same with http:// and a path");
}

bool is_host_character(unsigned char c) {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return letter || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_' || c == ':' || c == '%';
}

bool is_unreserved(unsigned char c) {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return letter || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
}

// Takes "host", "host:port", "[::1]" or "[::1]:port" apart.
Result<> read_authority(std::string_view text, Endpoint& endpoint) {
  std::string_view port;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return refuse("the address of the endpoint has no closing bracket");
    endpoint.host = text.substr(1, end - 1);
    port = text.substr(end + 1);
  } else {
    const std::size_t colon = text.find(':');
    endpoint.host = text.substr(0, colon);
    port = colon == std::string_view::npos ? std::string_view() : text.substr(colon);
  }
  if (endpoint.host.empty() || !std::ranges::all_of(endpoint.host, is_host_character))
    return refuse("the endpoint names no host");
  if (port.empty()) return {};
  unsigned number = 0;
  const char* const end = port.data() + port.size();
  const auto [at, failed] = std::from_chars(port.data() + 1, end, number);
  if (port.front() != ':' || failed != std::errc() || at != end || number == 0 || number > 65535)
    return refuse("the port of the endpoint is no number from 1 to 65535");
  endpoint.port = static_cast<std::uint16_t>(number);
  return {};
}

}  // namespace

std::string Endpoint::host_header() const {
  const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return port == (tls ? kPortOfHttps : kPortOfHttp) ? name : fmt::format("{}:{}", name, port);
}

std::string Endpoint::to_string() const {
  return (tls ? "https://" : "http://") + host_header() + path;
}

Result<Endpoint> parse_endpoint(std::string_view url) {
  Endpoint endpoint;
  if (url.starts_with("https://")) {
    url.remove_prefix(8);
  } else if (url.starts_with("http://")) {
    endpoint.tls = false;
    endpoint.port = kPortOfHttp;
    url.remove_prefix(7);
  } else {
    return refuse("an endpoint begins with https:// or http://");
  }
  const std::string_view authority = url.substr(0, url.find('/'));
  if (authority.find('@') != std::string_view::npos) return refuse("an endpoint has no user name");
  if (auto read = read_authority(authority, endpoint); !read) return tl::unexpected<Error>(read.error());
  endpoint.path = url.substr(authority.size());
  while (endpoint.path.ends_with('/')) endpoint.path.pop_back();
  const auto allowed = [](unsigned char c) { return c > ' ' && c < 0x7f && c != '?' && c != '#'; };
  if (!std::ranges::all_of(endpoint.path, allowed))
    return refuse("the path of the endpoint has a character that does not belong there");
  return endpoint;
}

std::string percent_encode(std::string_view text, bool keep_slash) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(text.size());
  for (const char character : text) {
    const auto c = static_cast<unsigned char>(character);
    if (is_unreserved(c) || (keep_slash && c == '/')) {
      encoded += character;
    } else {
      encoded += '%';
      encoded += kDigits[c >> 4];
      encoded += kDigits[c & 15];
    }
  }
  return encoded;
}

}  // namespace pgark::storage::http
