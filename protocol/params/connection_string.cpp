#include "protocol/params/connection_string.hpp"

#include <algorithm>

#include "protocol/params/uri.hpp"

namespace pgark::params {
namespace {

bool is_scheme_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '.' ||
         c == '-';
}

// "mysql" of "mysql://..."; empty when the text does not begin like a URI.
std::string_view scheme_of(std::string_view text) {
  const std::size_t end = text.find("://");
  if (end == std::string_view::npos || end == 0) return {};
  const std::string_view scheme = text.substr(0, end);
  return std::all_of(scheme.begin(), scheme.end(), is_scheme_character) ? scheme : std::string_view{};
}

}  // namespace

Result<ConnectionStringKind> classify_connection_string(std::string_view text) {
  if (text.size() > kConnectionStringBytesMax) {
    return fail(ErrorCode::usage, "the connection string is longer than 64 KiB");
  }
  if (text.find('\0') != std::string_view::npos) {
    return fail(ErrorCode::usage, "the connection string contains a zero byte");
  }
  if (has_uri_scheme(text)) return ConnectionStringKind::uri;
  if (const std::string_view scheme = scheme_of(text); !scheme.empty()) {
    return fail(ErrorCode::usage,
                "unknown URI scheme \"" + std::string(scheme) + "\" in the connection string", {},
                "a PostgreSQL URI begins with postgresql:// or postgres://");
  }
  if (text.find('=') != std::string_view::npos) return ConnectionStringKind::keyword_value;
  return ConnectionStringKind::database_name;
}

Result<Assignments> parse_connection_string(std::string_view text) {
  const auto kind = classify_connection_string(text);
  if (!kind) return tl::unexpected(kind.error());
  switch (*kind) {
    case ConnectionStringKind::uri: return parse_uri(text);
    case ConnectionStringKind::keyword_value: return parse_keyword_value(text);
    case ConnectionStringKind::database_name: break;
  }
  return Assignments{{"dbname", std::string(text)}};
}

}  // namespace pgark::params
