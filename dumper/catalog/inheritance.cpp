// Parents of tables: inheritance and partitions, in the order of inhseqno (B31, B37).
#include "dumper/catalog/reading.hpp"

namespace pgark::dumper {
namespace {

std::string inheritance_sql(const Reading& reading) {
  return "SELECT i.inhrelid, i.inhparent, " + since(reading, 14, "i.inhdetachpending", "false") +
         " FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid"
         " WHERE c.relkind IN ('r', 'p', 'f') ORDER BY i.inhrelid, i.inhseqno";
}

void take_inheritance(Reading& reading, Row& row) {
  const Index child = reading.relation_index(row.oid());
  const Index parent = reading.relation_index(row.oid());
  if (child == kNone || parent == kNone) return;
  reading.catalog.relations[child].parents.push_back(parent);
  if (row.boolean()) {
    Relation& partition = reading.catalog.relations[child];
    partition.detach_pending = true;
    reading.note(
        format::ReportLevel::warning, "TABLE ATTACH", reading.describe(partition),
        "the partition is being detached (DETACH ... CONCURRENTLY or FINALIZE did not end); it is saved "
        "as attached");
  }
}

}  // namespace

void add_inheritance(const Reading& reading, Steps& steps) {
  steps.push_back(row_step("inheritance", inheritance_sql(reading), {}, take_inheritance));
}

}  // namespace pgark::dumper
