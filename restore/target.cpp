#include "restore/target.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "restore/archive_facts.hpp"
#include "restore/user_objects.hpp"

namespace pgark::restore {

namespace asio = boost::asio;
using format::Toc;
using format::TocEntry;
using protocol::Connection;

namespace {

constexpr int kStatisticsVersionNum = 180000;  // pg_restore_relation_stats and its like

constexpr const char* kFirstObjectsSql =
    "SELECT o.kind, o.name, pg_catalog.count(*) OVER () FROM objects o ORDER BY o.kind <> 'table', o.kind,"
    " o.name LIMIT 5";

}  // namespace

asio::awaitable<void> check_empty(Connection& connection) {
  const wire::ResultSet objects = co_await connection.query(user_objects_sql() + kFirstObjectsSql);
  if (objects.empty()) co_return;
  std::string names;
  for (std::size_t row = 0; row < objects.row_count(); ++row) {
    names += fmt::format("{}{} {}", names.empty() ? "" : ", ", objects.text(row, 0), objects.text(row, 1));
  }
  const auto count = static_cast<std::size_t>(objects.integer(0, 2));
  if (count > objects.row_count()) names += fmt::format(" and {} more", count - objects.row_count());
  Error error;
  error.code = ErrorCode::target_not_empty;
  error.message = "the target database already holds objects: " + names;
  error.object = connection.peer();
  error.hint =
      "restore into an empty database, or give --clean: what is restored is dropped first, all else stays";
  throw Exception(std::move(error));
}

void compare_versions(const Connection& connection, const Toc& toc, EventSink& events) {
  const int archived = source_version_num(toc);
  const int target = connection.server_version_num();
  if (target / 10000 >= archived / 10000) return;
  events.message(Severity::warning,
                 fmt::format("the archive comes from PostgreSQL {}, the target is {}: what is new since then "
                             "will fail",
                             archived / 10000, target / 10000),
                 connection.peer());
}

asio::awaitable<void> warn_of_default_privileges(Connection& connection, EventSink& events) {
  const wire::ResultSet found = co_await connection.query(
      "SELECT pg_catalog.string_agg(DISTINCT defaclrole::pg_catalog.regrole::text, ', ') FROM"
      " pg_catalog.pg_default_acl");
  const std::optional<std::string_view> roles = found.get(0, 0);
  if (!roles) co_return;
  events.message(
      Severity::warning,
      fmt::format("the target has default privileges already, of {}: new objects of these roles get them"
                  " beside their own; to prevent it, revoke them first (ALTER DEFAULT PRIVILEGES)",
                  *roles),
      connection.peer());
}

void compare_statistics(const Connection& connection, const Toc& toc, const Selection& selection,
                        EventSink& events) {
  if (connection.server_version_num() >= kStatisticsVersionNum) return;
  const auto count = std::count_if(toc.entries.begin(), toc.entries.end(), [&](const TocEntry& entry) {
    return entry.kind == "STATISTICS DATA" && selection.contains(entry.id);
  });
  if (count == 0) return;
  events.message(Severity::warning,
                 fmt::format("statistics of {} tables and indexes are left out: the target is older than "
                             "PostgreSQL 18; run ANALYZE instead",
                             count),
                 connection.peer());
}

}  // namespace pgark::restore
