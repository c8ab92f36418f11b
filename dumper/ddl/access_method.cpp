// Access methods (SCHEMA_COVERAGE B23): they have neither owner nor privileges.
#include "base/sql_quote.hpp"
#include "dumper/ddl/family.hpp"
#include "dumper/ddl/named_object.hpp"

namespace pgark::dumper {
namespace {

void collect(BuildContext& context) {
  collect_objects(context, context.catalog.access_methods, ObjectKind::access_method,
                  catalog_oid::kAccessMethod);
}

void write(Emitter& out, DumpId id) {
  const AccessMethod& method = out.catalog().access_methods[out.object(id).payload];
  const Target target{"ACCESS METHOD", quote_identifier(method.name)};
  const std::string create = "CREATE " + target.to_sql() + " TYPE " +
                             (method.type == 't' ? "TABLE" : "INDEX") + " HANDLER " + method.handler_sql;
  write_definition(out, id, method, {"ACCESS METHOD", target, {create}, false});
}

}  // namespace

const Family& access_method_family() {
  static const Family kFamily{collect, nullptr, {{ObjectKind::access_method, write}}};
  return kFamily;
}

}  // namespace pgark::dumper
