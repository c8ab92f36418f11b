#include "restore/trigger_switch.hpp"

#include <string_view>
#include <utility>

#include "base/error.hpp"
#include "base/sql_quote.hpp"

namespace pgark::restore {

namespace asio = boost::asio;

namespace {

// Triggers that ENABLE TRIGGER ALL would leave in another state than they have now. The clones on partitions
// count as internal on old servers, but have a state of their own.
constexpr const char* kUnusualTriggersSql =
    "SELECT t.tgrelid::pg_catalog.regclass::pg_catalog.text, t.tgname, t.tgenabled"
    " FROM pg_catalog.pg_trigger t"
    " WHERE (t.tgrelid = pg_catalog.to_regclass($1) OR t.tgrelid IN"
    " (SELECT p.relid FROM pg_catalog.pg_partition_tree(pg_catalog.to_regclass($1)) p))"
    " AND (NOT t.tgisinternal OR (t.tgparentid <> 0 AND t.tgconstraint = 0)) AND t.tgenabled <> 'O'"
    " ORDER BY 1, 2";

std::string_view action_of(std::string_view state) {
  if (state == "D") return "DISABLE TRIGGER ";
  return state == "A" ? "ENABLE ALWAYS TRIGGER " : "ENABLE REPLICA TRIGGER ";
}

}  // namespace

std::string disable_triggers_sql(const std::string& relation_sql) {
  return "ALTER TABLE " + relation_sql + " DISABLE TRIGGER ALL";
}

std::string enable_triggers_sql(const std::string& relation_sql) {
  return "ALTER TABLE " + relation_sql + " ENABLE TRIGGER ALL";
}

asio::awaitable<std::vector<std::string>> disable_triggers(protocol::Connection& connection,
                                                           std::string relation_sql) {
  std::vector<protocol::Statement> statements(1);
  statements[0].sql = kUnusualTriggersSql;
  statements[0].parameters.push_back(relation_sql);
  const std::vector<wire::ResultSet> results = co_await connection.pipeline(std::move(statements));
  std::string disable = disable_triggers_sql(relation_sql);
  co_await connection.execute(std::move(disable));
  std::vector<std::string> back{enable_triggers_sql(relation_sql)};
  const wire::ResultSet& unusual = results.front();
  for (std::size_t row = 0; row < unusual.row_count(); ++row) {
    back.push_back("ALTER TABLE ONLY " + std::string(unusual.text(row, 0)) + " " +
                   std::string(action_of(unusual.text(row, 2))) + quote_identifier(unusual.text(row, 1)));
  }
  co_return back;
}

}  // namespace pgark::restore
