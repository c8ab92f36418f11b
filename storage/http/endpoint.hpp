// Where a server of HTTP is: the scheme, host and port of a URL, and the path that everything there begins
// with. A value; pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace pgark::storage::http {

struct Endpoint {
  bool tls = true;
  std::string host;  // a name or an address, IPv6 without its brackets
  std::uint16_t port = 443;
  std::string path;  // "" or "/minio": begins with a slash, does not end with one

  // As the Host header wants it: with the port only when it is not the scheme's own. RFC 9110, section 7.2.
  std::string host_header() const;
  // "https://host:9000/minio"
  std::string to_string() const;
  bool operator==(const Endpoint&) const = default;
};

// "https://host[:port][/path]" or "http://...". Errors: usage. User names, queries and fragments are refused:
// they have no meaning here, and what stands in front of "@" may be a password, so it is not quoted either.
Result<Endpoint> parse_endpoint(std::string_view url);

// As RFC 3986 wants a byte that is not unreserved: "%2F". `keep_slash` for the path of a URL.
std::string percent_encode(std::string_view text, bool keep_slash = false);

}  // namespace pgark::storage::http
