// Casts (SCHEMA_COVERAGE B18) and transforms (B19). Neither has an owner, a schema or privileges; their name
// is the pair of things they connect, already SQL.
#include "dumper/ddl/family.hpp"
#include "dumper/ddl/named_object.hpp"

namespace pgark::dumper {
namespace {

void collect(BuildContext& context) {
  collect_objects(context, context.catalog.casts, ObjectKind::cast, catalog_oid::kCast);
  collect_objects(context, context.catalog.transforms, ObjectKind::transform, catalog_oid::kTransform);
}

std::string create_sql(const Cast& cast) {
  std::string sql = "CREATE CAST " + cast.name;
  switch (cast.method) {
    case 'b': sql += " WITHOUT FUNCTION"; break;
    case 'i': sql += " WITH INOUT"; break;
    default: sql += " WITH FUNCTION " + cast.function_sql; break;
  }
  if (cast.context == 'a') sql += " AS ASSIGNMENT";
  if (cast.context == 'i') sql += " AS IMPLICIT";
  return sql;
}

void write_cast(Emitter& out, DumpId id) {
  const Cast& cast = out.catalog().casts[out.object(id).payload];
  write_definition(out, id, cast, {"CAST", {"CAST", cast.name}, {create_sql(cast)}, false});
}

std::string create_sql(const Transform& transform) {
  std::string sql = "CREATE TRANSFORM " + transform.name + " (";
  if (!transform.from_sql.empty()) sql += "FROM SQL WITH FUNCTION " + transform.from_sql;
  if (!transform.from_sql.empty() && !transform.to_sql.empty()) sql += ", ";
  if (!transform.to_sql.empty()) sql += "TO SQL WITH FUNCTION " + transform.to_sql;
  return sql + ")";
}

void write_transform(Emitter& out, DumpId id) {
  const Transform& transform = out.catalog().transforms[out.object(id).payload];
  write_definition(out, id, transform,
                   {"TRANSFORM", {"TRANSFORM", transform.name}, {create_sql(transform)}, false});
}

}  // namespace

const Family& cast_family() {
  static const Family kFamily{
      collect, nullptr, {{ObjectKind::cast, write_cast}, {ObjectKind::transform, write_transform}}};
  return kFamily;
}

}  // namespace pgark::dumper
