#include "restore/replace/public_schema.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "base/sql_quote.hpp"

namespace pgark::restore {

namespace asio = boost::asio;
using protocol::Connection;

namespace {

constexpr int kPublicOwnerVersionNum = 150000;
constexpr int kSetOptionVersionNum = 160000;

// This role; it may give a schema to role $1, and go on to use that.
constexpr const char* kMayGiveSql =
    "SELECT pg_catalog.quote_ident(CURRENT_USER), coalesce(pg_catalog.pg_has_role(r.oid, 'USAGE') AND"
    " pg_catalog.pg_has_role(r.oid, '{}'), false) FROM pg_catalog.pg_roles me LEFT JOIN pg_catalog.pg_roles "
    "r ON"
    " r.rolname = $1 WHERE me.rolname = CURRENT_USER";

std::string make_sql(const std::string& name) {
  return fmt::format(
      "CREATE SCHEMA {0}; GRANT USAGE ON SCHEMA {0} TO PUBLIC; COMMENT ON SCHEMA {0} IS 'standard public "
      "schema'",
      name);
}

}  // namespace

asio::awaitable<void> make_public(Connection& connection, PublicSchema schema, EventSink& events) {
  const std::string name = quote_identifier(schema.name), owner = quote_identifier(schema.owner);
  co_await connection.execute(make_sql(name));
  const int version = connection.server_version_num();
  if (schema.owner == kPublicOwner && version < kPublicOwnerVersionNum) co_return;
  std::vector<protocol::Statement> statements(1);
  statements[0].sql = fmt::format(kMayGiveSql, version < kSetOptionVersionNum ? "MEMBER" : "SET");
  statements[0].parameters.emplace_back(schema.owner);
  const std::vector<wire::ResultSet> results = co_await connection.pipeline(std::move(statements));
  const wire::ResultSet& role = results.front();
  if (role.boolean(0, 1)) {
    std::string sql = "ALTER SCHEMA " + name + " OWNER TO " + owner;
    co_await connection.execute(std::move(sql));
    co_return;
  }
  if (!schema.tells) co_return;
  events.message(
      Severity::warning,
      fmt::format("stays with role {}, which may not give it to role {}, its owner in the archive: "
                  "ALTER SCHEMA public OWNER TO {} by a role that may",
                  one_line(role.text(0, 0)), one_line(owner), one_line(owner)),
      "SCHEMA public");
}

}  // namespace pgark::restore
