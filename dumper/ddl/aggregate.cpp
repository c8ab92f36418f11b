// Aggregates (SCHEMA_COVERAGE B14). COMMENT, ALTER and DROP name an aggregate by its declared arguments, "*"
// when there are none; GRANT takes it for a function of plain input types.
#include "base/sql_quote.hpp"
#include "dumper/ddl/family.hpp"
#include "dumper/ddl/named_object.hpp"

namespace pgark::dumper {
namespace {

void collect(BuildContext& context) {
  collect_functions(context, ObjectKind::aggregate,
                    [](const Function& function) { return function.kind == 'a'; });
}

std::string arguments_sql(std::string_view arguments) {
  return arguments.empty() ? "(*)" : "(" + std::string(arguments) + ")";
}

std::string_view modify_sql(char modify) {
  switch (modify) {
    case 's': return "SHAREABLE";
    case 'w': return "READ_WRITE";
    default: return "READ_ONLY";
  }
}

std::string_view parallel_sql(char parallel) {
  switch (parallel) {
    case 's': return "safe";
    case 'r': return "restricted";
    default: return "";
  }
}

// `m` is the letter that the names of the moving stage begin with. What FINALFUNC may do to the state
// defaults to READ_ONLY in a normal aggregate and to READ_WRITE in the others.
void add_stage(ParameterList& list, const Aggregate& aggregate, const AggregateStage& stage,
               std::string_view m) {
  const auto key = [m](std::string_view name) { return std::string(m) + std::string(name); };
  list.add_if(key("SFUNC"), stage.transition_sql);
  if (!m.empty()) list.add_if("MINVFUNC", stage.inverse_sql);
  list.add_if(key("STYPE"), stage.type_sql);
  if (stage.space != 0) list.add(key("SSPACE"), std::to_string(stage.space));
  if (stage.initial) list.add(key("INITCOND"), quote_literal(*stage.initial));
  list.add_if(key("FINALFUNC"), stage.final_sql);
  list.flag_if(key("FINALFUNC_EXTRA"), stage.final_extra);
  const char usual = aggregate.kind == 'n' ? 'r' : 'w';
  if (stage.final_modify != usual) list.add(key("FINALFUNC_MODIFY"), modify_sql(stage.final_modify));
}

std::string create_sql(const Emitter& out, const Function& function, const Aggregate& aggregate) {
  ParameterList list;
  add_stage(list, aggregate, aggregate.plain, "");
  list.add_if("COMBINEFUNC", aggregate.combine_sql);
  list.add_if("SERIALFUNC", aggregate.serialize_sql);
  list.add_if("DESERIALFUNC", aggregate.deserialize_sql);
  add_stage(list, aggregate, aggregate.moving, "M");
  list.add_if("SORTOP", aggregate.sort_operator_sql);
  list.flag_if("HYPOTHETICAL", aggregate.kind == 'h');
  list.add_if("PARALLEL", parallel_sql(function.parallel));
  return "CREATE AGGREGATE " + out.lookup().sql_name(function) + arguments_sql(function.arguments_sql) +
         " (" + list.take() + "\n)";
}

void write(Emitter& out, DumpId id) {
  const Function& function = out.catalog().functions[out.object(id).payload];
  const std::string name = out.lookup().sql_name(function);
  Definition definition;
  definition.kind = "AGGREGATE";
  definition.target = {"AGGREGATE", name + arguments_sql(function.identity_arguments_sql)};
  definition.name = function.name + arguments_sql(function.argument_types);
  if (function.aggregate) definition.create.push_back(create_sql(out, function, *function.aggregate));
  write_definition(out, id, function, std::move(definition));
  out.acl(id, Target{"FUNCTION", name + "(" + function.argument_types + ")"}, function);
}

}  // namespace

const Family& aggregate_family() {
  static const Family kFamily{collect, nullptr, {{ObjectKind::aggregate, write}}};
  return kFamily;
}

}  // namespace pgark::dumper
