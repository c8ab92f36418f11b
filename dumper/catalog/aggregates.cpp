// Aggregates (B14): what pg_aggregate adds to the functions already read.
#include <utility>

#include "dumper/catalog/named_objects.hpp"

namespace pgark::dumper {
namespace {

std::string aggregates_sql() {
  return "SELECT a.aggfnoid::pg_catalog.oid, a.aggkind, " + function_name_sql("a.aggtransfn") + ", " +
         type_name_sql("a.aggtranstype") + ", a.aggtransspace, a.agginitval, " +
         function_name_sql("a.aggfinalfn") + ", a.aggfinalextra, a.aggfinalmodify, " +
         function_name_sql("a.aggmtransfn") + ", " + type_name_sql("a.aggmtranstype") +
         ", a.aggmtransspace, a.aggminitval, " + function_name_sql("a.aggmfinalfn") +
         ", a.aggmfinalextra, a.aggmfinalmodify, " + function_name_sql("a.aggminvtransfn") + ", " +
         function_name_sql("a.aggcombinefn") + ", " + function_name_sql("a.aggserialfn") + ", " +
         function_name_sql("a.aggdeserialfn") +
         ", 'OPERATOR(' || pg_catalog.quote_ident(son.nspname) || '.' || so.oprname || ')'"
         " FROM pg_catalog.pg_aggregate a JOIN pg_catalog.pg_proc p ON p.oid = a.aggfnoid"
         " JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace"
         " LEFT JOIN pg_catalog.pg_operator so ON so.oid = a.aggsortop"
         " LEFT JOIN pg_catalog.pg_namespace son ON son.oid = so.oprnamespace WHERE " +
         users_own_sql("pg_proc", "p.oid") + " ORDER BY p.oid";
}

void take_stage(AggregateStage& stage, Row& row) {
  stage.transition_sql = row.text();
  stage.type_sql = row.text();
  stage.space = row.integer();
  stage.initial = row.optional_text();
  stage.final_sql = row.text();
  stage.final_extra = row.boolean();
  stage.final_modify = row.character();
}

void take_aggregate(Reading& reading, Row& row) {
  const auto found = reading.catalog.function_by_oid.find(row.oid());
  if (found == reading.catalog.function_by_oid.end()) return;
  Aggregate aggregate;
  aggregate.kind = row.character();
  take_stage(aggregate.plain, row);
  take_stage(aggregate.moving, row);
  aggregate.moving.inverse_sql = row.text();
  aggregate.combine_sql = row.text();
  aggregate.serialize_sql = row.text();
  aggregate.deserialize_sql = row.text();
  aggregate.sort_operator_sql = row.text();
  reading.catalog.functions[found->second].aggregate = std::move(aggregate);
}

}  // namespace

void add_aggregates(Steps& steps) {
  steps.push_back(row_step("aggregates", aggregates_sql(), {}, take_aggregate));
}

}  // namespace pgark::dumper
