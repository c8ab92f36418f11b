// postgresql://[user[:password]@][host[:port]{,host[:port]}][/database][?keyword=value{&keyword=value}]
#include "protocol/params/uri.hpp"

#include "protocol/params/connection_string.hpp"
#include "protocol/params/keywords.hpp"

namespace pgark::params {
namespace {

constexpr std::string_view kSchemes[] = {"postgresql://", "postgres://"};

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

tl::unexpected<Error> uri_error(std::string message, std::string hint = {}) {
  return fail(ErrorCode::usage, std::move(message), "connection URI", std::move(hint));
}

// Cuts `rest` at the first of `stops` and returns the piece before it; the stop stays in `rest`.
std::string_view cut_before(std::string_view& rest, std::string_view stops) {
  const std::size_t end = std::min(rest.find_first_of(stops), rest.size());
  const std::string_view piece = rest.substr(0, end);
  rest.remove_prefix(end);
  return piece;
}

// `what` names the component; its text stays out of the message, it may be a secret.
Result<std::string> decode(std::string_view text, std::string_view what) {
  auto decoded = percent_decode(text);
  if (decoded) return std::move(*decoded);
  return uri_error("bad percent-encoding in the " + std::string(what), "write a literal % as %25");
}

Result<> add_decoded(Assignments& out, std::string keyword, std::string_view text, std::string_view what) {
  auto value = decode(text, what);
  if (!value) return tl::unexpected(value.error());
  out.emplace_back(std::move(keyword), std::move(*value));
  return {};
}

Result<> parse_user_info(std::string_view& rest, Assignments& out) {
  const std::size_t end = rest.find_first_of("@/");
  if (end == std::string_view::npos || rest[end] != '@') return {};
  std::string_view info = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  const std::string_view user = cut_before(info, ":");
  if (!user.empty()) {
    if (const auto added = add_decoded(out, "user", user, "user name"); !added) return added;
  }
  if (!info.empty()) info.remove_prefix(1);
  return info.empty() ? Result<>{} : add_decoded(out, "password", info, "password");
}

Result<std::string_view> parse_host(std::string_view& rest) {
  if (rest.empty() || rest.front() != '[') {
    const std::string_view host = cut_before(rest, ":/?,");
    if (host.find('@') == std::string_view::npos) return host;
    return uri_error("more than one \"@\" before the host name",
                     "write a literal @ of a user name or password as %40");
  }
  const std::size_t end = rest.find(']');
  if (end == std::string_view::npos) return uri_error("\"[\" of an IPv6 address is not closed");
  if (end == 1) return uri_error("an IPv6 address between [ and ] is empty");
  const std::string_view host = rest.substr(1, end - 1);
  rest.remove_prefix(end + 1);
  if (!rest.empty() && std::string_view(":/?,").find(rest.front()) == std::string_view::npos) {
    return uri_error("only a port, another host, \"/\" or \"?\" may follow the \"]\" of an IPv6 address");
  }
  return host;
}

Result<> parse_hosts(std::string_view& rest, Assignments& out) {
  std::string hosts, ports;
  for (bool more = true; more;) {
    const auto host = parse_host(rest);
    if (!host) return tl::unexpected(host.error());
    auto name = decode(*host, "host name");
    if (!name) return tl::unexpected(name.error());
    hosts += *name;
    if (!rest.empty() && rest.front() == ':') {
      rest.remove_prefix(1);
      ports += cut_before(rest, "/?,");
    }
    more = !rest.empty() && rest.front() == ',';
    if (more) {
      rest.remove_prefix(1);
      hosts += ',';
      ports += ',';
    }
  }
  if (!hosts.empty()) out.emplace_back("host", std::move(hosts));
  // Not quoted: what looks like a port is the begin of the password when that holds an unencoded slash.
  if (ports.find_first_not_of("0123456789,") != std::string::npos) {
    return uri_error("the port after a host is not a number",
                     "write a literal / of a user name or password as %2F");
  }
  if (!ports.empty()) out.emplace_back("port", std::move(ports));  // "," of two hosts: both have the default
  return {};
}

Result<> parse_parameter(std::string_view parameter, Assignments& out) {
  const std::size_t equals = parameter.find('=');
  auto keyword = decode(parameter.substr(0, equals), "name of a query parameter");
  if (!keyword) return tl::unexpected(keyword.error());
  if (equals == std::string_view::npos) {
    return uri_error("missing \"=\" in the query parameter " + quote_keyword(*keyword));
  }
  const std::string_view text = parameter.substr(equals + 1);
  if (text.find('=') != std::string_view::npos) {
    return uri_error("more than one \"=\" in the query parameter " + quote_keyword(*keyword),
                     "write a literal = as %3D and a literal & as %26");
  }
  if (*keyword == "ssl") {  // the JDBC driver's spelling, which libpq accepts too
    if (text != "true")
      return uri_error("the query parameter ssl takes only the value true", "use sslmode instead");
    out.emplace_back("sslmode", "require");
    return {};
  }
  const auto known = check_keyword(*keyword, false);
  if (!known) return uri_error("query parameter: " + known.error().message);
  return add_decoded(out, std::string((*known)->name), text, "value of " + quote_keyword(*keyword));
}

}  // namespace

bool has_uri_scheme(std::string_view text) {
  for (const std::string_view scheme : kSchemes) {
    if (text.starts_with(scheme)) return true;
  }
  return false;
}

std::optional<std::string> percent_decode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    if (text.size() - i < 3) return std::nullopt;
    const int high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
    if (high < 0 || low < 0 || (high == 0 && low == 0)) return std::nullopt;
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return decoded;
}

Result<Assignments> parse_uri(std::string_view text) {
  std::string_view rest = text;
  for (const std::string_view scheme : kSchemes) {
    if (text.starts_with(scheme)) rest = text.substr(scheme.size());
  }
  Assignments result;
  if (const auto parsed = parse_user_info(rest, result); !parsed) return tl::unexpected(parsed.error());
  if (const auto parsed = parse_hosts(rest, result); !parsed) return tl::unexpected(parsed.error());
  if (!rest.empty() && rest.front() == '/') {
    rest.remove_prefix(1);
    const std::string_view database = cut_before(rest, "?");
    if (!database.empty()) {
      if (const auto added = add_decoded(result, "dbname", database, "database name"); !added) {
        return tl::unexpected(added.error());
      }
    }
  }
  while (rest.size() > 1) {  // "?a=b&c=d": drop the separator, take one parameter
    rest.remove_prefix(1);
    const std::string_view parameter = cut_before(rest, "&");
    if (const auto parsed = parse_parameter(parameter, result); !parsed)
      return tl::unexpected(parsed.error());
  }
  return result;
}

}  // namespace pgark::params
