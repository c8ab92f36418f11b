// Enumerated types (SCHEMA_COVERAGE B09): labels in the order of enumsortorder, as the catalog holds them.
#include "base/sql_quote.hpp"
#include "dumper/ddl/family.hpp"
#include "dumper/ddl/type_common.hpp"

namespace pgark::dumper {
namespace {

void collect(BuildContext& context) {
  collect_types(context, ObjectKind::enum_type,
                [](const Type& type) { return !type.hidden && type.defined && type.kind == 'e'; });
}

void write(Emitter& out, DumpId id) {
  const Type& type = out.catalog().types[out.object(id).payload];
  std::string sql = "CREATE TYPE " + out.lookup().sql_name(type) + " AS ENUM (";
  for (std::size_t i = 0; i < type.labels.size(); ++i) {
    sql += i == 0 ? "\n    " : ",\n    ";
    sql += quote_literal(type.labels[i].label);
  }
  sql += "\n)";
  write_type(out, id, type, "TYPE", std::move(sql));
}

}  // namespace

const Family& enum_type_family() {
  static const Family kFamily{collect, nullptr, {{ObjectKind::enum_type, write}}};
  return kFamily;
}

}  // namespace pgark::dumper
