#include "dumper/data/large_object_copy.hpp"

#include <fmt/format.h>

#include "base/large_object_sql.hpp"

namespace pgark::dumper {
namespace {

constexpr std::uint32_t kObjectsPerBlock = 64;

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

}  // namespace

std::uint32_t large_object_blocks(const DataObject& object) {
  return static_cast<std::uint32_t>((object.large_objects.size() + kObjectsPerBlock - 1) / kObjectsPerBlock);
}

std::string copy_large_objects(const DataObject& object, const Piece& piece) {
  if (object.source == RowSource::large_object_functions) {
    return "COPY (" + large_object_windows_sql(range_condition(object, piece, "m.oid")) + ") TO STDOUT";
  }
  return "COPY (SELECT " + object.columns_sql + " FROM ONLY " + object.qualified_sql +
         range_condition(object, piece, "loid") + ") TO STDOUT";
}

}  // namespace pgark::dumper
