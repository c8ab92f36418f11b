// Triggers (B48), and their clones on partitions where the state differs or a comment hangs on them; and the
// states of the triggers behind constraints.
#include <utility>

#include "dumper/catalog/reading.hpp"

namespace pgark::dumper {
namespace {

// A clone is created again under the name of the trigger at the root; before 15 renaming that one left the
// clones as they were.
constexpr std::string_view kNameSql =
    "CASE WHEN t.tgparentid = 0 THEN t.tgname ELSE (WITH RECURSIVE up(name, parent) AS"
    " (SELECT t.tgname, t.tgparentid UNION ALL SELECT a.tgname, a.tgparentid FROM pg_catalog.pg_trigger a"
    " JOIN up ON a.oid = up.parent) SELECT name FROM up WHERE parent = 0) END";

// Until version 14 clones on partitions are marked internal, as the triggers of foreign keys are; those
// never count.
std::string triggers_sql(const Reading& reading) {
  const std::string own = since(reading, 15, "NOT t.tgisinternal AND t.tgparentid = 0", "NOT t.tgisinternal");
  return "SELECT t.oid, " + std::string(kNameSql) +
         ", t.tgrelid, t.tgenabled, parent.tgenabled, t.tgparentid,"
         " CASE WHEN t.tgparentid = 0 THEN pg_catalog.pg_get_triggerdef(t.oid, false) END"
         " FROM pg_catalog.unnest($1::pg_catalog.oid[]) AS wanted(oid)"
         " JOIN pg_catalog.pg_trigger t ON t.tgrelid = wanted.oid"
         " LEFT JOIN pg_catalog.pg_trigger parent ON parent.oid = t.tgparentid"
         " WHERE ((" +
         own +
         ") OR t.tgenabled <> parent.tgenabled OR (t.tgparentid <> 0 AND EXISTS (SELECT 1 FROM"
         " pg_catalog.pg_description d WHERE d.classoid = 'pg_catalog.pg_trigger'::pg_catalog.regclass AND"
         " d.objoid = t.oid))) AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_constraint c"
         " WHERE c.oid = t.tgconstraint AND c.contype = 'f')"
         " ORDER BY t.tgrelid, t.tgname";
}

void take_trigger(Reading& reading, Row& row) {
  Trigger trigger;
  trigger.oid = row.oid();
  trigger.name = row.text();
  trigger.relation = reading.relation_index(row.oid());
  trigger.enabled = row.character();
  trigger.parent_enabled = row.character();
  trigger.parent = row.oid();
  const Relation& relation = reading.catalog.relations[trigger.relation];
  trigger.definition_sql =
      trigger.parent == 0 ? row.definition(trigger.name + " on " + reading.describe(relation)) : row.text();
  reading.catalog.triggers.push_back(std::move(trigger));
}

constexpr std::string_view kConstraintTriggersSql =
    "SELECT a.oid, t.tgrelid, c.conrelid::pg_catalog.regclass::pg_catalog.text,"
    " NULLIF(c.confrelid, 0)::pg_catalog.regclass::pg_catalog.text, p.proname, t.tgenabled"
    " FROM pg_catalog.unnest($1::pg_catalog.oid[]) AS wanted(oid)"
    " JOIN pg_catalog.pg_trigger t ON t.tgrelid = wanted.oid AND t.tgisinternal AND t.tgenabled <> 'O'"
    " JOIN pg_catalog.pg_constraint c ON c.oid = t.tgconstraint AND c.contype IN ('f', 'p', 'u', 'x')"
    " JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid"
    " JOIN LATERAL (WITH RECURSIVE up(oid, parent) AS (SELECT c.oid, CASE c.contype WHEN 'f' THEN"
    " c.conparentid ELSE 0 END UNION ALL SELECT k.oid, k.conparentid FROM pg_catalog.pg_constraint k"
    " JOIN up ON k.oid = up.parent) SELECT up.oid FROM up WHERE up.parent = 0) AS a ON true"
    " ORDER BY a.oid, 3, 4, 5";

void take_constraint_trigger(Reading& reading, Row& row) {
  ConstraintTrigger trigger;
  trigger.anchor = row.oid();
  trigger.relation = reading.relation_index(row.oid());
  trigger.constrained_sql = row.text();
  trigger.referenced_sql = row.text();
  trigger.function = row.text();
  trigger.enabled = row.character();
  reading.catalog.constraint_triggers.push_back(std::move(trigger));
}

}  // namespace

void add_triggers(const Reading& reading, Steps& steps) {
  const std::string wanted = relation_oids(reading, [](const Relation& relation) {
    return (relation.components & kDefinition) != 0 && relation.has_triggers;
  });
  steps.push_back(row_step("triggers", triggers_sql(reading), {wanted}, take_trigger));
  steps.push_back(row_step("triggers of constraints", std::string(kConstraintTriggersSql), {wanted},
                           take_constraint_trigger));
}

}  // namespace pgark::dumper
