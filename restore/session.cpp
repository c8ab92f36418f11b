#include "restore/session.hpp"

#include <array>
#include <utility>
#include <vector>

#include "base/sql_quote.hpp"
#include "protocol/statement_timeout.hpp"
#include "restore/archive_facts.hpp"

namespace pgark::restore {

namespace asio = boost::asio;

namespace {

struct Setting {
  const char* name;
  const char* value;
};

// Only those that the server knows are set: transaction_timeout is new in 17, idle_session_timeout in 14.
constexpr std::array<Setting, 16> kSettings{{
    {"lock_timeout", "0"},
    {"idle_in_transaction_session_timeout", "0"},
    {"idle_session_timeout", "0"},
    {"transaction_timeout", "0"},
    {"standard_conforming_strings", "on"},
    {"check_function_bodies", "off"},
    {"xmloption", "content"},
    {"client_min_messages", "warning"},
    {"row_security", "off"},
    {"default_transaction_read_only", "off"},
    {"default_transaction_isolation", "read committed"},
    {"default_transaction_deferrable", "off"},
    {"array_nulls", "on"},
    {"lc_monetary", "C"},
    {"IntervalStyle", "postgres"},
    {"transform_null_equals", "off"},
}};

// One row, so that psql shows no table of settings when a script runs this.
std::string settings_sql() {
  std::string values;
  for (const Setting& setting : kSettings) {
    if (!values.empty()) values += ", ";
    values += std::string("('") + setting.name + "', '" + setting.value + "')";
  }
  return "SELECT pg_catalog.count(pg_catalog.set_config(s.name, v.value, false)) AS settings FROM "
         "pg_catalog.pg_settings s, (VALUES " +
         values + ") v (name, value) WHERE s.name = v.name";
}

Severity severity_of(const ServerMessage& notice) {
  if (notice.severity == "WARNING") return Severity::warning;
  return notice.severity == "NOTICE" ? Severity::notice : Severity::info;
}

}  // namespace

SessionChoice session_choice(const format::Toc& toc, const RestoreOptions& options) {
  return {source_encoding(toc), options.role, options.enable_row_security};
}

std::vector<std::string> session_sql(const SessionChoice& choice) {
  // The first statement must be quick: a timeout of a millisecond may be a property of the database. It looks
  // nothing up, so it may come before the search_path is made safe (CVE-2018-1058).
  std::vector<std::string> statements{
      "SET statement_timeout = 0", "SELECT pg_catalog.set_config('search_path', '', false)", settings_sql()};
  if (!choice.encoding.empty())
    statements.push_back("SET client_encoding = " + quote_literal(choice.encoding));
  if (choice.lazy_commits) statements.emplace_back("SET synchronous_commit = off");
  if (choice.row_security) statements.emplace_back("SET row_security = on");
  if (!choice.role.empty()) statements.push_back("SET ROLE " + quote_identifier(choice.role));
  return statements;
}

asio::awaitable<void> prepare_session(protocol::Connection& connection, SessionChoice choice) {
  co_await protocol::lift_statement_timeout(connection);
  std::vector<protocol::Statement> statements;
  for (std::string& sql : session_sql(choice)) statements.push_back({std::move(sql), {}});
  co_await connection.pipeline(std::move(statements));
}

// A commit of a transaction with a number of its own flushes the log, and all commits before it.
asio::awaitable<void> flush_commits(protocol::Connection& connection) {
  co_await connection.execute("RESET synchronous_commit");
  co_await connection.execute("SELECT pg_catalog.txid_current()");
}

asio::awaitable<std::unique_ptr<protocol::Connection>> open_session(asio::any_io_executor executor,
                                                                    params::ConnectParams params,
                                                                    SessionChoice choice, EventSink& events) {
  protocol::NoticeHandler on_notice = [&events](const ServerMessage& notice) {
    events.message(severity_of(notice), notice.message, {});
  };
  std::unique_ptr<protocol::Connection> connection =
      co_await protocol::Connection::connect(executor, std::move(params), std::move(on_notice));
  co_await prepare_session(*connection, std::move(choice));
  co_return connection;
}

}  // namespace pgark::restore
