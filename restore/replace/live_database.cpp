#include "restore/replace/live_database.hpp"

#include <fmt/format.h>

#include "restore/replace/exclusion.hpp"
#include "restore/user_objects.hpp"

namespace pgark::restore {

namespace {

// The session that keeps other restores out is ours.
constexpr const char* kFactsSql =
    "SELECT pg_catalog.current_database(), pg_catalog.pg_database_size(pg_catalog.current_database()),"
    " pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE o.kind = 'table'), (SELECT pg_catalog.count(*) "
    "FROM"
    " pg_catalog.pg_stat_activity a WHERE a.datname = pg_catalog.current_database() AND a.pid <>"
    " pg_catalog.pg_backend_pid() AND a.backend_type = 'client backend' AND NOT EXISTS (SELECT FROM"
    " pg_catalog.pg_locks l WHERE l.pid = a.pid AND l.locktype = 'advisory' AND l.objsubid = 1 AND"
    " ((l.classid::bigint << 32) | l.objid::bigint) = {})) FROM objects o";

}  // namespace

boost::asio::awaitable<LiveDatabase> look_at_live(protocol::Connection& connection) {
  const wire::ResultSet facts =
      co_await connection.query(user_objects_sql() + fmt::format(kFactsSql, kReplacing));
  const auto number = [&facts](std::size_t column) {
    return static_cast<std::uint64_t>(facts.integer(0, column));
  };
  LiveDatabase live;
  live.name = facts.text(0, 0);
  live.where = connection.peer();
  live.bytes = number(1);
  live.objects = number(2);
  live.tables = number(3);
  live.sessions = number(4);
  co_return live;
}

}  // namespace pgark::restore
