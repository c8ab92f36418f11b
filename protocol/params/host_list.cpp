#include "protocol/params/host_list.hpp"

#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>

#include "protocol/params/list.hpp"
#include "protocol/params/text_file.hpp"

namespace pgark::params {
namespace {

constexpr std::uint16_t kDefaultPort = 5432;

std::string socket_path(const std::string& directory, std::uint16_t port) {
  return directory + "/.s.PGSQL." + std::to_string(port);
}

Result<std::uint16_t> parse_port(std::string_view text) {
  if (text.empty()) return kDefaultPort;
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port == 0) {
    return fail(ErrorCode::usage, "invalid port number \"" + std::string(text) + '"', {},
                "a port is a number between 1 and 65535");
  }
  return port;
}

// IPv4, IPv6 and IPv6 with a scope ("fe80::1%eth0"); asks no name server.
bool is_numeric_address(const std::string& text) {
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(text.c_str(), nullptr, &hints, &found) != 0) return false;
  ::freeaddrinfo(found);
  return true;
}

std::string default_host(std::uint16_t port, const Environment& environment) {
  for (const std::string& directory : environment.socket_directories) {
    if (file_status(socket_path(directory, port)).kind != FileKind::absent) return directory;
  }
  return environment.socket_directories.empty() ? "localhost" : environment.socket_directories.front();
}

tl::unexpected<Error> length_mismatch(std::size_t count, const char* what, std::size_t hosts) {
  return fail(ErrorCode::usage, "cannot match " + std::to_string(count) + " " + what + " to " +
                                    std::to_string(hosts) + (hosts == 1 ? " host" : " hosts"));
}

}  // namespace

Result<std::vector<HostAddress>> build_host_list(const Draft& draft, const Environment& environment) {
  const auto names = split_list(draft.host);
  const auto addresses = split_list(draft.hostaddr);
  const auto ports = split_list(draft.port);
  const std::size_t count = draft.hostaddr.empty() ? names.size() : addresses.size();
  if (!draft.host.empty() && names.size() != count) return length_mismatch(names.size(), "host names", count);
  if (ports.size() != 1 && ports.size() != count) return length_mismatch(ports.size(), "port numbers", count);

  std::vector<HostAddress> hosts(count);
  for (std::size_t i = 0; i < count; ++i) {
    HostAddress& host = hosts[i];
    const auto port = parse_port(ports.size() == 1 ? ports.front() : ports[i]);
    if (!port) return tl::unexpected(port.error());
    host.port = *port;
    if (!draft.host.empty()) host.host = names[i];
    if (!draft.hostaddr.empty()) host.hostaddr = addresses[i];
    if (!host.hostaddr.empty() && !is_numeric_address(host.hostaddr)) {
      return fail(ErrorCode::usage, "invalid network address \"" + host.hostaddr + "\" in hostaddr", {},
                  "hostaddr takes numeric addresses; names go into host");
    }
    if (host.host.empty() && host.hostaddr.empty()) host.host = default_host(host.port, environment);
  }
  return hosts;
}

std::string password_file_host(const HostAddress& host, const Environment& environment) {
  if (host.host.empty()) return host.hostaddr;
  const auto& defaults = environment.socket_directories;
  const bool is_default = std::find(defaults.begin(), defaults.end(), host.host) != defaults.end();
  return is_default ? "localhost" : host.host;
}

bool HostAddress::is_unix_socket() const {
  return hostaddr.empty() && !host.empty() && (host.front() == '/' || host.front() == '@');
}

std::string HostAddress::describe() const {
  if (is_unix_socket()) return socket_path(host, port);
  const std::string& name = host.empty() ? hostaddr : host;
  const bool ipv6 = name.find(':') != std::string::npos;
  return (ipv6 ? '[' + name + ']' : name) + ':' + std::to_string(port);
}

}  // namespace pgark::params
