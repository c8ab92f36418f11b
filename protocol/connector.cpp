#include "protocol/connector.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <random>

#include "protocol/connection_errors.hpp"
#include "protocol/query.hpp"
#include "protocol/resolver.hpp"
#include "protocol/session_kind.hpp"

namespace pgark::protocol {
namespace {

using params::TargetSessionAttrs;

enum class Next : std::uint8_t { address, host, stop };

Next after(const Attempt& attempt) {
  const Error& error = *attempt.error;
  if (error.code == ErrorCode::usage) return Next::stop;
  if (attempt.timed_out || attempt.stage != Attempt::Stage::startup) return Next::address;
  if (error.server) return error.server->sqlstate == "57P03" ? Next::host : Next::stop;
  return error.code == ErrorCode::auth ? Next::stop : Next::address;
}

std::string_view sqlstate_of(const Attempt& attempt) {
  return attempt.error && attempt.error->server ? std::string_view(attempt.error->server->sqlstate)
                                                : std::string_view();
}

// Is the other way of encryption worth a try?
bool retry_in_clear(const Attempt& attempt) {
  if (!attempt.error || attempt.timed_out || attempt.error->code == ErrorCode::usage) return false;
  if (attempt.stage == Attempt::Stage::tls) return true;
  return attempt.tls != nullptr && sqlstate_of(attempt) == "28000";
}
bool retry_encrypted(const Attempt& attempt) {
  const bool refused = attempt.error && attempt.error->server && attempt.stage == Attempt::Stage::startup;
  return refused && sqlstate_of(attempt) != "28P01" && sqlstate_of(attempt) != "57P03";
}

template <class Items>
void shuffle(Items& items) {
  std::mt19937_64 generator(std::random_device{}());
  std::shuffle(items.begin(), items.end(), generator);
}

class Connector {
 public:
  Connector(asio::any_io_executor executor, const params::ConnectParams& params, NoticeHandler on_notice)
      : executor_(std::move(executor)), params_(params), on_notice_(std::move(on_notice)), tls_(params.ssl) {}

  asio::awaitable<Connected> run();

 private:
  asio::awaitable<bool> try_all(TargetSessionAttrs attrs);
  asio::awaitable<Next> try_host(const params::HostAddress& host, TargetSessionAttrs attrs);
  asio::awaitable<Next> try_address(const Destination& destination, TargetSessionAttrs attrs);
  asio::awaitable<Attempt> open(const Destination& destination);
  asio::awaitable<Attempt> open_preferring_tls(const Destination& destination);
  asio::awaitable<Attempt> open_allowing_tls(const Destination& destination);
  [[noreturn]] void give_up();

  asio::any_io_executor executor_;
  const params::ConnectParams& params_;
  NoticeHandler on_notice_;
  TlsContextSource tls_;
  std::vector<Error> failures_;
  std::optional<Connected> connected_;
};

asio::awaitable<Attempt> Connector::open_preferring_tls(const Destination& destination) {
  Attempt encrypted =
      co_await open_session(executor_, destination, wire::TlsPolicy::optional, tls_, on_notice_);
  if (!retry_in_clear(encrypted)) co_return encrypted;
  Attempt clear = co_await open_session(executor_, destination, wire::TlsPolicy::disabled, tls_, on_notice_);
  if (clear.error && clear.error->message != encrypted.error->message) {
    clear.error->message += fmt::format("; with TLS: {}", encrypted.error->message);
  }
  co_return clear;
}

asio::awaitable<Attempt> Connector::open_allowing_tls(const Destination& destination) {
  Attempt clear = co_await open_session(executor_, destination, wire::TlsPolicy::disabled, tls_, on_notice_);
  if (!retry_encrypted(clear)) co_return clear;
  Attempt encrypted =
      co_await open_session(executor_, destination, wire::TlsPolicy::required, tls_, on_notice_);
  // A server without TLS: its first refusal is the better explanation.
  if (encrypted.error && !encrypted.error->server) co_return clear;
  co_return encrypted;
}

asio::awaitable<Attempt> Connector::open(const Destination& destination) {
  using params::SslMode;
  const SslMode mode = destination.address.is_unix() ? SslMode::disable : params_.ssl.mode;
  if (mode == SslMode::prefer) co_return co_await open_preferring_tls(destination);
  if (mode == SslMode::allow) co_return co_await open_allowing_tls(destination);
  const wire::TlsPolicy policy =
      mode == SslMode::disable ? wire::TlsPolicy::disabled : wire::TlsPolicy::required;
  co_return co_await open_session(executor_, destination, policy, tls_, on_notice_);
}

asio::awaitable<Next> Connector::try_address(const Destination& destination, TargetSessionAttrs attrs) {
  Attempt attempt = co_await open(destination);
  if (attempt.error) {
    const Next next = after(attempt);
    failures_.push_back(std::move(*attempt.error));
    co_return next;
  }
  auto suitable = co_await check_session_kind(*attempt.session, attrs, params_.connect_timeout_s);
  if (!suitable) {
    Error error = std::move(suitable).error();
    error.object = describe_target(destination.host, destination.address);
    failures_.push_back(std::move(error));
    co_return Next::host;
  }
  connected_ =
      Connected{std::move(attempt.session), std::move(attempt.tls), destination.host, destination.address};
  co_return Next::stop;
}

asio::awaitable<Next> Connector::try_host(const params::HostAddress& host, TargetSessionAttrs attrs) {
  auto addresses = co_await resolve(host);
  if (!addresses) {
    failures_.push_back(std::move(addresses).error());
    co_return Next::host;
  }
  if (params_.load_balance_random) shuffle(*addresses);
  for (const SocketAddress& address : *addresses) {
    const Destination destination{params_, host, address};
    const Next next = co_await try_address(destination, attrs);
    if (next != Next::address) co_return next;
  }
  co_return Next::host;
}

// True when the search is over, with or without success.
asio::awaitable<bool> Connector::try_all(TargetSessionAttrs attrs) {
  std::vector<params::HostAddress> hosts = params_.hosts;
  if (params_.load_balance_random) shuffle(hosts);
  for (const params::HostAddress& host : hosts) {
    const Next next = co_await try_host(host, attrs);
    if (next == Next::stop) co_return true;
  }
  co_return false;
}

asio::awaitable<Connected> Connector::run() {
  const bool two_passes = params_.target_session_attrs == TargetSessionAttrs::prefer_standby;
  const TargetSessionAttrs first = two_passes ? TargetSessionAttrs::standby : params_.target_session_attrs;
  const bool over = co_await try_all(first);
  if (!over && two_passes) {
    failures_.clear();  // the second pass meets the same ones again
    co_await try_all(TargetSessionAttrs::any);
  }
  if (!connected_) give_up();
  co_return std::move(*connected_);
}

void Connector::give_up() {
  if (failures_.empty()) {
    Error error;
    error.code = ErrorCode::usage;
    error.message = "no host to connect to";
    throw Exception(std::move(error));
  }
  Error last = std::move(failures_.back());
  failures_.pop_back();
  if (failures_.empty()) throw Exception(std::move(last));
  std::string text = "none of the servers tried could be used: ";
  for (const Error& failure : failures_) text += failure.to_string() + "; ";
  // Its SQLSTATE stays in Error::server, and is shown from there.
  text += last.object + ": " + last.message;
  last.message = std::move(text);
  last.object.clear();
  last.offset.reset();
  throw Exception(std::move(last));
}

}  // namespace

asio::awaitable<Connected> find_server(asio::any_io_executor executor, const params::ConnectParams& params,
                                       NoticeHandler on_notice) {
  Connector connector(std::move(executor), params, std::move(on_notice));
  co_return co_await connector.run();
}

}  // namespace pgark::protocol
