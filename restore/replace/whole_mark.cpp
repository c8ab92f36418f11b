#include "restore/replace/whole_mark.hpp"

#include <utility>
#include <vector>

#include "base/sql_quote.hpp"

namespace pgark::restore {

namespace asio = boost::asio;
using protocol::Connection;

namespace {

// Name and number of the database, and its comment.
constexpr const char* kCommentSql =
    "SELECT d.datname, d.oid, coalesce(pg_catalog.shobj_description(d.oid, 'pg_database'), '') FROM"
    " pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()";
// Its name may be in another encoding than the comment, so that it is looked up first.
constexpr const char* kNumberSql = "SELECT oid FROM pg_catalog.pg_database WHERE datname = $1";
// Until the end of the transaction, which the next statement is part of.
constexpr const char* kBytesHereSql = "SELECT pg_catalog.set_config('client_encoding', 'SQL_ASCII', true)";
// Of database $1 with mark $2, which its number and $3 end: the bytes of the comment behind the mark. They
// are in the encoding of that database, and no text here.
constexpr const char* kMarkedSql =
    "SELECT pg_catalog.encode(pg_catalog.substr(m.comment, pg_catalog.length(m.mark) + 1), 'escape') FROM"
    " (SELECT pg_catalog.textsend($2 || d.oid || $3) AS mark,"
    " pg_catalog.textsend(pg_catalog.shobj_description(d.oid, 'pg_database')) AS comment FROM"
    " pg_catalog.pg_database d WHERE d.oid = $1::pg_catalog.oid) m WHERE"
    " pg_catalog.substr(m.comment, 1, pg_catalog.length(m.mark)) = m.mark";
constexpr const char* kMarkEnd = ") ";
// The comment comes and goes as it is, whether or not it could be converted.
constexpr const char* kBytesSql = "SET client_encoding = 'SQL_ASCII'";

std::string mark_beginning(const std::string& stamp) {
  return "restored and proved by pgark (" + stamp + ", database ";
}

asio::awaitable<wire::ResultSet> find_mark(Connection& connection, std::string database, std::string stamp) {
  std::vector<protocol::Statement> lookup(1);
  lookup[0].sql = kNumberSql;
  lookup[0].parameters.emplace_back(std::move(database));
  std::vector<wire::ResultSet> numbers = co_await connection.pipeline(std::move(lookup));
  if (numbers.front().empty()) co_return std::move(numbers.front());
  std::vector<protocol::Statement> statements(2);
  statements[0].sql = kBytesHereSql;
  statements[1].sql = kMarkedSql;
  statements[1].parameters.emplace_back(std::string(numbers.front().text(0, 0)));
  statements[1].parameters.emplace_back(mark_beginning(stamp));
  statements[1].parameters.emplace_back(kMarkEnd);
  std::vector<wire::ResultSet> results = co_await connection.pipeline(std::move(statements));
  co_return std::move(results.back());
}

std::string comment_sql(const std::string& database, const std::string& comment) {
  return "COMMENT ON DATABASE " + quote_identifier(database) + " IS " + quote_literal(comment);
}

}  // namespace

asio::awaitable<bool> has_whole_mark(Connection& connection, std::string database, std::string stamp) {
  const wire::ResultSet found = co_await find_mark(connection, std::move(database), std::move(stamp));
  co_return !found.empty();
}

asio::awaitable<void> set_whole_mark(Connection& connection, std::string stamp) {
  co_await connection.execute(kBytesSql);
  const wire::ResultSet now = co_await connection.query(kCommentSql);
  const std::string comment =
      mark_beginning(stamp) + std::string(now.text(0, 1)) + kMarkEnd + std::string(now.text(0, 2));
  std::string sql = comment_sql(std::string(now.text(0, 0)), comment);
  co_await connection.execute(std::move(sql));
}

asio::awaitable<void> drop_whole_mark(Connection& connection, std::string stamp) {
  co_await connection.execute(kBytesSql);
  const wire::ResultSet now = co_await connection.query(kCommentSql);
  const std::string mark = mark_beginning(stamp) + std::string(now.text(0, 1)) + kMarkEnd;
  const std::string comment(now.text(0, 2));
  if (!comment.starts_with(mark)) co_return;
  std::string sql = comment_sql(std::string(now.text(0, 0)), comment.substr(mark.size()));
  co_await connection.execute(std::move(sql));
}

asio::awaitable<std::string> drop_whole_mark_sql(Connection& connection, std::string database,
                                                 std::string stamp, std::string name_then) {
  const wire::ResultSet found = co_await find_mark(connection, std::move(database), std::move(stamp));
  if (found.empty()) co_return std::string();
  const std::string comment(found.text(0, 0));
  const bool is_plain = comment.find('\\') == std::string::npos;
  co_return is_plain ? comment_sql(name_then, comment) : std::string();
}

}  // namespace pgark::restore
