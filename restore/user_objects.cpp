#include "restore/user_objects.hpp"

namespace pgark::restore {

std::string user_objects_sql() {
  return R"sql(
WITH schemas AS (
  SELECT n.oid, n.nspname FROM pg_catalog.pg_namespace n
  WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
), in_schemas (class, oid, kind, schema, name) AS (
  SELECT c.tableoid, c.oid,
         CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence'
                        WHEN 'f' THEN 'foreign table' ELSE 'table' END, c.relnamespace, c.relname
    FROM pg_catalog.pg_class c WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
  UNION ALL
  SELECT p.tableoid, p.oid, CASE p.prokind WHEN 'a' THEN 'aggregate' WHEN 'p' THEN 'procedure' ELSE 'function' END,
         p.pronamespace, p.proname
    FROM pg_catalog.pg_proc p
  UNION ALL
  SELECT t.tableoid, t.oid, 'type', t.typnamespace, t.typname
    FROM pg_catalog.pg_type t LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
   WHERE t.typtype IN ('d', 'e', 'r') OR (t.typtype = 'c' AND c.relkind = 'c')
      OR (t.typtype = 'b' AND NOT EXISTS (SELECT FROM pg_catalog.pg_type e WHERE e.typarray = t.oid))
  UNION ALL
  SELECT o.tableoid, o.oid, 'operator', o.oprnamespace, o.oprname FROM pg_catalog.pg_operator o
  UNION ALL
  SELECT o.tableoid, o.oid, 'operator class', o.opcnamespace, o.opcname FROM pg_catalog.pg_opclass o
  UNION ALL
  SELECT o.tableoid, o.oid, 'operator family', o.opfnamespace, o.opfname FROM pg_catalog.pg_opfamily o
  UNION ALL
  SELECT c.tableoid, c.oid, 'collation', c.collnamespace, c.collname FROM pg_catalog.pg_collation c
  UNION ALL
  SELECT c.tableoid, c.oid, 'conversion', c.connamespace, c.conname FROM pg_catalog.pg_conversion c
  UNION ALL
  SELECT s.tableoid, s.oid, 'statistics', s.stxnamespace, s.stxname FROM pg_catalog.pg_statistic_ext s
  UNION ALL
  SELECT p.tableoid, p.oid, 'text search parser', p.prsnamespace, p.prsname FROM pg_catalog.pg_ts_parser p
  UNION ALL
  SELECT d.tableoid, d.oid, 'text search dictionary', d.dictnamespace, d.dictname FROM pg_catalog.pg_ts_dict d
  UNION ALL
  SELECT t.tableoid, t.oid, 'text search template', t.tmplnamespace, t.tmplname FROM pg_catalog.pg_ts_template t
  UNION ALL
  SELECT c.tableoid, c.oid, 'text search configuration', c.cfgnamespace, c.cfgname FROM pg_catalog.pg_ts_config c
), all_objects (class, oid, kind, name) AS (
  SELECT i.class, i.oid, i.kind, pg_catalog.format('%I.%I', s.nspname, i.name)
    FROM in_schemas i JOIN schemas s ON s.oid = i.schema
  UNION ALL
  SELECT 'pg_catalog.pg_namespace'::pg_catalog.regclass, s.oid, 'schema', pg_catalog.quote_ident(s.nspname)
    FROM schemas s WHERE s.nspname <> 'public'
  UNION ALL
  -- pg_depend has large objects under the catalog of their pages.
  SELECT 'pg_catalog.pg_largeobject'::pg_catalog.regclass, l.oid, 'large object', l.oid::pg_catalog.text
    FROM pg_catalog.pg_largeobject_metadata l
  UNION ALL
  SELECT o.class, o.oid, o.kind, o.name
    FROM (
      SELECT c.tableoid, c.oid, 'cast', pg_catalog.format('(%s AS %s)', pg_catalog.format_type(c.castsource, NULL),
                                                          pg_catalog.format_type(c.casttarget, NULL))
        FROM pg_catalog.pg_cast c
      UNION ALL
      SELECT t.tableoid, t.oid, 'transform', pg_catalog.format('for %s language %I',
             pg_catalog.format_type(t.trftype, NULL), l.lanname)
        FROM pg_catalog.pg_transform t JOIN pg_catalog.pg_language l ON l.oid = t.trflang
      UNION ALL
      SELECT a.tableoid, a.oid, 'access method', pg_catalog.quote_ident(a.amname) FROM pg_catalog.pg_am a
      UNION ALL
      SELECT l.tableoid, l.oid, 'language', pg_catalog.quote_ident(l.lanname) FROM pg_catalog.pg_language l
      UNION ALL
      SELECT e.tableoid, e.oid, 'event trigger', pg_catalog.quote_ident(e.evtname) FROM pg_catalog.pg_event_trigger e
      UNION ALL
      SELECT w.tableoid, w.oid, 'foreign data wrapper', pg_catalog.quote_ident(w.fdwname)
        FROM pg_catalog.pg_foreign_data_wrapper w
      UNION ALL
      SELECT s.tableoid, s.oid, 'server', pg_catalog.quote_ident(s.srvname) FROM pg_catalog.pg_foreign_server s
      UNION ALL
      SELECT p.tableoid, p.oid, 'publication', pg_catalog.quote_ident(p.pubname) FROM pg_catalog.pg_publication p
      UNION ALL
      -- Of these columns only the name and the database are everybody's to read (13); none is an extension's.
      SELECT 'pg_catalog.pg_subscription'::pg_catalog.regclass, 16384::pg_catalog.oid, 'subscription', pg_catalog.quote_ident(s.subname)
        FROM pg_catalog.pg_subscription s JOIN pg_catalog.pg_database d ON d.oid = s.subdbid
       WHERE d.datname = pg_catalog.current_database()
      UNION ALL
      SELECT a.tableoid, a.oid, 'default privileges', 'for role ' || pg_catalog.quote_ident(r.rolname)
        FROM pg_catalog.pg_default_acl a JOIN pg_catalog.pg_roles r ON r.oid = a.defaclrole
    ) AS o (class, oid, kind, name)
   WHERE o.oid >= 16384
), objects AS (
  SELECT o.class, o.oid, o.kind, o.name FROM all_objects o
   WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                      WHERE d.classid = o.class AND d.objid = o.oid AND d.deptype = 'e')
)
)sql";
}

}  // namespace pgark::restore
