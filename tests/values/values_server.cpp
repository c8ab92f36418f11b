#include "values/values_server.hpp"

#include <boost/asio/this_coro.hpp>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <utility>

#include "dumper/session.hpp"
#include "protocol/wire/binary_copy.hpp"
#include "support/run_coroutine.hpp"
#include "support/servers.hpp"

namespace pgark::test {
namespace {

namespace asio = boost::asio;

using Body = std::function<asio::awaitable<void>(protocol::Connection&)>;

void with_connection(const Cluster& cluster, const Body& body) {
  run_coroutine([&]() -> asio::awaitable<void> {
    const auto executor = co_await asio::this_coro::executor;
    auto params = params_of(cluster.conninfo("values"));
    const auto connection = co_await protocol::Connection::connect(executor, std::move(params), {});
    const dumper::SessionOptions options;
    co_await dumper::pin_session(*connection, options);
    co_await connection->execute("SET search_path = public");
    co_await body(*connection);
    co_await connection->close();
  });
}

}  // namespace

ValuesServer::ValuesServer(int major)
    : cluster_(start_server(major)), version_(cluster_->server_version_num()) {
  cluster_->create_database("values", "TEMPLATE template0 ENCODING 'UTF8'");
  run_script("values.sql");
  for (int since = 14; since <= major; ++since) run_script("values." + std::to_string(since) + ".sql");
  run_script("arrays.sql");
  types_.emplace(query(TypeCatalog::sql(version_)));
  const auto rows = query(
      "SELECT c.relname, a.atttypid FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname "
      "= 'v' "
      "WHERE c.relname ~ '^[va]_' AND c.relnamespace = 'public'::regnamespace");
  for (std::size_t row = 0; row < rows.row_count(); ++row)
    tables_.emplace(rows.text(row, 0), types_->describe(static_cast<values::Oid>(rows.integer(row, 1))));
}

void ValuesServer::run_script(const std::string& name) {
  const std::filesystem::path path = std::filesystem::path(PGARK_SOURCE_DIR) / "tests/values" / name;
  if (!std::filesystem::exists(path)) return;
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  sql(text.str());
}

void ValuesServer::sql(const std::string& statements) {
  with_connection(*cluster_, [&](protocol::Connection& connection) -> asio::awaitable<void> {
    co_await connection.execute(statements);
  });
}

wire::ResultSet ValuesServer::query(const std::string& sql) {
  wire::ResultSet result;
  with_connection(*cluster_, [&](protocol::Connection& connection) -> asio::awaitable<void> {
    result = co_await connection.query(sql);
  });
  return result;
}

std::vector<values::TypeDescriptor> ValuesServer::column_types(const std::string& table) {
  const auto rows = query("SELECT atttypid FROM pg_attribute WHERE attnum > 0 AND attrelid = 'public." +
                          table + "'::regclass ORDER BY attnum");
  std::vector<values::TypeDescriptor> types;
  for (std::size_t row = 0; row < rows.row_count(); ++row)
    types.push_back(types_->describe(static_cast<values::Oid>(rows.integer(row, 0))));
  return types;
}

ByteBuffer ValuesServer::copy_out(const std::string& table, bool is_binary) {
  ByteBuffer rows;
  with_connection(*cluster_, [&](protocol::Connection& connection) -> asio::awaitable<void> {
    std::string statement = "COPY public." + table + " TO STDOUT";
    if (is_binary) statement += " (FORMAT binary)";
    co_await connection.begin_copy_out(std::move(statement));
    while (co_await connection.read_copy(rows, rows.size() + (std::size_t{1} << 20))) {
    }
  });
  return rows;
}

void ValuesServer::copy_in(const std::string& table, const ByteBuffer& binary_rows) {
  ByteBuffer stream;
  ByteWriter writer(stream);
  writer.text(wire::kBinaryCopyHeader);
  writer.bytes(binary_rows);
  writer.i16_be(-1);
  with_connection(*cluster_, [&](protocol::Connection& connection) -> asio::awaitable<void> {
    std::string statement = "COPY public." + table + " FROM STDIN (FORMAT binary)";
    co_await connection.begin_copy_in(std::move(statement));
    co_await connection.write_copy(stream);
    co_await connection.end_copy();
  });
}

}  // namespace pgark::test
