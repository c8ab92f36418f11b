// Primary keys, unique and exclusion constraints, checks and not-nulls (SCHEMA_COVERAGE B35, B36, B44, B45).
// Checks and not-nulls stand in CREATE TABLE unless they are not validated, a loop separates them (D4.8), or
// they look at the rows of other tables (F49).
#include <fmt/format.h>

#include "base/sql_quote.hpp"
#include "dumper/ddl/constraint_rules.hpp"
#include "dumper/ddl/constraint_triggers.hpp"
#include "dumper/ddl/family.hpp"
#include "dumper/ddl/relation_common.hpp"
#include "dumper/ddl/sql_clauses.hpp"

namespace pgark::dumper {
namespace {

bool has_index(const Constraint& constraint) {
  return constraint.index != kNone;
}

void collect(BuildContext& context) {
  for (Index i = 0; i < context.catalog.constraints.size(); ++i) {
    const Constraint& constraint = context.catalog.constraints[i];
    if (constraint.relation == kNone || constraint.type == 'f' || constraint.type == 't') continue;
    DumpObject object =
        relation_part_object(context, ObjectKind::constraint, {catalog_oid::kConstraint, constraint.oid}, i,
                             constraint.name, constraint.relation);
    object.inlined =
        !has_index(constraint) && constraint.validated && !waits_for_all_rows(context, constraint);
    // Inherited ones have no text in CREATE TABLE: they follow their parent's wherever that goes.
    object.separable = constraint.type == 'c' || !is_said_by_table(context, constraint);
    context.graph.add(std::move(object));
  }
}

// One that is only inherited exists once its parent's does; a comment on it waits for that.
void wait_for_inherited(BuildContext& context, DumpId id, const Constraint& constraint) {
  if (has_index(constraint) || is_said_by_table(context, constraint)) return;
  for (const Index parent : context.catalog.relations[constraint.relation].parents) {
    for (const Index i : context.lookup.constraints_of(parent)) {
      if (!is_same_constraint(context.catalog, constraint, context.catalog.constraints[i])) continue;
      context.graph.depend(id, context.graph.find(ObjectKind::constraint, i));
    }
  }
}

void link(BuildContext& context) {
  for (Index i = 0; i < context.catalog.constraints.size(); ++i) {
    const DumpId id = context.graph.find(ObjectKind::constraint, i);
    if (id == kNoDump) continue;
    wait_for_inherited(context, id, context.catalog.constraints[i]);
    if (context.graph[id].inlined) {
      context.graph.depend(context.graph[id].parent, id);
    } else {
      context.graph.depend(id, context.graph[id].parent);
    }
  }
}

// pg_get_constraintdef leaves out the index's storage options, which come before the deferral clauses.
std::string with_index_options(const Constraint& constraint, const IndexInfo& index) {
  std::string text = constraint.definition_sql;
  if (index.options.empty() || constraint.type == 'x') return text;
  std::string tail;
  for (const std::string_view clause : {" INITIALLY DEFERRED", " DEFERRABLE"}) {
    if (!text.ends_with(clause)) continue;
    text.resize(text.size() - clause.size());
    tail = std::string(clause) + tail;
  }
  return text + with_options_sql(index.options, " ") + tail;
}

void define_with_index(Emitter& out, DumpId id, const Constraint& constraint, const Relation& table) {
  const IndexInfo& index = out.catalog().indexes[constraint.index];
  const std::string table_sql = out.lookup().sql_name(table), name = quote_identifier(constraint.name);
  format::TocEntry entry = out.entry_for(id, "CONSTRAINT");
  entry.owner = table.owner;
  entry.tablespace = index.tablespace;
  entry.takes_tablespace = true;
  entry.size_estimate_bytes = table.total_bytes + index.bytes;
  entry.create.push_back({fmt::format("ALTER TABLE ONLY {}\n    ADD CONSTRAINT {} {}", table_sql, name,
                                      with_index_options(constraint, index))});
  // One that belongs to a partitioned table's goes with it.
  if (index.parent == 0) {
    entry.drop.push_back(
        {fmt::format("ALTER TABLE IF EXISTS ONLY {} DROP CONSTRAINT IF EXISTS {}", table_sql, name)});
  }
  out.define(id, std::move(entry), {{constraint.relation}, {}});
}

// The pass after everything else: all rows are loaded, and what a function needs to find them is there.
format::Pass pass_of(const Emitter& out, const Constraint& constraint) {
  const bool waits = constraint.validated && out.lookup().may_read_rows(constraint.oid);
  return waits ? format::Pass::post_acl : format::Pass::main;
}

// Without ONLY: children inherit it from here, whatever they print themselves.
void define_separate(Emitter& out, DumpId id, const Constraint& constraint, const Relation& table) {
  const std::string table_sql = out.lookup().sql_name(table), name = quote_identifier(constraint.name);
  format::TocEntry entry = out.entry_for(id, constraint.type == 'n' ? "CONSTRAINT" : "CHECK CONSTRAINT");
  entry.owner = table.owner;
  entry.size_estimate_bytes = constraint.validated ? table.total_bytes : 0;
  entry.pass = pass_of(out, constraint);
  entry.create.push_back(
      {fmt::format("ALTER TABLE {}\n    ADD CONSTRAINT {} {}", table_sql, name, constraint.definition_sql)});
  entry.drop.push_back(
      {fmt::format("ALTER TABLE IF EXISTS {} DROP CONSTRAINT IF EXISTS {}", table_sql, name)});
  out.define(id, std::move(entry), {out.lookup().tree_of(constraint.relation), {}});
}

// F55: it comes with the parent's, which is not validated, so that this one has to be again.
void define_validation(Emitter& out, DumpId id, const Constraint& constraint, const Relation& table) {
  format::TocEntry entry = out.entry_for(id, constraint.type == 'n' ? "CONSTRAINT" : "CHECK CONSTRAINT");
  entry.owner = table.owner;
  entry.size_estimate_bytes = table.total_bytes;
  entry.pass = pass_of(out, constraint);
  entry.create.push_back({fmt::format("ALTER TABLE {} VALIDATE CONSTRAINT {}", out.lookup().sql_name(table),
                                      quote_identifier(constraint.name))});
  out.define(id, std::move(entry), {out.lookup().tree_of(constraint.relation), {}});
}

void write(Emitter& out, DumpId id) {
  const Constraint& constraint = out.catalog().constraints[out.object(id).payload];
  const Relation& table = out.catalog().relations[constraint.relation];
  if (!out.wants(id, kDefinition)) return;
  if (has_index(constraint)) {
    define_with_index(out, id, constraint, table);
    write_constraint_trigger_states(out, id, constraint);
  } else if (constraint.local ||
             (waits_for_all_rows(out.context(), constraint) && is_said_by_table(out.context(), constraint))) {
    define_separate(out, id, constraint, table);
  } else if (is_validated_afterwards(out.context(), constraint)) {
    define_validation(out, id, constraint, table);
  }  // else it comes with the parent's, and only the comment is ours
  out.comment(id, {"CONSTRAINT", quote_identifier(constraint.name) + " ON " + out.lookup().sql_name(table)});
}

}  // namespace

const Family& constraint_family() {
  static const Family kFamily{collect, link, {{ObjectKind::constraint, write}}};
  return kFamily;
}

}  // namespace pgark::dumper
