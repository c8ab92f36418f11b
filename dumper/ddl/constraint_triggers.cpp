#include "dumper/ddl/constraint_triggers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "base/sql_quote.hpp"
#include "dumper/ddl/sql_clauses.hpp"

namespace pgark::dumper {
namespace {

// The names of these triggers hold OIDs, so that the target has to look them up: by the constraint (or that
// of the clone, whose name may be another one), the table and the function.
constexpr std::string_view kBody =
    "DECLARE\n  name pg_catalog.text;\nBEGIN\n"
    "  WITH RECURSIVE family(oid) AS (SELECT c.oid FROM pg_catalog.pg_constraint c WHERE c.conrelid ="
    " {anchor}::pg_catalog.regclass AND c.conname = {constraint} UNION ALL SELECT c.oid FROM"
    " pg_catalog.pg_constraint c JOIN family ON c.conparentid = family.oid)\n"
    "  SELECT t.tgname INTO STRICT name FROM family JOIN pg_catalog.pg_constraint c USING (oid)"
    " JOIN pg_catalog.pg_trigger t ON t.tgconstraint = c.oid JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid"
    " WHERE t.tgrelid = {table}::pg_catalog.regclass AND c.conrelid = {from}::pg_catalog.regclass"
    " AND c.confrelid = {to} AND p.proname = {function};\n"
    "  EXECUTE pg_catalog.format('ALTER TABLE ONLY %s {state} TRIGGER %I', {table}, name);\nEND";

std::string state_statement(const Emitter& out, const Constraint& constraint,
                            const ConstraintTrigger& trigger) {
  const auto& relations = out.catalog().relations;
  const std::string to =
      trigger.referenced_sql.empty() ? "0" : quote_literal(trigger.referenced_sql) + "::pg_catalog.regclass";
  return "DO " +
         quote_dollar(fmt::format(
             kBody, fmt::arg("anchor", quote_literal(out.lookup().sql_name(relations[constraint.relation]))),
             fmt::arg("constraint", quote_literal(constraint.name)),
             fmt::arg("table", quote_literal(out.lookup().sql_name(relations[trigger.relation]))),
             fmt::arg("from", quote_literal(trigger.constrained_sql)), fmt::arg("to", to),
             fmt::arg("function", quote_literal(trigger.function)),
             fmt::arg("state", trigger_state_sql(trigger.enabled))));
}

}  // namespace

std::string_view trigger_state_sql(char enabled) {
  switch (enabled) {
    case 'D': return "DISABLE";
    case 'A': return "ENABLE ALWAYS";
    case 'R': return "ENABLE REPLICA";
    default: return "ENABLE";
  }
}

void write_constraint_trigger_states(Emitter& out, DumpId id, const Constraint& constraint) {
  const auto triggers = std::ranges::equal_range(out.catalog().constraint_triggers, constraint.oid, {},
                                                 &ConstraintTrigger::anchor);
  if (triggers.empty()) return;
  format::TocEntry entry = out.entry_for(id, "TRIGGER");
  EntryLinks links;
  for (const ConstraintTrigger& trigger : triggers) {
    entry.create.push_back({state_statement(out, constraint, trigger)});
    links.locks.push_back(trigger.relation);
  }
  out.attach(id, std::move(entry), std::move(links));
}

}  // namespace pgark::dumper
