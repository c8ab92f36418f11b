// What hangs on a member of an extension without having come with it: an index that a user added to an
// extension's table, a comment on it (F46). CREATE EXTENSION does not bring it back and it is not saved, so
// it is named. Nothing in the catalogs says who made such an object; but whatever an extension's script makes
// is written by the transactions that wrote the memberships, so rows of other transactions are taken for the
// user's.
#include <utility>

#include "dumper/catalog/reading.hpp"

namespace pgark::dumper {
namespace {

// The dependency row of an object tells when it was made; the object's own row changes with every ALTER.
constexpr std::string_view kSql =
    "WITH e AS MATERIALIZED (SELECT classid, objid, refobjid AS extension, xmin AS written"
    " FROM pg_catalog.pg_depend WHERE refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass"
    " AND deptype = 'e' AND refobjid >= 16384),"
    " extra AS (SELECT DISTINCT k.kind, d.classid, d.objid, 0 AS objsubid, e.extension FROM e"
    " JOIN pg_catalog.pg_depend d ON d.refclassid = e.classid AND d.refobjid = e.objid"
    " AND d.deptype IN ('a', 'n')"
    " CROSS JOIN LATERAL ("
    "SELECT 'INDEX' AS kind FROM pg_catalog.pg_index i WHERE d.classid ="
    " 'pg_catalog.pg_class'::pg_catalog.regclass AND i.indexrelid = d.objid AND i.indrelid = e.objid"
    " UNION ALL SELECT 'CONSTRAINT' FROM pg_catalog.pg_constraint c WHERE d.classid ="
    " 'pg_catalog.pg_constraint'::pg_catalog.regclass AND c.oid = d.objid AND c.conrelid = e.objid"
    " UNION ALL SELECT 'TRIGGER' FROM pg_catalog.pg_trigger t WHERE d.classid ="
    " 'pg_catalog.pg_trigger'::pg_catalog.regclass AND t.oid = d.objid AND t.tgrelid = e.objid"
    " AND NOT t.tgisinternal"
    " UNION ALL SELECT 'RULE' FROM pg_catalog.pg_rewrite r WHERE d.classid ="
    " 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND r.oid = d.objid AND r.ev_class = e.objid"
    " AND r.rulename <> '_RETURN'"
    " UNION ALL SELECT 'POLICY' FROM pg_catalog.pg_policy p WHERE d.classid ="
    " 'pg_catalog.pg_policy'::pg_catalog.regclass AND p.oid = d.objid AND p.polrelid = e.objid"
    " UNION ALL SELECT 'DEFAULT' FROM pg_catalog.pg_attrdef a WHERE d.classid ="
    " 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND a.oid = d.objid AND a.adrelid = e.objid"
    " UNION ALL SELECT 'STATISTICS' FROM pg_catalog.pg_statistic_ext s WHERE d.classid ="
    " 'pg_catalog.pg_statistic_ext'::pg_catalog.regclass AND s.oid = d.objid AND s.stxrelid = e.objid"
    ") AS k"
    " WHERE e.classid = 'pg_catalog.pg_class'::pg_catalog.regclass"
    " AND NOT EXISTS (SELECT 1 FROM e AS own WHERE own.extension = e.extension AND own.written = d.xmin)"
    " AND NOT EXISTS (SELECT 1 FROM e AS own WHERE own.classid = d.classid AND own.objid = d.objid)"
    " UNION ALL SELECT 'COMMENT', c.classoid, c.objoid, c.objsubid, e.extension FROM e"
    " JOIN pg_catalog.pg_description c ON c.classoid = e.classid AND c.objoid = e.objid"
    " WHERE NOT EXISTS (SELECT 1 FROM e AS own WHERE own.extension = e.extension AND own.written = c.xmin)"
    " UNION ALL SELECT 'SECURITY LABEL', l.classoid, l.objoid, l.objsubid, e.extension FROM e"
    " JOIN pg_catalog.pg_seclabel l ON l.classoid = e.classid AND l.objoid = e.objid"
    " WHERE NOT EXISTS (SELECT 1 FROM e AS own WHERE own.extension = e.extension AND own.written = l.xmin))"
    " SELECT x.kind, CASE WHEN x.kind IN ('COMMENT', 'SECURITY LABEL') THEN i.type || ' ' ELSE '' END ||"
    " i.identity, n.extname FROM extra x JOIN pg_catalog.pg_extension n ON n.oid = x.extension,"
    " LATERAL pg_catalog.pg_identify_object(x.classid, x.objid, x.objsubid) AS i ORDER BY 1, 2";

void take_extra(Reading& reading, Row& row) {
  std::string kind = row.text(), name = row.text();
  reading.note(format::ReportLevel::lost, std::move(kind), std::move(name),
               "hangs on a member of extension " + row.text() +
                   " and does not seem to have come with it: CREATE EXTENSION will not make it again");
}

}  // namespace

void add_extension_extras(const Reading& reading, Steps& steps) {
  const bool wanted = reading.selector.takes_everything() && (reading.selector.mask() & kDefinition) != 0;
  if (!wanted) return;
  steps.push_back(row_step("additions to extensions", std::string(kSql), {}, take_extra));
}

}  // namespace pgark::dumper
