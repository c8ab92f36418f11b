#include "restore/globals.hpp"

namespace pgark::restore {

namespace asio = boost::asio;
using format::TocEntry;

asio::awaitable<ClusterState> read_cluster(protocol::Connection& connection) {
  ClusterState cluster;
  const wire::ResultSet names = co_await connection.query(
      "SELECT true, r.rolname FROM pg_catalog.pg_roles r UNION ALL"
      " SELECT false, t.spcname FROM pg_catalog.pg_tablespace t");
  for (std::size_t row = 0; row < names.row_count(); ++row)
    (names.boolean(row, 0) ? cluster.roles : cluster.tablespaces).emplace(names.text(row, 1));
  const wire::ResultSet user = co_await connection.query("SELECT session_user");
  cluster.session_user = user.text(0, 0);
  co_return cluster;
}

bool exists_in(const ClusterState& cluster, const TocEntry& entry) {
  if (entry.kind == "ROLE") return cluster.roles.contains(entry.name);
  return entry.kind == "TABLESPACE" && cluster.tablespaces.contains(entry.name);
}

bool is_about_session(const ClusterState& cluster, const TocEntry& entry) {
  const bool of_a_role =
      entry.kind == "ROLE" || entry.kind == "ROLE PASSWORD" || entry.kind == "ROLE SETTINGS";
  return of_a_role && entry.name == cluster.session_user;
}

}  // namespace pgark::restore
