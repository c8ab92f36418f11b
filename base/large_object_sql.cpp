#include "base/large_object_sql.hpp"

namespace pgark {

// Opens, measures and closes each object, then reads it in windows. Each step takes the result of the one
// before, so the planner cannot change their order. 262144 is INV_READ, 2 is SEEK_END.
std::string large_object_windows_sql(std::string_view condition) {
  const std::string window = "262144";
  std::string sql =
      "SELECT o.oid, w.at, pg_catalog.lo_get(o.oid, w.at, " + window +
      ") FROM"
      " (SELECT m.oid, pg_catalog.lo_open(m.oid, 262144) AS fd FROM pg_catalog.pg_largeobject_metadata m";
  sql.append(condition);
  return sql +
         " OFFSET 0) o"
         " CROSS JOIN LATERAL (SELECT pg_catalog.lo_lseek64(o.fd, 0, 2) AS bytes OFFSET 0) s"
         " CROSS JOIN LATERAL (SELECT pg_catalog.lo_close(CASE WHEN s.bytes >= 0 THEN o.fd END) AS closed"
         " OFFSET 0) c"
         " CROSS JOIN LATERAL pg_catalog.generate_series(0, s.bytes - 1 + c.closed, " +
         window + ") AS w (at)";
}

}  // namespace pgark
