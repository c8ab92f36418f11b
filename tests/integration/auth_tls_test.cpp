// TLS against a real server: verification, client certificates, channel binding, COPY and cancel.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>

#include "protocol/fixture.hpp"
#include "support/certificates.hpp"
#include "support/cluster.hpp"
#include "support/temp_directory.hpp"

namespace pgark::test {
namespace {

namespace asio = boost::asio;
using testing::HasSubstr;
using testing::Not;

struct Files {
  TempDirectory folder{"tls"};
  Certificate authority = Certificate::authority("Test CA");
  std::string root = write_file(folder / "root.crt", authority.certificate_pem());

  std::pair<std::string, std::string> issue(const std::string& name,
                                            const CertificateOptions& options) const {
    const Certificate certificate = authority.issue(options);
    return {write_file(folder / (name + ".crt"), certificate.certificate_pem()),
            write_file(folder / (name + ".key"), certificate.key_pem())};
  }
};

const Files& files() {
  static const Files instance;
  return instance;
}

ClusterOptions tls_options(const std::string& name, const CertificateOptions& certificate) {
  const auto [certificate_file, key_file] = files().issue(name, certificate);
  ClusterOptions options;
  options.settings = {"ssl = on", "ssl_cert_file = 'server.crt'", "ssl_key_file = 'server.key'",
                      "ssl_ca_file = 'root.crt'"};
  options.files = {{"server.crt", certificate_file}, {"server.key", key_file}, {"root.crt", files().root}};
  options.hba_lines = {
      "local all all trust",
      "hostnossl all postgres 127.0.0.1/32 trust",  // the oracle's way in
      "hostssl all in_scram 127.0.0.1/32 scram-sha-256",
      "hostssl all in_md5 127.0.0.1/32 md5",
      "hostssl all by_certificate 127.0.0.1/32 cert",
      "hostssl all trusted 127.0.0.1/32 trust",
      "hostnossl all in_clear_only 127.0.0.1/32 trust",
  };
  return options;
}

Cluster& cluster() {
  static Cluster instance(
      tls_options("server", {.common_name = "db", .dns_names = {"db.example.org", "localhost"}}));
  static const bool prepared = [] {
    instance.sql("postgres",
                 "SET password_encryption = 'md5'; CREATE ROLE in_md5 LOGIN PASSWORD 'geheim';"
                 "SET password_encryption = 'scram-sha-256'; CREATE ROLE in_scram LOGIN PASSWORD 'geheim';"
                 "CREATE ROLE by_certificate LOGIN; CREATE ROLE in_clear_only LOGIN;"
                 "CREATE ROLE trusted LOGIN SUPERUSER");
    return true;
  }();
  static_cast<void>(prepared);
  return instance;
}

std::string conninfo_of(const std::string& user, const std::string& extra) {
  return "host=db.example.org hostaddr=127.0.0.1 port=" + std::to_string(cluster().port()) +
         " dbname=postgres user=" + user + " sslmode=require " + extra;
}

// user, whether the server sees TLS, and its protocol version
std::string seen_by_server(const std::string& conninfo) {
  std::string seen;
  run_coroutine([&]() -> asio::awaitable<void> {
    const ConnectionPtr connection = co_await open(conninfo);
    const wire::ResultSet result = co_await connection->query(
        "SELECT current_user || CASE WHEN ssl THEN ' encrypted' ELSE ' in clear' END FROM "
        "pg_catalog.pg_stat_ssl "
        "WHERE pid = pg_catalog.pg_backend_pid()");
    seen = result.text(0, 0);
    EXPECT_EQ(connection->uses_tls(), seen.ends_with("encrypted"));
    co_await connection->close();
  });
  return seen;
}

std::string verified() {
  return "sslmode=verify-full sslrootcert=" + files().root;
}

TEST(AuthTls, verify_full_with_the_right_certificate) {
  EXPECT_EQ(seen_by_server(conninfo_of("trusted", verified())), "trusted encrypted");
}

TEST(AuthTls, verify_full_with_the_wrong_name) {
  const Error error = connect_error(conninfo_of("trusted", verified() + " host=other.example.org"));
  EXPECT_EQ(error.code, ErrorCode::connect);
  EXPECT_THAT(error.message, HasSubstr("db.example.org"));
  EXPECT_THAT(error.message, HasSubstr("other.example.org"));
}

TEST(AuthTls, verify_full_with_an_expired_certificate) {
  Cluster expired(
      tls_options("expired", {.common_name = "db.example.org", .days_from = -20, .days_to = -10}));
  const Error error =
      connect_error("host=db.example.org hostaddr=127.0.0.1 port=" + std::to_string(expired.port()) +
                    " user=postgres dbname=postgres " + verified());
  EXPECT_EQ(error.code, ErrorCode::connect);
  EXPECT_THAT(error.message, HasSubstr("expired"));
}

TEST(AuthTls, an_unknown_authority) {
  const std::string other =
      write_file(files().folder / "other.crt", Certificate::authority("Other CA").certificate_pem());
  const Error error = connect_error(conninfo_of("trusted", "sslmode=verify-ca sslrootcert=" + other));
  EXPECT_EQ(error.code, ErrorCode::connect);
  EXPECT_THAT(error.message, HasSubstr("not trusted"));
}

TEST(AuthTls, scram_with_channel_binding) {
  const std::string extra = "password=geheim channel_binding=require";
  EXPECT_EQ(seen_by_server(conninfo_of("in_scram", extra)), "in_scram encrypted");
  EXPECT_EQ(seen_by_server(conninfo_of("in_scram", "password=geheim channel_binding=prefer")),
            "in_scram encrypted");
  EXPECT_EQ(seen_by_server(conninfo_of("in_scram", "password=geheim channel_binding=disable")),
            "in_scram encrypted");
  EXPECT_EQ(connect_error(conninfo_of("in_scram", "password=falsch channel_binding=require")).code,
            ErrorCode::auth);
}

TEST(AuthTls, channel_binding_refuses_methods_that_cannot_bind) {
  const Error error = connect_error(conninfo_of("in_md5", "password=geheim channel_binding=require"));
  EXPECT_EQ(error.code, ErrorCode::auth);
  EXPECT_THAT(error.to_string() + error.hint, Not(HasSubstr("geheim")));
  EXPECT_EQ(seen_by_server(conninfo_of("in_md5", "password=geheim")), "in_md5 encrypted");
}

TEST(AuthTls, client_certificate) {
  const auto [certificate, key] = files().issue("client", {.common_name = "by_certificate"});
  const std::string shown = "sslcert=" + certificate + " sslkey=" + key;
  EXPECT_EQ(seen_by_server(conninfo_of("by_certificate", shown)), "by_certificate encrypted");
}

TEST(AuthTls, client_certificate_of_another_user) {
  const auto [certificate, key] = files().issue("stranger", {.common_name = "stranger"});
  const Error error =
      connect_error(conninfo_of("by_certificate", "sslcert=" + certificate + " sslkey=" + key));
  EXPECT_EQ(error.code, ErrorCode::auth);
}

TEST(AuthTls, client_certificate_missing) {
  const Error error = connect_error(conninfo_of("by_certificate", ""));
  EXPECT_EQ(error.code, ErrorCode::auth);
  EXPECT_THAT(error.message, HasSubstr("certificate"));
}

TEST(AuthTls, client_certificate_of_another_authority) {
  const Certificate other = Certificate::authority("Other CA");
  const Certificate client = other.issue({.common_name = "by_certificate"});
  const std::string certificate = write_file(files().folder / "foreign.crt", client.certificate_pem());
  const std::string key = write_file(files().folder / "foreign.key", client.key_pem());
  const Error error =
      connect_error(conninfo_of("by_certificate", "sslcert=" + certificate + " sslkey=" + key));
  EXPECT_EQ(error.code, ErrorCode::connect) << error.to_string();
}

TEST(AuthTls, sslmode_and_pg_hba) {
  EXPECT_EQ(seen_by_server(conninfo_of("trusted", "sslmode=prefer")), "trusted encrypted");
  EXPECT_EQ(seen_by_server(conninfo_of("trusted", "sslmode=allow")), "trusted encrypted");
  EXPECT_EQ(seen_by_server(conninfo_of("in_clear_only", "sslmode=allow")), "in_clear_only in clear");
  EXPECT_EQ(seen_by_server(conninfo_of("in_clear_only", "sslmode=prefer")), "in_clear_only in clear");
  const Error error = connect_error(conninfo_of("trusted", "sslmode=disable"));
  EXPECT_EQ(error.code, ErrorCode::auth);
  EXPECT_THAT(error.hint, HasSubstr("pg_hba.conf"));
  EXPECT_EQ(connect_error(conninfo_of("in_clear_only", "sslmode=require")).code, ErrorCode::auth);
}

TEST(AuthTls, direct_negotiation) {
  const std::string conninfo = conninfo_of("trusted", "sslnegotiation=direct");
  if (cluster().server_version_num() < 170000) {
    const Error error = connect_error(conninfo);
    EXPECT_EQ(error.code, ErrorCode::connect) << error.to_string();
    GTEST_SKIP() << "sslnegotiation=direct needs a server 17; checked that an older one is refused";
  }
  EXPECT_EQ(seen_by_server(conninfo), "trusted encrypted");
}

TEST(AuthTls, copy_both_ways) {
  run_coroutine([&]() -> asio::awaitable<void> {
    const ConnectionPtr source = co_await open(conninfo_of("trusted", verified()));
    const ConnectionPtr target = co_await open(conninfo_of("trusted", verified()));
    co_await target->execute("CREATE TEMPORARY TABLE t (a int, b text)");
    co_await source->begin_copy_out(
        "COPY (SELECT i, repeat(md5(i::text), 1 + i % 50) FROM generate_series(1, 20000) i) TO STDOUT");
    co_await target->begin_copy_in("COPY t FROM STDIN");
    bool more = true;
    while (more) {
      ByteBuffer buffer;
      more = co_await source->read_copy(buffer, 1 << 20);
      co_await target->write_copy(buffer);
    }
    EXPECT_EQ(source->copy_row_count(), 20'000u);
    const std::uint64_t rows = co_await target->end_copy();
    EXPECT_EQ(rows, 20'000u);
    const wire::ResultSet check =
        co_await target->query("SELECT count(*) FROM t WHERE b = repeat(md5(a::text), 1 + a % 50)");
    EXPECT_EQ(check.integer(0, 0), 20'000);
  });
}

TEST(AuthTls, copy_in_fails_in_the_middle) {
  run_coroutine([&]() -> asio::awaitable<void> {
    const ConnectionPtr connection = co_await open(conninfo_of("trusted", verified()));
    co_await connection->execute("CREATE TEMPORARY TABLE t (a int)");
    co_await connection->begin_copy_in("COPY t FROM STDIN");
    std::string rows = "1\nx\n";
    while (rows.size() < (32u << 20)) rows += "12345678901\n2\n3\n";
    const Error error = co_await caught(connection->write_copy(as_bytes(rows)));
    EXPECT_EQ(error.code, ErrorCode::server);
    EXPECT_EQ(error.server->sqlstate, "22P02");
    EXPECT_EQ(connection->status(), Status::idle);
    const wire::ResultSet count = co_await connection->query("SELECT count(*) FROM t");
    EXPECT_EQ(count.integer(0, 0), 0);
  });
}

asio::awaitable<void> cancel_soon(protocol::CancelHandle handle) {
  asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::milliseconds(200));
  co_await timer.async_wait(asio::use_awaitable);
  co_await handle.cancel();
}

TEST(AuthTls, cancel_request) {
  run_coroutine([&]() -> asio::awaitable<void> {
    const ConnectionPtr connection = co_await open(conninfo_of("trusted", verified()));
    bool cancelled = false;
    const auto executor = co_await asio::this_coro::executor;
    asio::co_spawn(executor, cancel_soon(connection->cancel_handle()),
                   [&cancelled](std::exception_ptr failure) { cancelled = failure == nullptr; });
    const Error error = co_await caught(connection->execute("SELECT pg_catalog.pg_sleep(30)"));
    EXPECT_EQ(error.code, ErrorCode::server);
    EXPECT_EQ(error.server->sqlstate, "57014");
    const wire::ResultSet alive = co_await connection->query("SELECT 1");
    EXPECT_EQ(alive.integer(0, 0), 1);
    EXPECT_TRUE(cancelled);
  });
}

TEST(AuthTls, a_terminated_session_is_a_lost_connection) {
  run_coroutine([&]() -> asio::awaitable<void> {
    const ConnectionPtr connection = co_await open(conninfo_of("trusted", verified()));
    const Error error = co_await caught(connection->query("SELECT pg_terminate_backend(pg_backend_pid())"));
    EXPECT_EQ(error.code, ErrorCode::connection_lost);
    EXPECT_EQ(error.server->sqlstate, "57P01");
  });
}

}  // namespace
}  // namespace pgark::test
