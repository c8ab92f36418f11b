-- database: trap_losses
-- reports: lost COMMENT function pg_catalog.lower(pg_catalog.text)
-- reports: lost COMMENT table pg_catalog.pg_proc
-- reports: lost COMMENT table column pg_catalog.pg_class.relname
-- reports: lost COMMENT view information_schema.tables
-- reports: lost COMMENT language plpgsql
-- reports: warning EXTENSION hstore
-- reports: info EXTENSION citext
-- reports: warning INDEX f51.broken
-- reports: warning SCHEMA public
-- reports: warning SUBSCRIPTION f51_enabled
-- reports: info SUBSCRIPTION f51_disabled
-- F51: what no restore brings back, each named. (Of a database that lets nobody in there is no backup; the version of an
-- extension is compared when it is restored; comments that initdb wrote, or somebody again as they were, are no loss.)
CREATE SCHEMA f51;
COMMENT ON FUNCTION pg_catalog.lower(text) IS 'changed';
COMMENT ON TABLE pg_catalog.pg_proc IS 'new';
COMMENT ON COLUMN pg_catalog.pg_class.relname IS 'new';
COMMENT ON VIEW information_schema.tables IS 'new';
COMMENT ON LANGUAGE plpgsql IS 'changed';
COMMENT ON EXTENSION plpgsql IS 'PL/pgSQL procedural language';
CREATE EXTENSION citext WITH SCHEMA f51;
CREATE EXTENSION hstore WITH SCHEMA f51;
SET allow_system_table_mods = on;
UPDATE pg_catalog.pg_extension SET extowner = 'trap_r1'::regrole WHERE extname = 'hstore';
CREATE TABLE f51.dup (v int); INSERT INTO f51.dup VALUES (1), (1);
CREATE INDEX broken ON f51.dup (v); UPDATE pg_catalog.pg_index SET indisvalid = false WHERE indexrelid = 'f51.broken'::regclass;
CREATE SUBSCRIPTION f51_disabled CONNECTION 'dbname=nowhere' PUBLICATION p WITH (connect = false, slot_name = NONE);
CREATE SUBSCRIPTION f51_enabled CONNECTION 'host=127.0.0.1 port=1 dbname=nowhere' PUBLICATION p WITH (connect = false, slot_name = 'f51');
ALTER SUBSCRIPTION f51_enabled ENABLE;
DROP SCHEMA public;
