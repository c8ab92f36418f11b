-- F21: casts of every method and context, one of them on a table's row type; used by views, defaults, functions.
CREATE SCHEMA f21;
CREATE TYPE f21.bt;
CREATE FUNCTION f21.bt_in(cstring) RETURNS f21.bt LANGUAGE internal IMMUTABLE STRICT AS 'int4in';
CREATE FUNCTION f21.bt_out(f21.bt) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int4out';
CREATE TYPE f21.bt (INPUT = f21.bt_in, OUTPUT = f21.bt_out, LIKE = int4);
CREATE TYPE f21.en AS ENUM ('x', 'y');
CREATE TABLE f21.rowt (a int);
CREATE FUNCTION f21.rowt2i(f21.rowt) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1.a';
CREATE FUNCTION f21.i2en(int) RETURNS f21.en LANGUAGE sql IMMUTABLE
  AS $$SELECT CASE WHEN $1 > 0 THEN 'x' ELSE 'y' END::f21.en$$;
CREATE FUNCTION f21.sized(f21.bt, int, boolean) RETURNS f21.bt LANGUAGE internal IMMUTABLE STRICT AS 'int4inc';
CREATE CAST (f21.bt AS int) WITHOUT FUNCTION AS ASSIGNMENT;
CREATE CAST (int AS f21.bt) WITHOUT FUNCTION;
CREATE CAST (f21.en AS text) WITH INOUT AS IMPLICIT;
CREATE CAST (int AS f21.en) WITH FUNCTION f21.i2en(int) AS ASSIGNMENT;
CREATE CAST (f21.rowt AS int) WITH FUNCTION f21.rowt2i(f21.rowt);
CREATE CAST (box AS float8) WITH FUNCTION pg_catalog.area(box);
CREATE CAST (f21.bt AS f21.bt) WITH FUNCTION f21.sized(f21.bt, int, boolean) AS IMPLICIT;
COMMENT ON CAST (f21.bt AS int) IS 'bt as int';
CREATE TABLE f21.arowu (r f21.rowt, e f21.en DEFAULT 1::f21.en, g f21.en GENERATED ALWAYS AS (f21.i2en((r).a)) STORED);
INSERT INTO f21.arowu VALUES (ROW(5), 'y');
CREATE VIEW f21.castv AS SELECT r::int AS i, '5'::f21.bt::int AS b, length(e) AS t FROM f21.arowu;
CREATE FUNCTION f21.body(box) RETURNS float8 LANGUAGE sql AS 'SELECT $1::float8';
