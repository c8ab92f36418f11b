-- database: trap_dangling
-- reports: lost ACL FUNCTION public.granted()
-- reports: lost ACL TABLE public.granted
-- reports: lost ACL TABLE public.granted
-- reports: lost OPERATOR public.###
-- reports: lost OPERATOR CLASS public.class USING btree
-- reports: lost OPERATOR FAMILY public.family USING btree
-- reports: lost OPERATOR FAMILY public.family USING btree
-- F54: catalogs in which somebody has deleted rows by hand: members of operator families without their function, type or
-- operator, an operator without its function, privileges of roles that are gone. Each is named, everything else is saved, and no
-- statement holds the number of an object.
SET allow_system_table_mods = on;
CREATE FUNCTION public.compare(int, int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 - $2';
CREATE FUNCTION public.compare(int, bigint) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 0';
CREATE OPERATOR FAMILY public.family USING btree;
ALTER OPERATOR FAMILY public.family USING btree ADD FUNCTION 1 (int, int) public.compare(int, int), FUNCTION 1 (int, bigint) public.compare(int, bigint);
CREATE TYPE public.gone AS ENUM ('a');
ALTER OPERATOR FAMILY public.family USING btree ADD FUNCTION 1 (public.gone, public.gone) public.compare(int, int);
CREATE FUNCTION public.above(int, int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 > $2';
CREATE OPERATOR public.### (LEFTARG = int, RIGHTARG = int, FUNCTION = public.above);
CREATE OPERATOR public.## (LEFTARG = int, RIGHTARG = int, FUNCTION = int4gt);
CREATE OPERATOR CLASS public.class FOR TYPE int USING btree FAMILY public.family AS OPERATOR 1 <, OPERATOR 5 public.##;
CREATE ROLE trap_gone;
CREATE TABLE public.granted (a int); INSERT INTO public.granted VALUES (1);
CREATE FUNCTION public.granted() RETURNS int LANGUAGE sql AS 'SELECT 1';
GRANT SELECT ON public.granted TO trap_r1 WITH GRANT OPTION;
GRANT SELECT, INSERT ON public.granted TO trap_gone WITH GRANT OPTION;
SET ROLE trap_gone; GRANT SELECT ON public.granted TO trap_r2; RESET ROLE;
GRANT EXECUTE ON FUNCTION public.granted() TO trap_gone;
GRANT DELETE ON public.granted TO trap_r2;
CREATE TEMPORARY TABLE doomed AS
  SELECT 'public.compare(int, bigint)'::regprocedure::oid AS oid UNION ALL SELECT 'public.gone'::regtype UNION ALL SELECT 'public._gone'::regtype
  UNION ALL SELECT 'public.above(int, int)'::regprocedure UNION ALL SELECT 'public.##(int, int)'::regoperator;
DELETE FROM pg_catalog.pg_proc WHERE oid IN (SELECT oid FROM doomed);
DELETE FROM pg_catalog.pg_type WHERE oid IN (SELECT oid FROM doomed);
DELETE FROM pg_catalog.pg_operator WHERE oid IN (SELECT oid FROM doomed);
DELETE FROM pg_catalog.pg_enum WHERE enumtypid IN (SELECT oid FROM doomed);
INSERT INTO doomed SELECT oid FROM pg_catalog.pg_amproc WHERE amproclefttype IN (SELECT oid FROM doomed);
DELETE FROM pg_catalog.pg_depend WHERE objid IN (SELECT oid FROM doomed) OR refobjid IN (SELECT oid FROM doomed);
DELETE FROM pg_catalog.pg_authid WHERE rolname = 'trap_gone';
