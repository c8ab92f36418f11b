// Triggers (B48), and their clones on partitions where the state differs or a comment hangs on them.
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

}  // namespace

void add_triggers(const Reading& reading, Steps& steps) {
  const std::string wanted = relation_oids(reading, [](const Relation& relation) {
    return (relation.components & kDefinition) != 0 && relation.has_triggers;
  });
  steps.push_back(row_step("triggers", triggers_sql(reading), {wanted}, take_trigger));
}

}  // namespace pgark::dumper
