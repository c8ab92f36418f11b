#include "protocol/cancel.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>

#include "protocol/fixture.hpp"

namespace pgark::test {
namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

const std::string kRequest = backend::u32(4711) + "abcd";

void stay_open(Peer& peer) {
  peer.welcome();
  peer.expect_close();
}

TEST(Cancel, names_the_session_and_waits_for_the_server) {
  ScriptedServer server({stay_open, [](Peer& peer) {
                           EXPECT_EQ(peer.expect_request(Peer::kCancelRequest), kRequest);
                           peer.pause(150);
                         }});
  run_coroutine([&]() -> asio::awaitable<void> {
    const ConnectionPtr connection = co_await open(server.conninfo());
    const auto start = Clock::now();
    co_await connection->cancel_handle().cancel();
    EXPECT_GE(Clock::now() - start, std::chrono::milliseconds(100));
    EXPECT_EQ(connection->status(), Status::idle);
  });
}

TEST(Cancel, works_after_the_connection_is_gone) {
  ScriptedServer server(
      {stay_open, [](Peer& peer) { EXPECT_EQ(peer.expect_request(Peer::kCancelRequest), kRequest); }});
  run_coroutine([&]() -> asio::awaitable<void> {
    ConnectionPtr connection = co_await open(server.conninfo());
    const protocol::CancelHandle handle = connection->cancel_handle();
    connection.reset();
    co_await handle.cancel();
  });
}

TEST(Cancel, a_silent_server_costs_no_more_than_the_timeout) {
  ScriptedServer server({stay_open, [](Peer& peer) {
                           peer.expect_request(Peer::kCancelRequest);
                           peer.expect_close();
                         }});
  run_coroutine([&]() -> asio::awaitable<void> {
    const ConnectionPtr connection = co_await open(server.conninfo());
    const auto start = Clock::now();
    co_await connection->cancel_handle().cancel(100);
    EXPECT_LT(Clock::now() - start, std::chrono::seconds(3));
  });
}

TEST(Cancel, an_unreachable_server_is_no_error) {
  protocol::CancelHandle handle(nullptr);
  {
    ScriptedServer server({stay_open});
    run_coroutine([&]() -> asio::awaitable<void> {
      const ConnectionPtr connection = co_await open(server.conninfo());
      handle = connection->cancel_handle();
    });
  }
  run_coroutine([&]() -> asio::awaitable<void> { co_await handle.cancel(); });
}

TEST(Cancel, works_in_a_cancelled_coroutine) {
  ScriptedServer server({[](Peer& peer) {
                           peer.welcome();
                           peer.expect('Q');
                           peer.expect_close();
                         },
                         [](Peer& peer) { EXPECT_EQ(peer.expect_request(Peer::kCancelRequest), kRequest); }});
  bool asking = false, cancelled = false;
  const auto body = [&]() -> asio::awaitable<void> {
    const ConnectionPtr connection = co_await open(server.conninfo());
    try {
      asking = true;
      co_await connection->query("SELECT pg_sleep(60)");
    } catch (const boost::system::system_error&) {
      cancelled = true;
    }
    co_await asio::this_coro::reset_cancellation_state();
    co_await connection->cancel_handle().cancel();
  };
  run_and_cancel(body, [&asking] { return asking; });
  EXPECT_TRUE(cancelled);
}

TEST(Cancel, is_encrypted_when_the_connection_was) {
  const Certificate authority = Certificate::authority("Test CA");
  const ServerTls tls(authority.issue({.common_name = "localhost"}));
  const auto with_tls = [&tls](Peer& peer) {
    peer.expect_request(Peer::kSslRequest);
    peer.send("S");
    peer.start_tls(tls);
  };
  ScriptedServer server({[&](Peer& peer) {
                           with_tls(peer);
                           stay_open(peer);
                         },
                         [&](Peer& peer) {
                           with_tls(peer);
                           EXPECT_EQ(peer.expect_request(Peer::kCancelRequest), kRequest);
                         }});
  run_coroutine([&]() -> asio::awaitable<void> {
    const ConnectionPtr connection = co_await open(server.conninfo("sslmode=require"));
    co_await connection->cancel_handle().cancel();
  });
}

TEST(Cancel, the_key_is_never_sent_in_clear_by_an_encrypted_connection) {
  const Certificate authority = Certificate::authority("Test CA");
  const ServerTls tls(authority.issue({.common_name = "localhost"}));
  ScriptedServer server({[&](Peer& peer) {
                           peer.expect_request(Peer::kSslRequest);
                           peer.send("S");
                           peer.start_tls(tls);
                           stay_open(peer);
                         },
                         [](Peer& peer) {
                           peer.expect_request(Peer::kSslRequest);
                           peer.send("N");
                           peer.expect_close();
                         }});
  run_coroutine([&]() -> asio::awaitable<void> {
    const ConnectionPtr connection = co_await open(server.conninfo("sslmode=require"));
    co_await connection->cancel_handle().cancel();
  });
}

}  // namespace
}  // namespace pgark::test
