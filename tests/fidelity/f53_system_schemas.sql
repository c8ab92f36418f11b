-- database: trap_system_schemas
-- reports: lost AGGREGATE pg_catalog.f53_sum(integer)
-- reports: lost COLLATION pg_catalog.f53_collation
-- reports: lost CONSTRAINT f53_check on information_schema.sql_parts
-- reports: lost CONVERSION pg_catalog.f53_conversion
-- reports: lost FUNCTION information_schema.f53_function()
-- reports: lost FUNCTION pg_catalog.f53_function()
-- reports: lost INDEX information_schema.f53_index
-- reports: lost OPERATOR pg_catalog.<<<<(integer,integer)
-- reports: lost OPERATOR FAMILY pg_catalog.f53_family USING btree
-- reports: lost PROCEDURE pg_catalog.f53_procedure()
-- reports: lost TEXT SEARCH CONFIGURATION pg_catalog.f53_configuration
-- reports: lost TABLE information_schema.f53_table
-- reports: lost TRIGGER f53_trigger on information_schema.sql_parts
-- reports: lost TYPE pg_catalog.f53_domain
-- reports: lost TYPE pg_catalog.f53_enum
-- reports: lost VIEW information_schema.f53_view
-- F53: what a superuser made inside the system's schemas, or hung on what is there.
CREATE FUNCTION pg_catalog.f53_function() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE PROCEDURE pg_catalog.f53_procedure() LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION information_schema.f53_function() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE AGGREGATE pg_catalog.f53_sum(int) (SFUNC = int4pl, STYPE = int);
CREATE OPERATOR pg_catalog.<<<< (LEFTARG = int, RIGHTARG = int, FUNCTION = int4lt);
CREATE OPERATOR FAMILY pg_catalog.f53_family USING btree;
CREATE DOMAIN pg_catalog.f53_domain AS int;
CREATE TYPE pg_catalog.f53_enum AS ENUM ('a');
CREATE COLLATION pg_catalog.f53_collation FROM "C";
CREATE CONVERSION pg_catalog.f53_conversion FOR 'UTF8' TO 'LATIN1' FROM utf8_to_iso8859_1;
CREATE TEXT SEARCH CONFIGURATION pg_catalog.f53_configuration (COPY = pg_catalog.english);
CREATE TABLE information_schema.f53_table (a int);
CREATE VIEW information_schema.f53_view AS SELECT 1 AS a;
SET allow_system_table_mods = on;
CREATE INDEX f53_index ON information_schema.sql_parts (feature_id);
ALTER TABLE information_schema.sql_parts ADD CONSTRAINT f53_check CHECK (feature_id <> '');
CREATE TRIGGER f53_trigger BEFORE INSERT ON information_schema.sql_parts FOR EACH ROW EXECUTE FUNCTION information_schema.f53_function();
-- What is saved beside all that.
CREATE TABLE public.kept (a int); INSERT INTO public.kept VALUES (1);
