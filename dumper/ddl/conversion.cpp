// Encoding conversions (SCHEMA_COVERAGE B21).
#include "base/sql_quote.hpp"
#include "dumper/ddl/family.hpp"
#include "dumper/ddl/named_object.hpp"

namespace pgark::dumper {
namespace {

void collect(BuildContext& context) {
  collect_objects(context, context.catalog.conversions, ObjectKind::conversion, catalog_oid::kConversion);
}

void write(Emitter& out, DumpId id) {
  const Conversion& conversion = out.catalog().conversions[out.object(id).payload];
  const Target target{"CONVERSION", out.lookup().sql_name(conversion)};
  const std::string create = std::string("CREATE ") + (conversion.by_default ? "DEFAULT " : "") +
                             target.to_sql() + " FOR " + quote_literal(conversion.from_encoding) + " TO " +
                             quote_literal(conversion.to_encoding) + " FROM " + conversion.function_sql;
  write_definition(out, id, conversion, {"CONVERSION", target, {create}});
}

}  // namespace

const Family& conversion_family() {
  static const Family kFamily{collect, nullptr, {{ObjectKind::conversion, write}}};
  return kFamily;
}

}  // namespace pgark::dumper
