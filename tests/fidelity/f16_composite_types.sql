-- F16: a composite type with a hole, a collation and comments.
CREATE SCHEMA f16;
CREATE TYPE f16.ct AS (a int, b text, c int);
ALTER TYPE f16.ct DROP ATTRIBUTE b;
ALTER TYPE f16.ct ADD ATTRIBUTE t text COLLATE "POSIX";
ALTER TYPE f16.ct ADD ATTRIBUTE "V v" varchar(12)[];
COMMENT ON COLUMN f16.ct.c IS 'x';
COMMENT ON TYPE f16.ct IS 'tt';
CREATE TABLE f16.ctt (x f16.ct, y f16.ct[]);
INSERT INTO f16.ctt VALUES (ROW(1, 2, 't"', '{a,NULL}')::f16.ct, ARRAY[ROW(NULL, 1, '', NULL)::f16.ct, NULL]);
CREATE TYPE f16.nested AS (inner_one f16.ct, many f16.ct[]);
CREATE TYPE f16.empty AS ();
CREATE FUNCTION f16.make() RETURNS f16.nested LANGUAGE sql AS 'SELECT NULL::f16.nested';
ALTER TYPE f16.nested OWNER TO trap_r1;
GRANT USAGE ON TYPE f16.ct TO trap_r2;
CREATE INDEX ON f16.ctt (((x).a));
