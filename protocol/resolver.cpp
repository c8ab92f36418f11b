#include "protocol/resolver.hpp"

#include <fmt/format.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstring>

namespace pgark::protocol {
namespace {

using Tcp = asio::ip::tcp;

SocketAddress to_address(const Tcp::endpoint& endpoint) {
  SocketAddress address;
  address.length = static_cast<socklen_t>(endpoint.size());
  std::memcpy(&address.storage, endpoint.data(), endpoint.size());
  return address;
}

}  // namespace

asio::awaitable<Result<std::vector<SocketAddress>>> resolve(const params::HostAddress& host) {
  std::vector<SocketAddress> addresses;
  if (host.is_unix_socket()) {
    auto address = unix_address(host.describe());
    if (!address) co_return tl::unexpected(address.error());
    addresses.push_back(*address);
    co_return addresses;
  }
  const std::string& name = host.hostaddr.empty() ? host.host : host.hostaddr;
  boost::system::error_code not_literal;
  const auto literal = asio::ip::make_address(name, not_literal);
  if (!not_literal) {
    addresses.push_back(to_address(Tcp::endpoint(literal, host.port)));
    co_return addresses;
  }
  if (!host.hostaddr.empty()) {
    co_return fail(ErrorCode::usage, fmt::format("invalid hostaddr \"{}\"", name), host.describe(),
                   "hostaddr takes an address in numbers; names go into host");
  }
  Tcp::resolver resolver(co_await asio::this_coro::executor);
  const auto [error, results] = co_await resolver.async_resolve(
      name, std::to_string(host.port), Tcp::resolver::numeric_service, asio::as_tuple(asio::use_awaitable));
  if (error || results.empty()) {
    co_return fail(ErrorCode::connect,
                   fmt::format("cannot resolve host name \"{}\": {}", name, error.message()), host.describe(),
                   "check the spelling of the host and this machine's name service");
  }
  for (const auto& entry : results) addresses.push_back(to_address(entry.endpoint()));
  co_return addresses;
}

}  // namespace pgark::protocol
