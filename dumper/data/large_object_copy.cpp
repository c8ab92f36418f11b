#include "dumper/data/large_object_copy.hpp"

#include <fmt/format.h>

namespace pgark::dumper {
namespace {

constexpr std::uint32_t kObjectsPerBlock = 64;
constexpr std::uint32_t kReadBytesMax = std::uint32_t{256} << 10;

// Members of extensions may lie between the objects that are wanted.
constexpr std::string_view kNoMember =
    " AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid ="
    " 'pg_catalog.pg_largeobject'::pg_catalog.regclass AND e.objid = {0} AND e.deptype = 'e')";

std::string range_condition(const DataObject& object, const Piece& piece, std::string_view oid_sql) {
  const auto& oids = object.large_objects;
  std::string sql(" WHERE ");
  if (piece.whole) {
    sql += fmt::format("{} >= {}", oid_sql, oids.front());
  } else {
    sql += fmt::format("{} >= {}", oid_sql, oids[std::size_t{piece.pages.begin} * kObjectsPerBlock]);
    const std::size_t end = std::size_t{piece.pages.end} * kObjectsPerBlock;
    if (end < oids.size()) sql += fmt::format(" AND {} < {}", oid_sql, oids[end]);
  }
  return sql + fmt::format(fmt::runtime(kNoMember), oid_sql);
}

// Opens, measures and closes each object, then reads it in windows. Each step takes the result of the one
// before, so the planner cannot change their order. 262144 is INV_READ, 2 is SEEK_END.
std::string through_functions(const std::string& condition) {
  return fmt::format(
      "COPY (SELECT o.oid, w.at, pg_catalog.lo_get(o.oid, w.at, {0}) FROM"
      " (SELECT m.oid, pg_catalog.lo_open(m.oid, 262144) AS fd FROM pg_catalog.pg_largeobject_metadata m{1}"
      " OFFSET 0) o"
      " CROSS JOIN LATERAL (SELECT pg_catalog.lo_lseek64(o.fd, 0, 2) AS bytes OFFSET 0) s"
      " CROSS JOIN LATERAL (SELECT pg_catalog.lo_close(CASE WHEN s.bytes >= 0 THEN o.fd END) AS closed"
      " OFFSET 0) c"
      " CROSS JOIN LATERAL pg_catalog.generate_series(0, s.bytes - 1 + c.closed, {0}) AS w (at)) TO STDOUT",
      kReadBytesMax, condition);
}

}  // namespace

std::uint32_t large_object_blocks(const DataObject& object) {
  return static_cast<std::uint32_t>((object.large_objects.size() + kObjectsPerBlock - 1) / kObjectsPerBlock);
}

std::string copy_large_objects(const DataObject& object, const Piece& piece) {
  if (object.source == RowSource::large_object_functions) {
    return through_functions(range_condition(object, piece, "m.oid"));
  }
  return "COPY (SELECT " + object.columns_sql + " FROM ONLY " + object.qualified_sql +
         range_condition(object, piece, "loid") + ") TO STDOUT";
}

}  // namespace pgark::dumper
