-- F23: everything that a function can say of itself.
CREATE SCHEMA f23;
CREATE FUNCTION f23.fx(a int, OUT b int, INOUT c text DEFAULT 'q''', VARIADIC d int[] DEFAULT '{}') LANGUAGE sql
  STABLE STRICT SECURITY DEFINER LEAKPROOF COST 7 PARALLEL RESTRICTED
  SET search_path TO '', "trap R 3", pg_temp SET "my.var" TO 'a,b' SET work_mem = '8MB' SET "DateStyle" = 'German, DMY'
  AS 'SELECT 1, ''x''::text';
CREATE FUNCTION f23.tab() RETURNS TABLE (x int, "Y y" text) ROWS 5 LANGUAGE sql AS 'SELECT 1, ''y''::text';
CREATE FUNCTION f23.setof() RETURNS SETOF int COST 0.5 ROWS 1234567 LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 1';
CREATE FUNCTION f23.rn() RETURNS bigint WINDOW LANGUAGE internal AS 'window_row_number';
CREATE FUNCTION f23.adder(anyelement, anyarray) RETURNS anyelement LANGUAGE sql AS 'SELECT $1';
CREATE FUNCTION f23.defaults(a int DEFAULT 1 + 2, b timestamptz DEFAULT now(), c text[] DEFAULT ARRAY['x', NULL]) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION f23.temp_paths() RETURNS int LANGUAGE sql SET temp_tablespaces = trap_ts, '' SET search_path = "a,b", 'c"d' AS 'SELECT 1';
CREATE PROCEDURE f23.pr(INOUT x int, y text DEFAULT 'p') LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN x := 1; END';
CREATE FUNCTION f23.trg() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE FUNCTION f23.evt() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE FUNCTION f23.support(int, int) RETURNS int LANGUAGE internal IMMUTABLE STRICT SUPPORT generate_series_int4_support AS 'int4pl';
COMMENT ON PROCEDURE f23.pr(int, text) IS 'procedure';
GRANT EXECUTE ON PROCEDURE f23.pr(int, text) TO trap_r1;
REVOKE EXECUTE ON FUNCTION f23.fx(int, text, int[]) FROM PUBLIC;
ALTER FUNCTION f23.fx(int, text, int[]) OWNER TO trap_r1;
ALTER PROCEDURE f23.pr(int, text) OWNER TO trap_r2;
