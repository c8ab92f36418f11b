#include "protocol/connection.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include "protocol/fixture.hpp"
#include "support/temp_directory.hpp"

namespace pgark::test {
namespace {

namespace asio = boost::asio;
using testing::ElementsAre;
using testing::HasSubstr;

std::string one_row(std::string_view value) {
  return backend::row_description({"a"}) + backend::data_row({value}) + backend::complete("SELECT 1") +
         backend::ready();
}

TEST(Connection, knows_its_server) {
  ScriptedServer server({[](Peer& peer) {
    const std::string packet = peer.expect_startup();
    EXPECT_THAT(packet, HasSubstr(std::string("user\0tester\0database\0db\0", 23)));
    peer.send(backend::greeting({{"server_encoding", "UTF8"}}));
    peer.expect('X');
    peer.expect_close();
  }});
  run_coroutine([&]() -> asio::awaitable<void> {
    const ConnectionPtr connection = co_await open(server.conninfo());
    EXPECT_EQ(connection->status(), Status::idle);
    EXPECT_EQ(connection->server_version_num(), 150003);
    EXPECT_EQ(connection->backend_pid(), 4711u);
    EXPECT_EQ(connection->parameter("server_encoding"), "UTF8");
    EXPECT_EQ(connection->parameter("nothing"), "");
    EXPECT_FALSE(connection->uses_tls());
    EXPECT_EQ(connection->peer(), "127.0.0.1:" + std::to_string(server.port()));
    co_await connection->close();
    EXPECT_EQ(connection->status(), Status::broken);
  });
}

TEST(Connection, version_numbers) {
  for (const auto& [text, number] : {std::pair{"9.6.24", 90624}, {"10.1", 100001}, {"19beta1", 190000}}) {
    ScriptedServer server({[version = std::string(text)](Peer& peer) {
      peer.expect_startup();
      peer.send(backend::auth_ok() + backend::parameter("server_version", version) + backend::ready());
    }});
    run_coroutine([&]() -> asio::awaitable<void> {
      const ConnectionPtr connection = co_await open(server.conninfo());
      EXPECT_EQ(connection->server_version_num(), number) << text;
    });
  }
}

TEST(Connection, replies_may_be_cut_anywhere) {
  for (const std::size_t piece : {1u, 2u, 3u, 7u, 64u}) {
    ScriptedServer server({[piece](Peer& peer) {
      peer.expect_startup();
      peer.send_in_pieces(backend::greeting(), piece);
      EXPECT_EQ(peer.expect('Q'), std::string("SELECT x\0", 9));
      peer.send_in_pieces(one_row("value"), piece);
    }});
    run_coroutine([&]() -> asio::awaitable<void> {
      const ConnectionPtr connection = co_await open(server.conninfo());
      const wire::ResultSet result = co_await connection->query("SELECT x");
      EXPECT_EQ(result.text(0, 0), "value");
    });
  }
}

TEST(Connection, speaks_over_a_unix_socket) {
  const TempDirectory folder("sock");
  ScriptedServer server({[](Peer& peer) {
                          peer.welcome();
                          peer.expect('Q');
                          peer.send(one_row("1"));
                        }},
                        folder.path().string());
  run_coroutine([&]() -> asio::awaitable<void> {
    // TLS is never asked for on a Unix socket, whatever sslmode says.
    const ConnectionPtr connection = co_await open(server.conninfo("sslmode=require"));
    EXPECT_EQ(connection->peer(), (folder / ".s.PGSQL.5432").string());
    const wire::ResultSet result = co_await connection->query("SELECT 1");
    EXPECT_EQ(result.integer(0, 0), 1);
  });
}

TEST(Connection, a_failed_statement_leaves_it_usable) {
  ScriptedServer server({[](Peer& peer) {
    peer.welcome();
    peer.expect('Q');
    peer.send(backend::error("ERROR", "42P01", "relation \"t\" does not exist") + backend::ready('E'));
    peer.expect('Q');
    peer.send(backend::complete("ROLLBACK") + backend::ready());
  }});
  run_coroutine([&]() -> asio::awaitable<void> {
    const ConnectionPtr connection = co_await open(server.conninfo());
    const Error error = co_await caught(connection->query("TABLE t"));
    EXPECT_EQ(error.code, ErrorCode::server);
    EXPECT_TRUE(error.server.has_value());
    EXPECT_EQ(error.server->sqlstate, "42P01");
    EXPECT_EQ(error.statement, "TABLE t");
    EXPECT_EQ(connection->status(), Status::idle);
    EXPECT_EQ(connection->transaction_status(), 'E');
    co_await connection->execute("ROLLBACK");
    EXPECT_EQ(connection->transaction_status(), 'I');
  });
}

TEST(Connection, hands_on_notices_from_start_up_and_from_statements) {
  ScriptedServer server({[](Peer& peer) {
    peer.expect_startup();
    peer.send(backend::auth_ok() + backend::notice("collation version mismatch") + backend::ready());
    peer.expect('Q');
    peer.send(backend::notice("table does not exist, skipping") + backend::complete("DROP TABLE") +
              backend::notice("late") + backend::ready());
  }});
  std::vector<std::string> notices;
  run_coroutine([&]() -> asio::awaitable<void> {
    const auto keep = [&notices](const ServerMessage& notice) { notices.push_back(notice.message); };
    const ConnectionPtr connection = co_await open(server.conninfo(), keep);
    co_await connection->execute("DROP TABLE IF EXISTS t");
  });
  EXPECT_THAT(notices, ElementsAre("collation version mismatch", "table does not exist, skipping", "late"));
}

TEST(Connection, a_server_that_shuts_down_is_a_lost_connection) {
  ScriptedServer server({[](Peer& peer) {
    peer.welcome();
    peer.expect('Q');
    peer.send(backend::error("FATAL", "57P01", "terminating connection due to administrator command"));
    peer.close();
  }});
  run_coroutine([&]() -> asio::awaitable<void> {
    const ConnectionPtr connection = co_await open(server.conninfo());
    const Error error = co_await caught(connection->query("SELECT 1"));
    EXPECT_EQ(error.code, ErrorCode::connection_lost);
    EXPECT_THAT(error.message, HasSubstr("administrator command"));
    EXPECT_EQ(error.object, connection->peer());
    EXPECT_FALSE(error.hint.empty());
    EXPECT_EQ(connection->status(), Status::broken);
    const Error later = co_await caught(connection->query("SELECT 1"));
    EXPECT_EQ(later.code, ErrorCode::connection_lost);
  });
}

TEST(Connection, last_words_are_read_when_writing_fails) {
  // The server has spoken and gone while the connection was idle: the next statement meets a closed socket.
  ScriptedServer server({[](Peer& peer) {
    peer.welcome();
    peer.send(backend::error("FATAL", "57P05", "terminating connection due to idle-session timeout"));
    peer.close();
  }});
  run_coroutine([&]() -> asio::awaitable<void> {
    const ConnectionPtr connection = co_await open(server.conninfo());
    server.finish();
    const std::string large(8 << 20, 'x');
    const Error error = co_await caught(connection->execute("SELECT '" + large + "'"));
    EXPECT_EQ(error.code, ErrorCode::connection_lost);
    EXPECT_THAT(error.message, HasSubstr("idle-session timeout"));
  });
}

TEST(Connection, end_of_file_at_every_byte_of_a_reply) {
  const std::string reply = one_row("value");
  for (std::size_t length = 0; length < reply.size(); ++length) {
    ScriptedServer server({[&reply, length](Peer& peer) {
      peer.welcome();
      peer.expect('Q');
      peer.send(reply.substr(0, length));
      peer.close();
    }});
    const Error error = error_of([&]() -> asio::awaitable<void> {
      const ConnectionPtr connection = co_await open(server.conninfo());
      co_await connection->query("SELECT 1");
    });
    EXPECT_EQ(error.code, ErrorCode::connection_lost) << length;
  }
}

TEST(Connection, a_reset_is_named) {
  ScriptedServer server({[](Peer& peer) {
    peer.welcome();
    peer.expect('Q');
    peer.reset();
  }});
  const Error error = error_of([&]() -> asio::awaitable<void> {
    const ConnectionPtr connection = co_await open(server.conninfo());
    co_await connection->query("SELECT 1");
  });
  EXPECT_EQ(error.code, ErrorCode::connection_lost);
  EXPECT_THAT(error.message, HasSubstr("reset"));
}

TEST(Connection, garbage_breaks_it) {
  ScriptedServer server({[](Peer& peer) {
    peer.welcome();
    peer.expect('Q');
    peer.send("HTTP/1.1 400 Bad Request\r\n\r\n");
    peer.expect_close();
  }});
  run_coroutine([&]() -> asio::awaitable<void> {
    const ConnectionPtr connection = co_await open(server.conninfo());
    const Error error = co_await caught(connection->query("SELECT 1"));
    EXPECT_EQ(error.code, ErrorCode::protocol);
    EXPECT_EQ(connection->status(), Status::broken);
  });
}

TEST(Connection, garbage_instead_of_a_greeting) {
  ScriptedServer server({[](Peer& peer) {
    peer.expect_startup();
    peer.send("220 mail.example.org ESMTP\r\n");
    peer.expect_close();
  }});
  const Error error = connect_error(server.conninfo());
  EXPECT_EQ(error.code, ErrorCode::protocol);
  EXPECT_THAT(error.object, HasSubstr("127.0.0.1"));
}

TEST(Connection, pipeline_names_the_statement_that_failed) {
  ScriptedServer server({[](Peer& peer) {
    peer.welcome();
    for (const char* types = "PBDEPBDEPBDES"; *types != '\0'; ++types) peer.expect(*types);
    const std::string parsed = backend::message('1', {}) + backend::message('2', {});
    peer.send(parsed + backend::message('n', {}) + backend::complete("SET"));
    peer.send(backend::error("ERROR", "42601", "syntax error") + backend::ready());
  }});
  run_coroutine([&]() -> asio::awaitable<void> {
    const ConnectionPtr connection = co_await open(server.conninfo());
    std::size_t failed = 99;
    std::vector<protocol::Statement> statements(3);
    statements[0].sql = "SET x = 1";
    statements[1].sql = "nonsense $1";
    statements[1].parameters = {"secret"};
    statements[2].sql = "SELECT 3";
    const Error error = co_await caught(connection->pipeline(statements, &failed));
    EXPECT_EQ(error.code, ErrorCode::server);
    EXPECT_EQ(failed, 1u);
    EXPECT_EQ(error.statement, "nonsense $1");
    EXPECT_EQ(connection->status(), Status::idle);
  });
}

TEST(Connection, cancellation_breaks_it) {
  ScriptedServer server({[](Peer& peer) {
    peer.welcome();
    peer.expect('Q');
    peer.expect_close();
  }});
  bool asking = false, aborted = false;
  const auto body = [&]() -> asio::awaitable<void> {
    const ConnectionPtr connection = co_await open(server.conninfo());
    try {
      asking = true;
      co_await connection->query("SELECT pg_sleep(60)");
    } catch (const boost::system::system_error& error) {
      aborted = error.code() == asio::error::operation_aborted;
    }
    EXPECT_EQ(connection->status(), Status::broken);
  };
  run_and_cancel(body, [&asking] { return asking; });
  EXPECT_TRUE(aborted);
}

TEST(Connection, close_works_in_a_cancelled_coroutine) {
  ScriptedServer server({[](Peer& peer) {
    peer.welcome();
    peer.expect('X');
    peer.expect_close();
  }});
  bool is_open = false;
  const auto body = [&]() -> asio::awaitable<void> {
    const auto connected = co_await open(server.conninfo());
    is_open = true;
    const auto executor = co_await asio::this_coro::executor;
    boost::asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
    // A busy wait, so that the signal arrives while nothing can be aborted by it.
    while (state.cancelled() == asio::cancellation_type::none) {
      co_await asio::post(executor, asio::use_awaitable);
    }
    co_await asio::this_coro::throw_if_cancelled(false);
    co_await connected->close();
  };
  run_and_cancel(body, [&is_open] { return is_open; });
}

}  // namespace
}  // namespace pgark::test
