// COPY in both directions, over a scripted server.
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include "protocol/fixture.hpp"

namespace pgark::test {
namespace {

namespace asio = boost::asio;
using testing::HasSubstr;

constexpr std::size_t kMib = 1 << 20;

std::string text_of(const ByteBuffer& buffer) {
  return std::string(as_text(buffer));
}

void begin_out(Peer& peer) {
  peer.welcome();
  peer.expect('Q');
  peer.send(backend::copy_out_response());
}

void begin_in(Peer& peer) {
  peer.welcome();
  peer.expect('Q');
  peer.send(backend::copy_in_response());
}

// Reads messages until one of this type; returns the CopyData bytes before it.
std::size_t drain_until(Peer& peer, char type) {
  std::size_t bytes = 0;
  for (;;) {
    const auto message = peer.receive();
    if (!message) throw std::runtime_error("the client closed while COPY data was expected");
    if (message->first == type) return bytes;
    bytes += message->second.size();
  }
}

// `text` grows by what has come.
asio::awaitable<void> read_into(std::string& text, Connection& connection, std::size_t soft_limit) {
  bool more = true;
  while (more) {
    ByteBuffer buffer;
    more = co_await connection.read_copy(buffer, soft_limit);
    EXPECT_TRUE(buffer.empty() || buffer.back() == std::byte{'\n'}) << "cut inside a row";
    text += text_of(buffer);
  }
}

asio::awaitable<std::string> read_all(Connection& connection, std::size_t soft_limit) {
  std::string text;
  co_await read_into(text, connection, soft_limit);
  co_return text;
}

TEST(CopyOut, rows_arrive_whole_however_they_are_cut) {
  std::string expected;
  std::string stream;
  for (int i = 0; i < 50; ++i) {
    const std::string row =
        std::to_string(i) + "\t" + std::string(static_cast<std::size_t>(i) * 7 % 60, 'x') + "\n";
    expected += row;
    stream += backend::copy_data(row);
  }
  stream += backend::copy_done() + backend::complete("COPY 50") + backend::ready();
  for (const std::size_t piece : {1u, 5u, 13u, 4096u}) {
    for (const std::size_t soft_limit : {1u, 100u, 1u << 20}) {
      ScriptedServer server({[&stream, piece](Peer& peer) {
        begin_out(peer);
        peer.send_in_pieces(stream, piece);
      }});
      run_coroutine([&]() -> asio::awaitable<void> {
        const ConnectionPtr connection = co_await open(server.conninfo());
        co_await connection->begin_copy_out("COPY t TO STDOUT");
        EXPECT_EQ(connection->status(), Status::copy_out);
        const std::string text = co_await read_all(*connection, soft_limit);
        EXPECT_EQ(text, expected);
        EXPECT_EQ(connection->copy_row_count(), 50u);
        EXPECT_EQ(connection->status(), Status::idle);
      });
    }
  }
}

TEST(CopyOut, a_row_above_the_limit_comes_whole) {
  const std::string wide = std::string(3 * kMib, 'w') + "\n";
  ScriptedServer server({[&wide](Peer& peer) {
    begin_out(peer);
    peer.send(backend::copy_data(wide) + backend::copy_data("next\n") + backend::copy_done() +
              backend::complete("COPY 2") + backend::ready());
  }});
  run_coroutine([&]() -> asio::awaitable<void> {
    const ConnectionPtr connection = co_await open(server.conninfo());
    co_await connection->begin_copy_out("COPY t TO STDOUT");
    const std::string text = co_await read_all(*connection, 1000);
    EXPECT_EQ(text, wide + "next\n");
  });
}

// More than enough for the connection to read in bulk.
std::string bulk() {
  std::string stream;
  const std::string row = backend::copy_data(std::string(1023, 'b') + "\n");
  for (int i = 0; i < 3 * 1024; ++i) stream += row;
  return stream;
}

TEST(CopyOut, the_tail_of_bulk_data_is_not_waited_for) {
  ScriptedServer server({[](Peer& peer) {
    begin_out(peer);
    peer.send(bulk());
    for (int i = 0; i < 3; ++i) {
      peer.pause(60);
      peer.send(backend::copy_data("slow\n"));
    }
    peer.send(backend::copy_done() + backend::complete("COPY 3075") + backend::ready());
    peer.expect('Q');
    peer.send(backend::complete("SET") + backend::ready());
  }});
  run_coroutine([&]() -> asio::awaitable<void> {
    const ConnectionPtr connection = co_await open(server.conninfo());
    co_await connection->begin_copy_out("COPY t TO STDOUT");
    const std::string text = co_await read_all(*connection, 64 * 1024);
    EXPECT_EQ(text.size(), 3 * kMib + 3 * 5);
    EXPECT_EQ(connection->copy_row_count(), 3075u);
    co_await connection->execute("SET x = 1");
  });
}

TEST(CopyOut, end_of_file_in_bulk_data) {
  ScriptedServer server({[](Peer& peer) {
    begin_out(peer);
    peer.send(bulk());
    peer.pause(50);
  }});
  run_coroutine([&]() -> asio::awaitable<void> {
    const ConnectionPtr connection = co_await open(server.conninfo());
    co_await connection->begin_copy_out("COPY t TO STDOUT");
    const Error error = co_await caught(read_all(*connection, 64 * 1024));
    EXPECT_EQ(error.code, ErrorCode::connection_lost);
  });
}

TEST(CopyOut, cancelling_while_bulk_data_is_awaited) {
  ScriptedServer server({[](Peer& peer) {
    begin_out(peer);
    peer.send(bulk());
    peer.expect_close();
  }});
  std::string text;
  bool aborted = false;
  const auto body = [&]() -> asio::awaitable<void> {
    const ConnectionPtr connection = co_await open(server.conninfo());
    co_await connection->begin_copy_out("COPY t TO STDOUT");
    try {
      co_await read_into(text, *connection, 64 * 1024);
    } catch (const boost::system::system_error& error) {
      aborted = error.code() == asio::error::operation_aborted;
    }
    EXPECT_EQ(connection->status(), Status::broken);
  };
  run_and_cancel(body, [&text] { return text.size() == 3 * kMib; });
  EXPECT_TRUE(aborted);
}

TEST(CopyOut, an_error_in_the_middle_leaves_the_connection_usable) {
  ScriptedServer server({[](Peer& peer) {
    begin_out(peer);
    peer.send(backend::copy_data("1\n") + backend::error("ERROR", "57014", "canceling statement") +
              backend::ready());
    peer.expect('Q');
    peer.send(backend::complete("SET") + backend::ready());
  }});
  run_coroutine([&]() -> asio::awaitable<void> {
    const ConnectionPtr connection = co_await open(server.conninfo());
    co_await connection->begin_copy_out("COPY t TO STDOUT");
    ByteBuffer buffer;
    const Error error = co_await caught(connection->read_copy(buffer, kMib));
    EXPECT_EQ(error.code, ErrorCode::server);
    EXPECT_EQ(connection->status(), Status::idle);
    co_await connection->execute("SET x = 1");
  });
}

TEST(CopyOut, a_refused_start_leaves_the_connection_usable) {
  ScriptedServer server({[](Peer& peer) {
    peer.welcome();
    peer.expect('Q');
    peer.send(backend::error("ERROR", "42501", "permission denied for table t") + backend::ready());
    peer.expect('X');
  }});
  run_coroutine([&]() -> asio::awaitable<void> {
    const ConnectionPtr connection = co_await open(server.conninfo());
    const Error error = co_await caught(connection->begin_copy_out("COPY t TO STDOUT"));
    EXPECT_EQ(error.server->sqlstate, "42501");
    EXPECT_EQ(connection->status(), Status::idle);
    co_await connection->close();
  });
}

TEST(CopyOut, end_of_file_in_the_middle) {
  ScriptedServer server({[](Peer& peer) {
    begin_out(peer);
    peer.send(backend::copy_data("1\n"));
    peer.send("d");
    peer.close();
  }});
  run_coroutine([&]() -> asio::awaitable<void> {
    const ConnectionPtr connection = co_await open(server.conninfo());
    co_await connection->begin_copy_out("COPY t TO STDOUT");
    ByteBuffer buffer;
    const Error error = co_await caught(connection->read_copy(buffer, kMib));
    EXPECT_EQ(error.code, ErrorCode::connection_lost);
    EXPECT_EQ(connection->status(), Status::broken);
  });
}

TEST(CopyIn, sends_everything_in_messages_of_bounded_size) {
  std::string received;
  ScriptedServer server({[&received](Peer& peer) {
    begin_in(peer);
    for (;;) {
      const auto message = peer.receive();
      ASSERT_TRUE(message);
      if (message->first == 'c') break;
      EXPECT_LE(message->second.size(), 256u * 1024);
      received += message->second;
    }
    peer.send(backend::complete("COPY 17") + backend::ready());
  }});
  const std::string data = std::string(600 * 1024, 'a') + "\n";
  run_coroutine([&]() -> asio::awaitable<void> {
    const ConnectionPtr connection = co_await open(server.conninfo());
    co_await connection->begin_copy_in("COPY t FROM STDIN");
    co_await connection->write_copy(as_bytes(data));
    co_await connection->write_copy({});
    co_await connection->write_copy(as_bytes("z\n"));
    EXPECT_EQ(connection->status(), Status::copy_in);
    const std::uint64_t rows = co_await connection->end_copy();
    EXPECT_EQ(rows, 17u);
    EXPECT_EQ(connection->status(), Status::idle);
  });
  server.finish();
  EXPECT_EQ(received, data + "z\n");
}

TEST(CopyIn, an_error_while_the_writer_is_blocked) {
  constexpr std::size_t kTotal = 64 * kMib;
  std::size_t drained = 0;
  ScriptedServer server({[&drained](Peer& peer) {
    peer.shrink_buffers();
    begin_in(peer);
    peer.pause(100);  // the writer runs into full buffers
    peer.send(backend::error("ERROR", "22P02", "invalid input syntax for type integer: \"x\""));
    peer.pause(100);
    peer.send(backend::ready());
    // As the server does: what was sent before the client noticed is read and dropped.
    drained = drain_until(peer, 'Q');
    peer.send(backend::complete("SET") + backend::ready());
  }});
  const std::string data(kTotal, 'a');
  run_coroutine([&]() -> asio::awaitable<void> {
    const ConnectionPtr connection = co_await open(server.conninfo());
    co_await connection->begin_copy_in("COPY t FROM STDIN");
    const Error error = co_await caught(connection->write_copy(as_bytes(data)));
    EXPECT_EQ(error.code, ErrorCode::server);
    EXPECT_EQ(error.server->sqlstate, "22P02");
    EXPECT_EQ(connection->status(), Status::idle);
    co_await connection->execute("SET x = 1");
  });
  server.finish();
  EXPECT_LT(drained, kTotal / 2) << "the client went on sending after the error";
}

TEST(CopyIn, notices_that_nobody_reads_would_block_both_sides) {
  // The server sends more than the buffers hold before it reads a byte: only a client that reads while it
  // writes gets on.
  constexpr int kNotices = 12'000;
  int notices = 0;
  ScriptedServer server({[](Peer& peer) {
    begin_in(peer);
    std::string flood;
    for (int i = 0; i < kNotices; ++i) flood += backend::notice(std::string(2000, 'n'));
    peer.send(flood);
    drain_until(peer, 'c');
    peer.send(backend::complete("COPY 1") + backend::ready());
  }});
  const std::string data(16 * kMib, 'a');
  run_coroutine([&]() -> asio::awaitable<void> {
    const auto count = [&notices](const ServerMessage&) { ++notices; };
    const ConnectionPtr connection = co_await open(server.conninfo(), count);
    co_await connection->begin_copy_in("COPY t FROM STDIN");
    co_await connection->write_copy(as_bytes(data));
    co_await connection->end_copy();
  });
  EXPECT_EQ(notices, kNotices);
}

TEST(CopyIn, a_server_that_dies_under_the_writer_has_the_last_word) {
  ScriptedServer server({[](Peer& peer) {
    peer.shrink_buffers();
    begin_in(peer);
    peer.pause(50);
    peer.send(backend::error("FATAL", "57P01", "terminating connection due to administrator command"));
    peer.close();  // with unread data: the kernel sends a reset
  }});
  const std::string data(64 * kMib, 'a');
  run_coroutine([&]() -> asio::awaitable<void> {
    const ConnectionPtr connection = co_await open(server.conninfo());
    co_await connection->begin_copy_in("COPY t FROM STDIN");
    const Error error = co_await caught(connection->write_copy(as_bytes(data)));
    EXPECT_EQ(error.code, ErrorCode::connection_lost);
    EXPECT_THAT(error.message, HasSubstr("administrator command"));
    EXPECT_EQ(connection->status(), Status::broken);
  });
}

TEST(CopyIn, an_error_at_the_end) {
  ScriptedServer server({[](Peer& peer) {
    begin_in(peer);
    drain_until(peer, 'c');
    peer.send(backend::error("ERROR", "23505", "duplicate key value") + backend::ready('E'));
    peer.expect('X');
  }});
  run_coroutine([&]() -> asio::awaitable<void> {
    const ConnectionPtr connection = co_await open(server.conninfo());
    co_await connection->begin_copy_in("COPY t FROM STDIN");
    co_await connection->write_copy(as_bytes("1\n"));
    const Error error = co_await caught(connection->end_copy());
    EXPECT_EQ(error.server->sqlstate, "23505");
    EXPECT_EQ(connection->transaction_status(), 'E');
    co_await connection->close();
  });
}

TEST(CopyIn, giving_up_swallows_the_error_it_provokes) {
  ScriptedServer server({[](Peer& peer) {
    begin_in(peer);
    peer.expect('d');
    EXPECT_EQ(peer.expect('f'), std::string("archive damaged\0", 16));
    peer.send(backend::error("ERROR", "57014", "COPY from stdin failed: archive damaged") + backend::ready());
    peer.expect('X');
  }});
  run_coroutine([&]() -> asio::awaitable<void> {
    const ConnectionPtr connection = co_await open(server.conninfo());
    co_await connection->begin_copy_in("COPY t FROM STDIN");
    co_await connection->write_copy(as_bytes("1\n"));
    co_await connection->abort_copy("archive damaged");
    EXPECT_EQ(connection->status(), Status::idle);
    co_await connection->close();
  });
}

TEST(CopyIn, cancelling_a_blocked_writer) {
  ScriptedServer server({[](Peer& peer) {
    peer.shrink_buffers();
    begin_in(peer);
    peer.pause(300);
    try {
      drain_until(peer, 'X');
    } catch (const std::exception&) {
      return;  // the client has closed in the middle of a message
    }
    FAIL() << "a cancelled COPY must not end in an orderly way";
  }});
  const std::string data(64 * kMib, 'a');
  bool writing = false, aborted = false;
  const auto body = [&]() -> asio::awaitable<void> {
    const ConnectionPtr connection = co_await open(server.conninfo());
    co_await connection->begin_copy_in("COPY t FROM STDIN");
    try {
      writing = true;
      co_await connection->write_copy(as_bytes(data));
    } catch (const boost::system::system_error& error) {
      aborted = error.code() == asio::error::operation_aborted;
    }
    EXPECT_EQ(connection->status(), Status::broken);
  };
  run_and_cancel(body, [&writing] { return writing; });
  EXPECT_TRUE(aborted);
}

}  // namespace
}  // namespace pgark::test
