-- F19: base types, whose functions need a shell first: of fixed and of variable length, with every option; a shell that
-- stays a shell.
CREATE SCHEMA f19;
CREATE TYPE f19.bt;
CREATE FUNCTION f19.bt_in(cstring) RETURNS f19.bt LANGUAGE internal IMMUTABLE STRICT AS 'int4in';
CREATE FUNCTION f19.bt_out(f19.bt) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int4out';
CREATE FUNCTION f19.bt_recv(internal) RETURNS f19.bt LANGUAGE internal IMMUTABLE STRICT AS 'int4recv';
CREATE FUNCTION f19.bt_send(f19.bt) RETURNS bytea LANGUAGE internal IMMUTABLE STRICT AS 'int4send';
CREATE TYPE f19.bt (INPUT = f19.bt_in, OUTPUT = f19.bt_out, RECEIVE = f19.bt_recv, SEND = f19.bt_send, LIKE = int4,
  DEFAULT = '42', CATEGORY = 'n', DELIMITER = ';');
ALTER TYPE f19.bt OWNER TO trap_r1;
COMMENT ON TYPE f19.bt IS 'a base type';
REVOKE ALL ON TYPE f19.bt FROM PUBLIC;
GRANT USAGE ON TYPE f19.bt TO trap_r2, trap_r1;

CREATE TYPE f19."Var Len";
CREATE FUNCTION f19."in"(cstring, oid, integer) RETURNS f19."Var Len" LANGUAGE internal STABLE STRICT AS 'varcharin';
CREATE FUNCTION f19."out"(f19."Var Len") RETURNS cstring LANGUAGE internal STABLE STRICT AS 'varcharout';
CREATE FUNCTION f19.modin(cstring[]) RETURNS int LANGUAGE internal IMMUTABLE STRICT AS 'varchartypmodin';
CREATE FUNCTION f19.modout(int) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'varchartypmodout';
CREATE TYPE f19."Var Len" (INPUT = f19."in", OUTPUT = f19."out", TYPMOD_IN = f19.modin, TYPMOD_OUT = f19.modout,
  INTERNALLENGTH = VARIABLE, STORAGE = extended, COLLATABLE = true, CATEGORY = 'S', PREFERRED = true,
  ALIGNMENT = int4, DEFAULT = 'it''s \ here');

-- Of elements, subscripted as point is.
CREATE TYPE f19.pair;
CREATE FUNCTION f19.pair_in(cstring) RETURNS f19.pair LANGUAGE internal IMMUTABLE STRICT AS 'point_in';
CREATE FUNCTION f19.pair_out(f19.pair) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'point_out';
CREATE FUNCTION f19.analyze(internal) RETURNS bool LANGUAGE internal STRICT AS 'array_typanalyze';
CREATE TYPE f19.pair (INPUT = f19.pair_in, OUTPUT = f19.pair_out, INTERNALLENGTH = 16, ELEMENT = float8,
  ALIGNMENT = double, STORAGE = plain);
CREATE TYPE f19.analyzed;
CREATE FUNCTION f19.analyzed_in(cstring) RETURNS f19.analyzed LANGUAGE internal IMMUTABLE STRICT AS 'textin';
CREATE FUNCTION f19.analyzed_out(f19.analyzed) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';
CREATE TYPE f19.analyzed (INPUT = f19.analyzed_in, OUTPUT = f19.analyzed_out, ANALYZE = f19.analyze, STORAGE = main,
  ALIGNMENT = int4);

CREATE TYPE f19.only_shell;
ALTER TYPE f19.only_shell OWNER TO trap_r1;
COMMENT ON TYPE f19.only_shell IS 'never completed';

-- What needs them: domains, arrays, composites, functions, columns with defaults.
CREATE DOMAIN f19.bd AS f19.bt DEFAULT '7';
CREATE TYPE f19.comp AS (a f19.bt, b f19."Var Len"(5), c f19.pair[]);
CREATE FUNCTION f19.twice(f19.bt, VARIADIC f19.bt[] DEFAULT '{1;2}') RETURNS f19.bt LANGUAGE internal IMMUTABLE
  AS 'int4inc';
CREATE FUNCTION f19.takes_shell(f19.only_shell) RETURNS int LANGUAGE internal AS 'int4in';
CREATE TABLE f19.btt (id int, a f19.bt DEFAULT '3', b f19.bd, c f19.bt[], d f19."Var Len"(4), e f19.pair, f f19.comp);
INSERT INTO f19.btt VALUES
  (1, '1', '2', '{1;-2}', 'abcd', '(1,2.5)', ROW('9', 'q;r', '{"(1,2)"}')),
  (2, '2', NULL, '{}', '', NULL, NULL);
