-- Prints one record per catalog fact of the current database, by name and without OIDs, so that two databases of one
-- major can be compared: SCHEMA_COVERAGE G3 and G5. Records end with a zero byte, because values hold line feeds; sort
-- them as bytes, for the server sorts reg* columns by OID.
--
-- Columns that a version lacks read as NULL. Run it as a superuser with psql -XqAt -F '|'.
\pset recordsep_zero on
SET search_path = '';
SET client_min_messages = warning;
SET extra_float_digits = 3;
SET TimeZone = 'UTC';
SET DateStyle = 'ISO, MDY';
SET IntervalStyle = 'postgres';
SET lc_monetary = 'C';
SET bytea_output = 'hex';
SET row_security = off;
SET statement_timeout = 0;
SELECT current_setting('server_version_num')::int >= 140000 AS v14, current_setting('server_version_num')::int >= 150000 AS v15,
       current_setting('server_version_num')::int >= 160000 AS v16, current_setting('server_version_num')::int >= 170000 AS v17,
       current_setting('server_version_num')::int >= 180000 AS v18 \gset
\set usr 'n.nspname !~ ''^(pg_|information_schema$)'''

\set att14 NULL
\set inh14 NULL
\set typ14 NULL
\set rng14 NULL
\set pro14 NULL
\set sub14 'NULL, NULL'
\if :v14
  \set att14 attcompression
  \set inh14 inhdetachpending
  \set typ14 typsubscript
  \set rng14 rngmultitypid::regtype
  \set pro14 'regexp_replace(pg_get_function_sqlbody(p.oid), E''\\\\s+'', '' '', ''g'')'
  \set sub14 'subbinary, substream'
\endif
\set idx15 NULL
\set con15 NULL
\set sub15 'NULL, NULL'
\set col15 'NULL'
\if :v15
  \set idx15 indnullsnotdistinct
  \set con15 '(SELECT array_agg(attname ORDER BY attname) FROM pg_attribute WHERE attrelid = conrelid AND attnum = ANY (confdelsetcols))'
  \set sub15 'subtwophasestate, subdisableonerr'
  \set col15 colliculocale
\endif
\set col16 NULL
\set sub16 'NULL, NULL, NULL'
\if :v16
  \set col16 collicurules
  \set sub16 'subpasswordrequired, subrunasowner, suborigin'
\endif
\set sub17 NULL
\if :v17
  \set col15 colllocale
  \set sub17 subfailover
\endif
\set con18 'NULL, NULL'
\set pub18 NULL
\if :v18
  \set con18 'conenforced, conperiod'
  \set pub18 pubgencols
\endif

-- 15.20 and its sisters stamp attoptions with the version of the extended statistics; the stamp is not the user's.
SELECT 'ATT', attrelid::regclass::text, a.attname, format_type(atttypid, atttypmod), attndims, attnotnull, atthasdef, attidentity, attgenerated, attislocal, attinhcount, attcollation::regcollation, coalesce(attstattarget, -1), attstorage, :att14, (SELECT array_agg(o ORDER BY p) FROM unnest(attoptions) WITH ORDINALITY u(o, p) WHERE o !~ '^pg_attver='), attfdwoptions, attacl FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE attnum > 0 AND NOT attisdropped AND :usr;
SELECT 'ATO', attrelid::regclass::text, array_agg(a.attname ORDER BY attnum) FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE attnum > 0 AND NOT attisdropped AND relkind <> 'i' AND :usr GROUP BY attrelid;
SELECT 'DEF', adrelid::regclass::text, a.attname, pg_get_expr(adbin, adrelid) FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = adrelid AND attnum = adnum JOIN pg_class c ON c.oid = adrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE :usr;
SELECT 'CON', coalesce(nullif(conrelid, 0)::regclass::text, contypid::regtype::text), conname, contype, condeferrable, condeferred, convalidated, conislocal, coninhcount, connoinherit, (SELECT conname FROM pg_constraint p WHERE p.oid = c.conparentid), :con15, :con18, pg_get_constraintdef(c.oid) FROM pg_constraint c JOIN pg_namespace n ON n.oid = connamespace WHERE :usr;
SELECT 'IDX', indexrelid::regclass::text, indisunique, :idx15, indisprimary, indisexclusion, indimmediate, indisclustered, indisvalid, indisready, indislive, indisreplident, (SELECT spcname FROM pg_tablespace WHERE oid = reltablespace), reloptions, pg_get_indexdef(indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = indexrelid JOIN pg_namespace n ON n.oid = relnamespace WHERE :usr;
SELECT 'REL', c.oid::regclass::text, relkind, relowner::regrole, (SELECT amname FROM pg_am WHERE oid = relam), (SELECT spcname FROM pg_tablespace WHERE oid = reltablespace), relpersistence, relchecks, relhasrules, relhastriggers, relrowsecurity, relforcerowsecurity, relispopulated, relreplident, relispartition, relacl, reloptions, pg_get_expr(relpartbound, c.oid), (SELECT reloptions FROM pg_class t WHERE t.oid = c.reltoastrelid), nullif(reloftype, 0)::regtype, CASE relkind WHEN 'p' THEN pg_get_partkeydef(c.oid) END FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE :usr;
SELECT 'FTB', ftrelid::regclass::text, (SELECT srvname FROM pg_foreign_server WHERE oid = ftserver), ftoptions FROM pg_foreign_table;
SELECT 'VIEW', c.oid::regclass::text, regexp_replace(pg_get_viewdef(c.oid), E'\\s+', ' ', 'g') FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind IN ('v', 'm') AND :usr;
SELECT 'INH', inhrelid::regclass::text, inhparent::regclass::text, row_number() OVER (PARTITION BY inhrelid ORDER BY inhseqno), :inh14 FROM pg_inherits;
SELECT 'TRG', tgrelid::regclass::text, CASE WHEN tgisinternal THEN 'RI' ELSE tgname END, tgenabled, tgisinternal, tgdeferrable, tginitdeferred, tgtype, tgfoid::regproc, tgargs, tgparentid <> 0, CASE WHEN NOT tgisinternal THEN pg_get_triggerdef(oid) END FROM pg_trigger;
SELECT 'TYP', t.oid::regtype::text, typowner::regrole, typlen, typbyval, typtype, typcategory, typispreferred, typisdefined, typdelim, nullif(typelem, 0)::regtype, typnotnull, typdefault, typstorage, typalign, typcollation::regcollation, nullif(typbasetype, 0)::regtype, format_type(nullif(typbasetype, 0), typtypmod), typndims, typinput, typoutput, typreceive, typsend, typmodin, typmodout, typanalyze, :typ14, typacl FROM pg_type t JOIN pg_namespace n ON n.oid = typnamespace WHERE :usr;
SELECT 'ENU', enumtypid::regtype::text, row_number() OVER (PARTITION BY enumtypid ORDER BY enumsortorder), enumlabel FROM pg_enum;
SELECT 'RNG', rngtypid::regtype::text, rngsubtype::regtype, :rng14, rngcollation::regcollation, (SELECT opcname FROM pg_opclass WHERE oid = rngsubopc), rngcanonical, rngsubdiff FROM pg_range WHERE rngtypid > 16383;
SELECT 'PRO', p.oid::regprocedure::text, proowner::regrole, (SELECT lanname FROM pg_language WHERE oid = prolang), procost, prorows, prosupport, prokind, prosecdef, proleakproof, proisstrict, proretset, provolatile, proparallel, pg_get_function_arguments(p.oid), pg_get_function_result(p.oid), (SELECT array_agg(x::regtype) FROM unnest(protrftypes) x), md5(prosrc), probin, :pro14, proconfig, proacl FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace WHERE :usr OR proacl IS DISTINCT FROM (SELECT initprivs FROM pg_init_privs i WHERE i.objoid = p.oid AND i.classoid = 'pg_catalog.pg_proc'::regclass AND objsubid = 0);
SELECT 'AGG', aggfnoid::regprocedure::text, aggkind, aggnumdirectargs, aggtransfn, aggfinalfn, aggcombinefn, aggserialfn, aggdeserialfn, aggmtransfn, aggminvtransfn, aggmfinalfn, aggfinalextra, aggmfinalextra, aggfinalmodify, aggmfinalmodify, aggsortop::regoperator, aggtranstype::regtype, aggtransspace, aggmtranstype::regtype, aggmtransspace, agginitval, aggminitval FROM pg_aggregate WHERE aggfnoid::oid > 16383;
SELECT 'OPR', o.oid::regoperator::text, oprowner::regrole, oprcanmerge, oprcanhash, oprcom::regoperator, oprnegate::regoperator, oprcode, oprrest, oprjoin FROM pg_operator o WHERE oid > 16383;
SELECT 'OPF', opfnamespace::regnamespace, opfname, (SELECT amname FROM pg_am WHERE oid = opfmethod), opfowner::regrole FROM pg_opfamily WHERE oid > 16383;
SELECT 'OPC', opcnamespace::regnamespace, opcname, (SELECT amname FROM pg_am WHERE oid = opcmethod), opcowner::regrole, (SELECT opfname FROM pg_opfamily WHERE oid = opcfamily), opcintype::regtype, opcdefault, opckeytype::regtype FROM pg_opclass WHERE oid > 16383;
SELECT 'AMO', (SELECT opfname FROM pg_opfamily WHERE oid = amopfamily), amopstrategy, amoppurpose, amopopr::regoperator, (SELECT opfname FROM pg_opfamily WHERE oid = amopsortfamily) FROM pg_amop WHERE oid > 16383;
SELECT 'AMP', (SELECT opfname FROM pg_opfamily WHERE oid = amprocfamily), amprocnum, amproclefttype::regtype, amprocrighttype::regtype, amproc::regprocedure FROM pg_amproc WHERE oid > 16383;
SELECT 'CST', castsource::regtype, casttarget::regtype, nullif(castfunc, 0)::regprocedure, castcontext, castmethod FROM pg_cast WHERE oid > 16383;
SELECT 'TRF', trftype::regtype, (SELECT lanname FROM pg_language WHERE oid = trflang), trffromsql, trftosql FROM pg_transform;
SELECT 'COL', c.oid::regcollation::text, collowner::regrole, collprovider, collisdeterministic, collencoding, collcollate, collctype, :col15, :col16 FROM pg_collation c WHERE oid > 16383;
SELECT 'CNV', connamespace::regnamespace, conname, conowner::regrole, conforencoding, contoencoding, conproc, condefault FROM pg_conversion WHERE oid > 16383;
SELECT 'TSP', prsnamespace::regnamespace, prsname, prsstart, prstoken, prsend, prsheadline, prslextype FROM pg_ts_parser WHERE oid > 16383;
SELECT 'TST', tmplnamespace::regnamespace, tmplname, tmplinit, tmpllexize FROM pg_ts_template WHERE oid > 16383;
SELECT 'TSD', dictnamespace::regnamespace, dictname, dictowner::regrole, (SELECT tmplname FROM pg_ts_template WHERE oid = dicttemplate), dictinitoption FROM pg_ts_dict WHERE oid > 16383;
SELECT 'TSC', cfgnamespace::regnamespace, cfgname, cfgowner::regrole, (SELECT prsname FROM pg_ts_parser WHERE oid = cfgparser), maptokentype, mapseqno, mapdict::regdictionary FROM pg_ts_config c LEFT JOIN pg_ts_config_map m ON m.mapcfg = c.oid WHERE c.oid > 16383;
SELECT 'RUL', ev_class::regclass::text, rulename, ev_type, ev_enabled, is_instead, regexp_replace(pg_get_ruledef(oid), E'\\s+', ' ', 'g') FROM pg_rewrite WHERE oid > 16383;
SELECT 'POL', polrelid::regclass::text, polname, polcmd, polpermissive, (SELECT array_agg(x::regrole::text ORDER BY x::regrole::text) FROM unnest(polroles) x), pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid) FROM pg_policy;
SELECT 'STX', stxnamespace::regnamespace, stxname, stxowner::regrole, coalesce(stxstattarget, -1), stxkind, pg_get_statisticsobjdef(oid) FROM pg_statistic_ext;
SELECT 'EVT', evtname, evtevent, evtowner::regrole, evtfoid::regproc, evtenabled, evttags FROM pg_event_trigger;
SELECT 'PUB', pubname, pubowner::regrole, puballtables, pubinsert, pubupdate, pubdelete, pubtruncate, pubviaroot, :pub18 FROM pg_publication;
\if :v15
SELECT 'PBR', (SELECT pubname FROM pg_publication WHERE oid = prpubid), prrelid::regclass::text, pg_get_expr(prqual, prrelid), (SELECT array_agg(attname ORDER BY attname) FROM pg_attribute WHERE attrelid = prrelid AND attnum = ANY (prattrs)) FROM pg_publication_rel;
SELECT 'PBN', (SELECT pubname FROM pg_publication WHERE oid = pnpubid), pnnspid::regnamespace FROM pg_publication_namespace;
\else
SELECT 'PBR', (SELECT pubname FROM pg_publication WHERE oid = prpubid), prrelid::regclass::text FROM pg_publication_rel;
\endif
SELECT 'SUB', subname, subowner::regrole, subenabled, md5(subconninfo), subslotname, subsynccommit, subpublications, :sub14, :sub15, :sub16, :sub17 FROM pg_subscription WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database());
SELECT 'FDW', fdwname, fdwowner::regrole, fdwhandler::regproc, fdwvalidator::regproc, fdwacl, fdwoptions FROM pg_foreign_data_wrapper WHERE oid > 16383;
SELECT 'SRV', srvname, srvowner::regrole, (SELECT fdwname FROM pg_foreign_data_wrapper WHERE oid = srvfdw), srvtype, srvversion, srvacl, srvoptions FROM pg_foreign_server;
SELECT 'UMP', srvname, usename, umoptions FROM pg_user_mappings;
SELECT 'NSP', nspname, nspowner::regrole, nspacl FROM pg_namespace n WHERE :usr;
SELECT 'LAN', lanname, lanowner::regrole, lanpltrusted, lanplcallfoid::regproc, laninline::regproc, lanvalidator::regproc, lanacl FROM pg_language;
SELECT 'EXT', extname, extnamespace::regnamespace, extversion, (SELECT array_agg(x::regclass::text) FROM unnest(extconfig) x), extcondition FROM pg_extension;
SELECT 'AM', amname, amtype, amhandler FROM pg_am;
SELECT 'DAC', defaclrole::regrole, nullif(defaclnamespace, 0)::regnamespace, defaclobjtype, defaclacl FROM pg_default_acl;
SELECT 'LO', oid, lomowner::regrole, lomacl, md5(lo_get(oid)) FROM pg_largeobject_metadata;
SELECT 'CAC', attrelid::regclass::text, attname, attacl FROM pg_attribute WHERE attacl IS NOT NULL AND attrelid < 16384;
SELECT 'SAC', oid::regclass::text, relacl FROM pg_class WHERE oid < 16384 AND relkind NOT IN ('i', 't') AND relacl IS DISTINCT FROM (SELECT initprivs FROM pg_init_privs i WHERE i.objoid = pg_class.oid AND i.classoid = 'pg_catalog.pg_class'::regclass AND objsubid = 0);
SELECT 'SAT', oid::regtype::text, typacl FROM pg_type WHERE oid < 16384 AND typacl IS NOT NULL;
SELECT 'DES', (pg_identify_object(classoid, objoid, objsubid)).type, (pg_identify_object(classoid, objoid, objsubid)).identity, description FROM pg_description WHERE objoid > 16383 OR classoid = 'pg_catalog.pg_namespace'::regclass;
SELECT 'SEC', objtype, objname, provider, label FROM pg_seclabels WHERE objtype NOT IN ('role', 'tablespace', 'database');
SELECT 'DEP', (pg_identify_object(classid, objid, objsubid)).type, (pg_identify_object(classid, objid, objsubid)).identity, deptype, (pg_identify_object(refclassid, refobjid, refobjsubid)).identity FROM pg_depend WHERE deptype IN ('x', 'a', 'i', 'P', 'S', 'e') AND objid > 16383 AND (pg_identify_object(classid, objid, objsubid)).identity !~ 'pg_toast|pg_temp|_ConstraintTrigger_';
\if :{?database_properties}
\set locale 'daticulocale'
\if :v17
  \set locale datlocale
\endif
\if :v15
\else
  \set locale NULL
\endif
SELECT 'DB', datname, datdba::regrole, pg_encoding_to_char(encoding), datcollate, datctype, :locale, datistemplate, datconnlimit, (SELECT spcname FROM pg_tablespace t WHERE t.oid = dattablespace), datacl, shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database();
SELECT 'DBS', nullif(setrole, 0)::regrole, setting FROM pg_db_role_setting, unnest(setconfig) setting WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database());
\endif

SELECT format('SELECT ''SEQ'', %L, %L, seqstart, seqincrement, seqmax, seqmin, seqcache, seqcycle, last_value, is_called FROM %s, pg_sequence WHERE seqrelid = %s', seqrelid::regclass, seqtypid::regtype, seqrelid::regclass, seqrelid) FROM pg_sequence \gexec
-- Planning a query on a table reads its indexes' expressions, and those may name functions without a schema (F04):
-- hence the search_path.
-- A tree with a foreign table in it cannot be read as a whole.
-- Rows: an order-free sum of digests; columns by name, because a restored child may hold them in another order.
SELECT format('SET search_path = public; SELECT ''ROW'', %L, count(*), sum(hashtextextended(%s, 0)) FROM %s %s t; SET search_path = ''''', c.oid::regclass,
              coalesce('ROW(' || (SELECT string_agg(format('t.%I::text', attname), ', ' ORDER BY attname COLLATE "C") FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped) || ')::text', ''''''),
              CASE relkind WHEN 'r' THEN 'ONLY' ELSE '' END, c.oid::regclass)
  FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind IN ('r', 'p', 'm') AND (relkind <> 'm' OR relispopulated) AND NOT relispartition AND :usr
   AND NOT (relkind = 'p' AND EXISTS (SELECT 1 FROM pg_partition_tree(c.oid) l JOIN pg_class f ON f.oid = l.relid WHERE f.relkind = 'f')) \gexec
-- Leaves too, but for those whose hash partitioning hangs on the OIDs of enum labels (E5).
SELECT format('SET search_path = public; SELECT ''ROW'', %L, count(*), sum(hashtextextended(%s, 0)) FROM ONLY %s t; SET search_path = ''''', c.oid::regclass,
              coalesce('ROW(' || (SELECT string_agg(format('t.%I::text', attname), ', ' ORDER BY attname COLLATE "C") FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped) || ')::text', ''''''),
              c.oid::regclass)
  FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind = 'r' AND relispartition AND :usr
   AND NOT EXISTS (SELECT 1 FROM pg_partition_ancestors(c.oid) a JOIN pg_partitioned_table p ON p.partrelid = a.relid JOIN pg_opclass o ON o.oid = ANY (p.partclass) WHERE o.opcname = 'enum_ops' AND p.partstrat = 'h') \gexec
