// Which server is chosen, which encryption, and what is said when none will do.
#include "protocol/connector.hpp"

#include <sys/socket.h>

#include <chrono>

#include "protocol/fixture.hpp"

namespace pgark::test {
namespace {

namespace asio = boost::asio;
using testing::HasSubstr;
using testing::Not;

void accept_and_stay(Peer& peer) {
  peer.welcome();
  peer.expect_close();
}

Script refuse(std::string sqlstate, std::string text) {
  return [sqlstate = std::move(sqlstate), text = std::move(text)](Peer& peer) {
    peer.expect_startup();
    peer.send(backend::error("FATAL", sqlstate, text));
    peer.expect_close();
  };
}

Script of_kind(std::string in_hot_standby, std::string read_only) {
  return [=](Peer& peer) {
    peer.expect_startup();
    peer.send(backend::greeting(
        {{"in_hot_standby", in_hot_standby}, {"default_transaction_read_only", read_only}}));
    peer.expect_close();
  };
}

// An older server, which has to be asked.
Script to_be_asked(std::string question, std::string answer) {
  return [=](Peer& peer) {
    peer.welcome();
    EXPECT_EQ(peer.expect('Q'), question + '\0');
    peer.send(backend::row_description({"a"}) + backend::data_row({answer}) + backend::complete("SELECT 1") +
              backend::ready());
    peer.expect_close();
  };
}

std::string two_hosts(const std::string& first_port, const std::string& second_port,
                      const std::string& extra = {}) {
  return "host=127.0.0.1,127.0.0.1 port=" + first_port + "," + second_port +
         " user=tester dbname=db sslmode=disable " + extra;
}
std::string port_of(const ScriptedServer& server) {
  return std::to_string(server.port());
}

// A port nobody listens on.
std::string dead_port() {
  ScriptedServer gone({});
  return port_of(gone);
}

std::string reached_port(const std::string& conninfo) {
  std::string peer;
  run_coroutine([&]() -> asio::awaitable<void> {
    const ConnectionPtr connection = co_await open(conninfo);
    peer = connection->peer();
  });
  return peer.substr(peer.rfind(':') + 1);
}

TEST(Connector, passes_over_a_dead_host) {
  ScriptedServer alive({accept_and_stay});
  EXPECT_EQ(reached_port(two_hosts(dead_port(), port_of(alive))), port_of(alive));
}

TEST(Connector, names_every_host_it_tried) {
  const std::string first = dead_port();
  const std::string second = dead_port();
  const Error error = connect_error(two_hosts(first, second));
  EXPECT_EQ(error.code, ErrorCode::connect);
  EXPECT_THAT(error.message, HasSubstr("127.0.0.1:" + first + ": "));
  EXPECT_THAT(error.message, HasSubstr("127.0.0.1:" + second + ": "));
  EXPECT_THAT(error.message, HasSubstr("refused"));
}

TEST(Connector, one_host_is_told_simply) {
  const std::string port = dead_port();
  const Error error = connect_error("host=127.0.0.1 port=" + port + " user=u");
  EXPECT_EQ(error.to_string(), "127.0.0.1:" + port + ": cannot connect: Connection refused");
  EXPECT_THAT(error.hint, HasSubstr("running"));
}

TEST(Connector, unknown_host) {
  const Error error = connect_error("host=no-such-host.invalid user=u");
  EXPECT_EQ(error.code, ErrorCode::connect);
  EXPECT_THAT(error.message, HasSubstr("no-such-host.invalid"));
}

TEST(Connector, missing_socket) {
  const Error error = connect_error("host=/nonexistent user=u");
  EXPECT_EQ(error.code, ErrorCode::connect);
  EXPECT_EQ(error.object, "/nonexistent/.s.PGSQL.5432");
}

TEST(Connector, a_path_too_long_for_a_socket) {
  const Error error = connect_error("host=/" + std::string(150, 'x') + " user=u");
  EXPECT_EQ(error.code, ErrorCode::usage);
  EXPECT_THAT(error.message, HasSubstr("107"));
}

TEST(Connector, does_not_carry_refused_credentials_to_the_next_host) {
  ScriptedServer first({refuse("28P01", "password authentication failed for user \"tester\"")});
  const Error error = connect_error(two_hosts(port_of(first), dead_port(), "password=geheim"));
  EXPECT_EQ(error.code, ErrorCode::auth);
  EXPECT_THAT(error.to_string() + error.hint, Not(HasSubstr("geheim")));
  EXPECT_THAT(error.hint, HasSubstr("pgpass"));
}

TEST(Connector, an_unknown_database_ends_the_search) {
  ScriptedServer first({refuse("3D000", "database \"db\" does not exist")});
  const Error error = connect_error(two_hosts(port_of(first), dead_port()));
  EXPECT_EQ(error.code, ErrorCode::connect);
  EXPECT_EQ(error.server->sqlstate, "3D000");
}

TEST(Connector, a_server_that_starts_up_is_passed_over) {
  ScriptedServer first({refuse("57P03", "the database system is starting up")});
  ScriptedServer second({accept_and_stay});
  EXPECT_EQ(reached_port(two_hosts(port_of(first), port_of(second))), port_of(second));
}

TEST(Connector, a_server_that_hangs_up_is_passed_over) {
  ScriptedServer first({[](Peer& peer) { peer.expect_startup(); }});
  ScriptedServer second({accept_and_stay});
  EXPECT_EQ(reached_port(two_hosts(port_of(first), port_of(second))), port_of(second));
}

TEST(Connector, connect_timeout_bounds_the_authentication_too) {
  ScriptedServer silent({[](Peer& peer) {
    peer.expect_startup();
    peer.expect_close();
  }});
  const auto start = std::chrono::steady_clock::now();
  const Error error = connect_error(silent.conninfo("connect_timeout=2"));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(6));
  EXPECT_EQ(error.code, ErrorCode::connect);
  EXPECT_THAT(error.message, HasSubstr("within 2 s"));
}

TEST(Connector, target_session_attrs_reported_by_the_server) {
  struct Case {
    const char* attrs;
    const char* standby;
    const char* read_only;
    const char* refusal;  // nullptr: accepted
  };
  const Case cases[] = {
      {"any", "on", "on", nullptr},
      {"read-write", "off", "off", nullptr},
      {"read-write", "off", "on", "read-only"},
      {"read-write", "on", "off", "read-only"},
      {"read-only", "off", "off", "not read-only"},
      {"read-only", "off", "on", nullptr},
      {"read-only", "on", "off", nullptr},
      {"primary", "off", "on", nullptr},
      {"primary", "on", "off", "is a standby"},
      {"standby", "on", "off", nullptr},
      {"standby", "off", "off", "not a standby"},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(std::string(one.attrs) + " standby " + one.standby + " read-only " + one.read_only);
    ScriptedServer server({of_kind(one.standby, one.read_only)});
    const std::string conninfo = server.conninfo(std::string("target_session_attrs=") + one.attrs);
    if (one.refusal == nullptr) {
      EXPECT_EQ(reached_port(conninfo), port_of(server));
    } else {
      const Error error = connect_error(conninfo);
      EXPECT_EQ(error.code, ErrorCode::connect);
      EXPECT_THAT(error.message, HasSubstr(one.refusal));
    }
  }
}

TEST(Connector, target_session_attrs_of_an_older_server) {
  ScriptedServer writable({to_be_asked("SHOW transaction_read_only", "off")});
  EXPECT_EQ(reached_port(writable.conninfo("target_session_attrs=read-write")), port_of(writable));
  ScriptedServer standby({to_be_asked("SELECT pg_catalog.pg_is_in_recovery()", "t")});
  const Error error = connect_error(standby.conninfo("target_session_attrs=primary"));
  EXPECT_THAT(error.message, HasSubstr("is a standby"));
}

TEST(Connector, a_host_of_the_wrong_kind_is_passed_over) {
  ScriptedServer standby({of_kind("on", "off")});
  ScriptedServer primary({of_kind("off", "off")});
  const std::string conninfo = two_hosts(port_of(standby), port_of(primary), "target_session_attrs=primary");
  EXPECT_EQ(reached_port(conninfo), port_of(primary));
}

TEST(Connector, prefer_standby_takes_anything_in_its_second_pass) {
  ScriptedServer first({of_kind("off", "off"), of_kind("off", "off")});
  ScriptedServer second({of_kind("off", "off")});
  const std::string conninfo =
      two_hosts(port_of(first), port_of(second), "target_session_attrs=prefer-standby");
  EXPECT_EQ(reached_port(conninfo), port_of(first));
}

TEST(Connector, prefer_goes_on_in_clear_when_the_server_has_no_tls) {
  ScriptedServer server({[](Peer& peer) {
    peer.expect_request(Peer::kSslRequest);
    peer.send("N");
    accept_and_stay(peer);
  }});
  EXPECT_EQ(reached_port(server.conninfo("sslmode=prefer")), port_of(server));
}

TEST(Connector, prefer_falls_back_when_the_handshake_fails) {
  ScriptedServer server({[](Peer& peer) {
                           peer.expect_request(Peer::kSslRequest);
                           peer.send("S");
                           peer.receive_bytes(1);
                         },
                         accept_and_stay});
  EXPECT_EQ(reached_port(server.conninfo("sslmode=prefer")), port_of(server));
}

class ConnectorTls : public testing::Test {
 protected:
  // A start-up under TLS that ends in this way.
  Script encrypted(Script inner) {
    return [this, inner = std::move(inner)](Peer& peer) {
      peer.expect_request(Peer::kSslRequest);
      peer.send("S");
      peer.start_tls(tls_);
      inner(peer);
    };
  }

  const Certificate authority_ = Certificate::authority("Test CA");
  const ServerTls tls_{authority_.issue({.common_name = "localhost"})};
};

TEST_F(ConnectorTls, prefer_falls_back_when_pg_hba_wants_no_encryption) {
  ScriptedServer server(
      {encrypted(refuse("28000", "no pg_hba.conf entry for host, SSL encryption")), accept_and_stay});
  EXPECT_EQ(reached_port(server.conninfo("sslmode=prefer")), port_of(server));
}

TEST_F(ConnectorTls, prefer_does_not_send_a_refused_password_again_in_clear) {
  ScriptedServer server({encrypted(refuse("28P01", "password authentication failed"))});
  EXPECT_EQ(connect_error(server.conninfo("sslmode=prefer")).code, ErrorCode::auth);
}

TEST_F(ConnectorTls, allow_begins_in_clear_and_encrypts_when_refused) {
  ScriptedServer server(
      {refuse("28000", "no pg_hba.conf entry for host, no encryption"), encrypted(accept_and_stay)});
  run_coroutine([&]() -> asio::awaitable<void> {
    const ConnectionPtr connection = co_await open(server.conninfo("sslmode=allow"));
    EXPECT_TRUE(connection->uses_tls());
  });
}

TEST_F(ConnectorTls, allow_tells_the_first_refusal_when_there_is_no_tls) {
  ScriptedServer server({refuse("28000", "no pg_hba.conf entry for host, no encryption"), [](Peer& peer) {
                           peer.expect_request(Peer::kSslRequest);
                           peer.send("N");
                           peer.expect_close();
                         }});
  const Error error = connect_error(server.conninfo("sslmode=allow"));
  EXPECT_EQ(error.code, ErrorCode::auth);
  EXPECT_THAT(error.message, HasSubstr("no encryption"));
}

TEST(Connector, require_refuses_a_server_without_tls) {
  ScriptedServer server({[](Peer& peer) {
    peer.expect_request(Peer::kSslRequest);
    peer.send("N");
    peer.expect_close();
  }});
  const Error error = connect_error(server.conninfo("sslmode=require"));
  EXPECT_EQ(error.code, ErrorCode::connect);
  EXPECT_THAT(error.message, HasSubstr("TLS"));
}

TEST(Connector, require_auth_refuses_the_server) {
  ScriptedServer server({[](Peer& peer) {
    peer.expect_startup();
    peer.send(backend::auth_request(3));
    peer.expect_close();
  }});
  const Error error = connect_error(server.conninfo("password=geheim require_auth=scram-sha-256"));
  EXPECT_EQ(error.code, ErrorCode::auth);
  EXPECT_THAT(error.to_string() + error.hint, Not(HasSubstr("geheim")));
}

TEST(Connector, random_order_still_finds_the_live_host) {
  ScriptedServer alive({accept_and_stay});
  const std::string conninfo = two_hosts(dead_port(), port_of(alive), "load_balance_hosts=random");
  EXPECT_EQ(reached_port(conninfo), port_of(alive));
}

TEST(Connector, password_of_each_host) {
  ScriptedServer server({[](Peer& peer) {
    peer.expect_startup();
    peer.send(backend::auth_request(3));
    EXPECT_EQ(peer.expect('p'), std::string("geheim\0", 7));
    peer.send(backend::greeting());
    peer.expect_close();
  }});
  EXPECT_EQ(reached_port(server.conninfo("password=geheim")), port_of(server));
}

}  // namespace
}  // namespace pgark::test
