// Stand-alone composite types (SCHEMA_COVERAGE B08). Comments on attributes hang on the type's pg_class row.
#include "base/sql_quote.hpp"
#include "dumper/ddl/family.hpp"
#include "dumper/ddl/type_common.hpp"

namespace pgark::dumper {
namespace {

void collect(BuildContext& context) {
  collect_types(context, ObjectKind::composite_type,
                [](const Type& type) { return !type.hidden && type.defined && type.kind == 'c'; });
}

std::string create_sql(const Emitter& out, const Type& type) {
  std::string sql = "CREATE TYPE " + out.lookup().sql_name(type) + " AS (";
  bool first = true;
  for (const CompositeAttribute& attribute : type.attributes) {
    if (attribute.dropped) continue;
    sql += first ? "\n\t" : ",\n\t";
    first = false;
    sql += quote_identifier(attribute.name) + " " + attribute.type_sql;
    if (!attribute.collation_sql.empty()) sql += " COLLATE " + attribute.collation_sql;
  }
  return sql + "\n)";
}

void write_attribute_comments(Emitter& out, DumpId id, const Type& type) {
  if (!out.wants(id, kComment)) return;
  for (const Comment* comment : out.lookup().comments_of({catalog_oid::kClass, type.relation})) {
    for (const CompositeAttribute& attribute : type.attributes) {
      if (attribute.number != comment->column || attribute.dropped) continue;
      const std::string sql = out.lookup().sql_name(type) + "." + quote_identifier(attribute.name);
      out.comment_text(id, comment->text, Target{"COLUMN", sql});
    }
  }
}

void write(Emitter& out, DumpId id) {
  const Type& type = out.catalog().types[out.object(id).payload];
  write_type(out, id, type, "TYPE", create_sql(out, type));
  write_attribute_comments(out, id, type);
}

}  // namespace

const Family& composite_type_family() {
  static const Family kFamily{collect, nullptr, {{ObjectKind::composite_type, write}}};
  return kFamily;
}

}  // namespace pgark::dumper
