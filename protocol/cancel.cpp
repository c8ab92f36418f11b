#include "protocol/cancel.hpp"

#include <array>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include "base/async/run_on.hpp"
#include "protocol/deadline.hpp"
#include "protocol/wire/message/startup_message.hpp"

namespace pgark::protocol {
namespace {

// False when the server has no TLS to offer now: the key is not sent in clear then.
asio::awaitable<bool> negotiate_tls(Transport& transport, const CancelHandle::Target& target) {
  if (!target.direct_tls) {
    std::vector<std::byte> request;
    wire::append_ssl_request(request);
    if (co_await transport.write(request)) co_return false;
    std::array<std::byte, 1> answer{};
    const IoResult received = co_await transport.read_some(answer);
    if (received.error || answer[0] != std::byte{'S'}) co_return false;
  }
  auto session = target.tls->new_session(target.host);
  if (!session) co_return false;
  const auto started = co_await transport.start_tls(std::move(*session), target.direct_tls);
  co_return started.has_value();
}

asio::awaitable<void> send_request(Transport& transport, const CancelHandle::Target& target) {
  if (co_await transport.connect(target.address, target.socket)) co_return;
  if (target.tls != nullptr) {
    const bool encrypted = co_await negotiate_tls(transport, target);
    if (!encrypted) co_return;
  }
  std::vector<std::byte> request;
  wire::append_cancel_request(target.backend_pid, target.key, request);
  if (co_await transport.write(request)) co_return;
  // The server closes once it has sent the signal; before that the request is only on its way.
  std::array<std::byte, 64> ignored{};
  while (!(co_await transport.read_some(ignored)).error) {
  }
}

asio::awaitable<void> attempt(std::shared_ptr<const CancelHandle::Target> target,
                              std::chrono::milliseconds timeout) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  Transport transport(executor);
  const Deadline deadline(executor, timeout, [&transport] { transport.close(); });
  co_await send_request(transport, *target);
}

}  // namespace

asio::awaitable<void> CancelHandle::cancel(int timeout_ms) const {
  const std::shared_ptr<const Target> target = target_;
  if (target == nullptr || target->key.empty()) co_return;
  // A coroutine that was cancelled itself must be able to stop its statement: from here on only the deadline
  // ends the attempt.
  const bool throws_before = co_await asio::this_coro::throw_if_cancelled();
  co_await asio::this_coro::throw_if_cancelled(false);
  // The caller's executor may have several threads; the deadline and the socket want to be alone.
  const auto strand = asio::make_strand(co_await asio::this_coro::executor);
  auto running = attempt(target, std::chrono::milliseconds(timeout_ms));
  try {
    co_await async::run_on(strand, std::move(running));
  } catch (const boost::system::system_error&) {
    // Best effort by nature; see the contract.
  }
  co_await asio::this_coro::throw_if_cancelled(throws_before);
}

}  // namespace pgark::protocol
