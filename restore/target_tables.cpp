// The tables that rows go into although this restore does not create them.
#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/array_text.hpp"
#include "restore/statements.hpp"
#include "restore/target.hpp"

namespace pgark::restore {

namespace asio = boost::asio;
using format::Toc;
using format::TocEntry;
using protocol::Connection;

namespace {

constexpr std::size_t kTablesNamedMax = 5;

// Foreign tables are another server's, and what this role may not read it cannot look at.
constexpr const char* kReadableTablesSql =
    "SELECT t.name, c.relkind = 'p' FROM pg_catalog.unnest($1::pg_catalog.text[]) WITH ORDINALITY t (name, "
    "place) JOIN pg_catalog.pg_class c ON c.oid = pg_catalog.to_regclass(t.name) WHERE c.relkind IN ('r', "
    "'p') "
    "AND pg_catalog.has_table_privilege(c.oid, 'SELECT') ORDER BY t.place";

asio::awaitable<wire::ResultSet> query_with(Connection& connection, std::string sql, std::string parameter) {
  std::vector<protocol::Statement> statements(1);
  statements[0].sql = std::move(sql);
  statements[0].parameters.push_back(std::move(parameter));
  std::vector<wire::ResultSet> results = co_await connection.pipeline(std::move(statements));
  co_return std::move(results.front());
}

std::string some_of(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < kTablesNamedMax; ++i)
    text += (i == 0 ? "" : ", ") + names[i];
  if (names.size() > kTablesNamedMax) text += fmt::format(" and {} more", names.size() - kTablesNamedMax);
  return text;
}

// A partitioned table's rows are its partitions'; of any other table only its own count.
std::vector<protocol::Statement> probes(const wire::ResultSet& tables) {
  std::vector<protocol::Statement> statements(tables.row_count());
  for (std::size_t row = 0; row < tables.row_count(); ++row) {
    const std::string only = tables.text(row, 1) == "t" ? "" : "ONLY ";
    statements[row].sql = "SELECT 1 FROM " + only + std::string(tables.text(row, 0)) + " LIMIT 1";
  }
  return statements;
}

}  // namespace

std::vector<std::string> tables_to_load(const Toc& toc, const Selection& selection) {
  std::vector<std::string> tables;
  for (const TocEntry& entry : toc.entries) {
    if (!selection.contains(entry.id) || entry.kind != "TABLE DATA") continue;
    const bool created = std::any_of(entry.dependencies.begin(), entry.dependencies.end(),
                                     [&](format::EntryId id) { return selection.contains(id); });
    const auto target = parse_copy_target(entry.copy_target);
    if (!created && target) tables.push_back(target->relation_sql);
  }
  return tables;
}

asio::awaitable<void> check_tables_exist(Connection& connection, const Toc& toc, const Selection& selection) {
  const std::vector<std::string> tables = tables_to_load(toc, selection);
  if (tables.empty()) co_return;
  const wire::ResultSet missing =
      co_await query_with(connection,
                          "SELECT t.name FROM pg_catalog.unnest($1::pg_catalog.text[]) WITH ORDINALITY t "
                          "(name, place) WHERE pg_catalog.to_regclass(t.name) IS NULL ORDER BY t.place",
                          encode_text_array(std::vector<ArrayItem>(tables.begin(), tables.end())));
  if (missing.empty()) co_return;
  std::vector<std::string> names;
  for (std::size_t row = 0; row < missing.row_count(); ++row) names.emplace_back(missing.text(row, 0));
  Error error;
  error.code = ErrorCode::mismatch;
  error.message = "tables to load are not in the target database: " + some_of(names);
  error.object = connection.peer();
  error.hint = "restore the schema first (--schema-only or --section pre-data)";
  throw Exception(std::move(error));
}

asio::awaitable<void> check_tables_are_empty(Connection& connection, const Toc& toc,
                                             const Selection& selection) {
  const std::vector<std::string> names = tables_to_load(toc, selection);
  if (names.empty()) co_return;
  const wire::ResultSet tables = co_await query_with(
      connection, kReadableTablesSql, encode_text_array(std::vector<ArrayItem>(names.begin(), names.end())));
  if (tables.empty()) co_return;
  std::vector<protocol::Statement> statements = probes(tables);
  const std::vector<wire::ResultSet> results = co_await connection.pipeline(std::move(statements));
  std::vector<std::string> filled;
  for (std::size_t row = 0; row < results.size(); ++row) {
    if (!results[row].empty()) filled.emplace_back(tables.text(row, 0));
  }
  if (filled.empty()) co_return;
  Error error;
  error.code = ErrorCode::target_not_empty;
  error.message = "tables to load hold rows already: " + some_of(filled);
  error.object = connection.peer();
  error.hint = "empty them first (TRUNCATE), or give --append to add the archive's rows to them";
  throw Exception(std::move(error));
}

}  // namespace pgark::restore
