// Tables whose queries run into functions of users before they read a row: the planner simplifies the
// expressions of indexes and extended statistics, and takes the body of a function in SQL apart for it. A
// body that names something without its schema (F04) then fails under the empty search_path; COPY of a table
// is not planned and does not.
#include "dumper/catalog/reading.hpp"

namespace pgark::dumper {
namespace {

// C and internal functions are never taken apart, and those that initdb made name their schemas.
constexpr std::string_view kSql =
    "SELECT DISTINCT e.relation FROM"
    " (SELECT d.classid, d.objid, d.refobjid AS function FROM pg_catalog.pg_depend d"
    " WHERE d.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.refobjid >= 16384"
    " UNION ALL SELECT d.classid, d.objid, o.oprcode::pg_catalog.oid FROM pg_catalog.pg_depend d"
    " JOIN pg_catalog.pg_operator o ON o.oid = d.refobjid"
    " WHERE d.refclassid = 'pg_catalog.pg_operator'::pg_catalog.regclass AND d.refobjid >= 16384) AS u"
    " JOIN pg_catalog.pg_proc p ON p.oid = u.function"
    " JOIN pg_catalog.pg_language l ON l.oid = p.prolang AND l.lanname NOT IN ('c', 'internal')"
    " JOIN (SELECT 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid AS catalog, i.indexrelid AS "
    "oid,"
    " i.indrelid AS relation FROM pg_catalog.pg_index i UNION ALL"
    " SELECT 'pg_catalog.pg_statistic_ext'::pg_catalog.regclass::pg_catalog.oid, s.oid, s.stxrelid"
    " FROM pg_catalog.pg_statistic_ext s) AS e ON e.catalog = u.classid AND e.oid = u.objid";

void take_relation(Reading& reading, Row& row) {
  const Index relation = reading.relation_index(row.oid());
  if (relation != kNone) reading.catalog.relations[relation].planning_runs_functions = true;
}

}  // namespace

void add_planned_functions(Steps& steps) {
  steps.push_back(row_step("functions of indexes", std::string(kSql), {}, take_relation));
}

}  // namespace pgark::dumper
