// Passwords, policies, hosts and kinds of session against a real server without TLS.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/fixture.hpp"
#include "support/certificates.hpp"
#include "support/cluster.hpp"
#include "support/temp_directory.hpp"

namespace pgark::test {
namespace {

namespace asio = boost::asio;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// A password whose SASLprep form differs from its bytes: a non-breaking space and a ligature.
constexpr const char* kUnicodePassword = "p\u00c4ss\u00a0w\ufb01rd";

Cluster& cluster() {
  static Cluster instance([] {
    ClusterOptions options;
    options.hba_lines = {
        "local all all trust",
        "host all postgres 127.0.0.1/32 trust",
        "host all in_md5 127.0.0.1/32 md5",
        "host all in_scram,in_unicode 127.0.0.1/32 scram-sha-256",
        "host all in_clear 127.0.0.1/32 password",
        "host all read_only 127.0.0.1/32 trust",
        "host all unwanted 127.0.0.1/32 reject",
    };
    return options;
  }());
  static const bool prepared = [] {
    instance.sql("postgres",
                 "SET password_encryption = 'md5'; CREATE ROLE in_md5 LOGIN PASSWORD 'geheim';"
                 "SET password_encryption = 'scram-sha-256'; CREATE ROLE in_scram LOGIN PASSWORD 'geheim';"
                 "CREATE ROLE in_clear LOGIN PASSWORD 'geheim'; CREATE ROLE unwanted LOGIN;"
                 "CREATE ROLE read_only LOGIN; ALTER ROLE read_only SET default_transaction_read_only = on");
    instance.sql("postgres", std::string("CREATE ROLE in_unicode LOGIN PASSWORD '") + kUnicodePassword + "'");
    return true;
  }();
  static_cast<void>(prepared);
  return instance;
}

std::string conninfo_of(const std::string& user, const std::string& extra = {}) {
  return "host=127.0.0.1 port=" + std::to_string(cluster().port()) + " dbname=postgres user=" + user + " " +
         extra;
}

std::string current_user(const std::string& conninfo) {
  std::string user;
  run_coroutine([&]() -> asio::awaitable<void> {
    const ConnectionPtr connection = co_await open(conninfo);
    const wire::ResultSet result = co_await connection->query("SELECT current_user");
    user = result.text(0, 0);
    co_await connection->close();
  });
  return user;
}

void expect_auth_error(const Error& error) {
  EXPECT_EQ(error.code, ErrorCode::auth) << error.to_string();
  EXPECT_THAT(error.to_string() + error.hint, Not(HasSubstr("falsch")));
  EXPECT_THAT(error.to_string() + error.hint, Not(HasSubstr("geheim")));
  EXPECT_THAT(error.hint, Not(IsEmpty())) << error.to_string();
}

TEST(AuthPassword, every_method_lets_the_right_password_in) {
  for (const std::string user : {"in_md5", "in_scram", "in_clear"}) {
    EXPECT_EQ(current_user(conninfo_of(user, "password=geheim")), user);
  }
}

TEST(AuthPassword, every_method_refuses_a_wrong_one) {
  for (const std::string user : {"in_md5", "in_scram", "in_clear"}) {
    SCOPED_TRACE(user);
    const Error error = connect_error(conninfo_of(user, "password=falsch"));
    expect_auth_error(error);
    EXPECT_EQ(error.server->sqlstate, "28P01");
  }
}

TEST(AuthPassword, a_missing_password_is_named) {
  const Error error = connect_error(conninfo_of("in_scram"));
  expect_auth_error(error);
  EXPECT_THAT(error.message, HasSubstr("password"));
}

TEST(AuthPassword, scram_normalises_the_password) {
  EXPECT_EQ(current_user(conninfo_of("in_unicode", std::string("password='") + kUnicodePassword + "'")),
            "in_unicode");
}

TEST(AuthPassword, a_rejected_user) {
  const Error error = connect_error(conninfo_of("unwanted"));
  expect_auth_error(error);
  EXPECT_THAT(error.hint, HasSubstr("pg_hba.conf"));
}

TEST(AuthPassword, require_auth) {
  EXPECT_EQ(current_user(conninfo_of("in_scram", "password=geheim require_auth=scram-sha-256")), "in_scram");
  EXPECT_EQ(current_user(conninfo_of("postgres", "require_auth=none")), "postgres");
  expect_auth_error(connect_error(conninfo_of("in_md5", "password=geheim require_auth=scram-sha-256")));
  expect_auth_error(connect_error(conninfo_of("in_clear", "password=geheim require_auth=!password")));
  // A server that asks for nothing has not proved anything.
  expect_auth_error(connect_error(conninfo_of("postgres", "require_auth=scram-sha-256")));
}

TEST(AuthPassword, channel_binding_needs_tls) {
  expect_auth_error(connect_error(conninfo_of("in_scram", "password=geheim channel_binding=require")));
  EXPECT_EQ(current_user(conninfo_of("in_scram", "password=geheim channel_binding=disable")), "in_scram");
}

class PasswordFile : public testing::Test {
 protected:
  params::Resolved resolve_with(unsigned mode) {
    write_file(home_ / ".pgpass", "127.0.0.1:*:*:in_scram:geheim\n", mode);
    params::Environment environment;
    environment.variable = [](std::string_view) { return std::optional<std::string>(); };
    environment.home_directory = home_.path().string();
    environment.user_name = "tester";
    params::CommandLineParams command_line;
    command_line.dbname = conninfo_of("in_scram");
    return value_or_throw(params::resolve(command_line, environment));
  }
  static asio::awaitable<void> connect(params::ConnectParams params) {
    const auto executor = co_await asio::this_coro::executor;
    co_await Connection::connect(executor, std::move(params), {});
  }

  const TempDirectory home_{"home"};
};

TEST_F(PasswordFile, gives_the_password) {
  const params::Resolved resolved = resolve_with(0600);
  EXPECT_THAT(resolved.warnings, IsEmpty());
  run_coroutine([&]() { return connect(resolved.params); });
}

TEST_F(PasswordFile, that_others_can_read_is_ignored_with_a_warning) {
  const params::Resolved resolved = resolve_with(0644);
  EXPECT_THAT(resolved.warnings, ElementsAre(HasSubstr(".pgpass")));
  const Error error = error_of([&]() { return connect(resolved.params); });
  expect_auth_error(error);
  EXPECT_THAT(error.message + error.hint, HasSubstr("password"));
}

TEST(AuthHosts, unix_socket) {
  EXPECT_EQ(current_user(cluster().socket_conninfo("postgres", "user=in_scram")), "in_scram");
}

TEST(AuthHosts, the_first_of_two_hosts_is_dead) {
  const std::string ports = "1," + std::to_string(cluster().port());
  EXPECT_EQ(current_user("host=127.0.0.1,127.0.0.1 port=" + ports + " user=postgres dbname=postgres"),
            "postgres");
}

TEST(AuthHosts, unknown_database) {
  const Error error = connect_error(conninfo_of("postgres", "dbname=nowhere"));
  EXPECT_EQ(error.code, ErrorCode::connect);
  EXPECT_EQ(error.server->sqlstate, "3D000");
  EXPECT_THAT(error.message, HasSubstr("nowhere"));
}

TEST(AuthHosts, target_session_attrs) {
  EXPECT_EQ(current_user(conninfo_of("postgres", "target_session_attrs=read-write")), "postgres");
  EXPECT_EQ(current_user(conninfo_of("postgres", "target_session_attrs=primary")), "postgres");
  EXPECT_EQ(current_user(conninfo_of("postgres", "target_session_attrs=prefer-standby")), "postgres");
  EXPECT_EQ(current_user(conninfo_of("read_only", "target_session_attrs=read-only")), "read_only");
  EXPECT_EQ(connect_error(conninfo_of("postgres", "target_session_attrs=standby")).code, ErrorCode::connect);
  EXPECT_EQ(connect_error(conninfo_of("postgres", "target_session_attrs=read-only")).code,
            ErrorCode::connect);
  EXPECT_EQ(connect_error(conninfo_of("read_only", "target_session_attrs=read-write")).code,
            ErrorCode::connect);
}

TEST(AuthHosts, options_and_application_name_arrive) {
  run_coroutine([&]() -> asio::awaitable<void> {
    const std::string extra = "application_name=probe options='-c work_mem=777kB' client_encoding=LATIN1";
    const ConnectionPtr connection = co_await open(conninfo_of("postgres", extra));
    const wire::ResultSet result = co_await connection->query(
        "SELECT current_setting('application_name'), current_setting('work_mem'), "
        "current_setting('client_encoding')");
    EXPECT_EQ(result.text(0, 0), "probe");
    EXPECT_EQ(result.text(0, 1), "777kB");
    EXPECT_EQ(result.text(0, 2), "LATIN1");
  });
}

}  // namespace
}  // namespace pgark::test
