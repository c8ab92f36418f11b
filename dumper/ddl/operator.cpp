// Operators (SCHEMA_COVERAGE B15). A commutator or negator that does not exist yet becomes a shell, which its
// own CREATE OPERATOR completes later: the two do not wait for each other.
#include "base/sql_quote.hpp"
#include "dumper/ddl/family.hpp"
#include "dumper/ddl/named_object.hpp"

namespace pgark::dumper {
namespace {

// Shells have no definition: whoever names them makes them again.
bool is_shell(const Operator& object) {
  return object.function_sql.empty();
}

void collect(BuildContext& context) {
  collect_objects(context, context.catalog.operators, ObjectKind::operator_, catalog_oid::kOperator,
                  [](const Operator& object) { return std::string_view(object.arguments_sql); });
}

// The name stands without quotes, which operators cannot have.
std::string name_sql(const Emitter& out, const Operator& object) {
  return quote_identifier(out.lookup().schema_of(object)) + "." + object.name;
}

std::string create_sql(const Emitter& out, const Operator& object) {
  ParameterList list;
  list.add("FUNCTION", object.function_sql);
  list.add_if("LEFTARG", object.left_sql);
  list.add_if("RIGHTARG", object.right_sql);
  list.add_if("COMMUTATOR", object.commutator_sql);
  list.add_if("NEGATOR", object.negator_sql);
  list.flag_if("MERGES", object.merges);
  list.flag_if("HASHES", object.hashes);
  list.add_if("RESTRICT", object.restrict_sql);
  list.add_if("JOIN", object.join_sql);
  return "CREATE OPERATOR " + name_sql(out, object) + " (" + list.take() + "\n)";
}

void warn_of_postfix(Emitter& out, const Target& target) {
  out.context().note(format::ReportLevel::warning, "OPERATOR", one_line(target.sql),
                     "is a postfix operator: servers from version 14 on refuse it");
}

void write(Emitter& out, DumpId id) {
  const Operator& object = out.catalog().operators[out.object(id).payload];
  if (is_shell(object)) return;
  Definition definition;
  definition.kind = "OPERATOR";
  definition.target = {"OPERATOR", name_sql(out, object) + " (" + object.arguments_sql + ")"};
  definition.name = object.name + "(" + object.arguments_sql + ")";
  definition.create.push_back(create_sql(out, object));
  if (object.kind == 'r' && out.wants(id, kDefinition)) warn_of_postfix(out, definition.target);
  write_definition(out, id, object, std::move(definition));
}

}  // namespace

const Family& operator_family() {
  static const Family kFamily{collect, nullptr, {{ObjectKind::operator_, write}}};
  return kFamily;
}

}  // namespace pgark::dumper
