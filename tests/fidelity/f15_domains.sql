-- F15: domains with constraints of every kind, one not validated, one that calls a function of the domain (D4.12).
CREATE SCHEMA f15;
CREATE DOMAIN f15.d1 AS text COLLATE "C" DEFAULT 'x''y' CONSTRAINT nn NOT NULL CONSTRAINT c1 CHECK (value <> '');
COMMENT ON CONSTRAINT c1 ON DOMAIN f15.d1 IS 'c1 of d1';
COMMENT ON DOMAIN f15.d1 IS 'd1';
CREATE DOMAIN f15.d2 AS f15.d1;
CREATE TABLE f15.t (a f15.d2, b f15.d1 DEFAULT 'own');
INSERT INTO f15.t VALUES ('bad', 'b'), ('good', DEFAULT);
ALTER DOMAIN f15.d2 ADD CONSTRAINT c2 CHECK (value <> 'bad') NOT VALID;
COMMENT ON CONSTRAINT c2 ON DOMAIN f15.d2 IS 'not valid';
CREATE DOMAIN f15.d3 AS int;
CREATE FUNCTION f15.d3ok(f15.d3) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1::int > 0';
ALTER DOMAIN f15.d3 ADD CONSTRAINT c3 CHECK (f15.d3ok(value));
COMMENT ON CONSTRAINT c3 ON DOMAIN f15.d3 IS 'late';
CREATE TABLE f15.t3 (a f15.d3);
-- No row: the check of a value calls itself.
-- A constraint is not added to a domain of which a table has an array or a composite.
CREATE TYPE f15.of_d3 AS (v f15.d3); CREATE TABLE f15.t3a (a f15.d3[], c f15.of_d3, n int); INSERT INTO f15.t3a (n) VALUES (1);
CREATE MATERIALIZED VIEW f15.m3 AS SELECT a, n FROM f15.t3a;
-- One that needs the table itself.
CREATE DOMAIN f15.d9 AS int; CREATE TABLE f15.t9 (a f15.d9); INSERT INTO f15.t9 VALUES (1);
CREATE FUNCTION f15.of_row(f15.t9) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
ALTER DOMAIN f15.d9 ADD CONSTRAINT c9 CHECK (value > 0 OR f15.of_row(NULL));
CREATE DOMAIN f15.d4 AS numeric(10,2) CHECK (value > 0) CHECK (value < 1000);
CREATE DOMAIN f15.d5 AS varchar(9)[] DEFAULT '{}';
CREATE DOMAIN f15.d6 AS timestamptz DEFAULT now();
CREATE FUNCTION f15.six() RETURNS int LANGUAGE sql AS 'SELECT 6';
CREATE DOMAIN f15.d7 AS int DEFAULT f15.six();
REVOKE ALL ON DOMAIN f15.d4 FROM PUBLIC;
GRANT USAGE ON DOMAIN f15.d4 TO trap_r1 WITH GRANT OPTION;
ALTER DOMAIN f15.d4 OWNER TO trap_r2;
