-- F22: aggregates of the three kinds with every option; comments and privileges name them in different ways.
CREATE SCHEMA f22;
CREATE AGGREGATE f22.asum(int) (SFUNC = int4pl, STYPE = int, INITCOND = '0', MSFUNC = int4pl, MINVFUNC = int4mi,
  MSTYPE = int, MINITCOND = '0', COMBINEFUNC = int4pl, PARALLEL = safe);
CREATE AGGREGATE f22.acnt(*) (SFUNC = int8inc, STYPE = int8, INITCOND = '0');
COMMENT ON AGGREGATE f22.acnt(*) IS 'counts';
REVOKE EXECUTE ON FUNCTION f22.acnt() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION f22.acnt() TO trap_r2;
ALTER AGGREGATE f22.acnt(*) OWNER TO trap_r1;
CREATE AGGREGATE f22.amax(int) (SFUNC = int4larger, STYPE = int, SORTOP = >);
CREATE FUNCTION f22."S func"(int, int, text) RETURNS int LANGUAGE sql AS 'SELECT $2';
CREATE AGGREGATE f22."Odd name"(a int, "b c" text) (SFUNC = f22."S func", STYPE = int);
CREATE AGGREGATE f22.text_agg(text) (SFUNC = textcat, STYPE = text, INITCOND = 'it''s \', SSPACE = 1000,
  PARALLEL = restricted);
CREATE AGGREGATE f22.ser(numeric) (SFUNC = numeric_avg_accum, STYPE = internal, SSPACE = 128, FINALFUNC = numeric_avg,
  FINALFUNC_MODIFY = shareable, COMBINEFUNC = numeric_avg_combine, SERIALFUNC = numeric_avg_serialize,
  DESERIALFUNC = numeric_avg_deserialize, MSFUNC = numeric_avg_accum, MINVFUNC = numeric_accum_inv, MSTYPE = internal,
  MSSPACE = 64, MFINALFUNC = numeric_avg, MFINALFUNC_MODIFY = read_write, PARALLEL = safe);
CREATE AGGREGATE f22.osa(float8 ORDER BY anyelement) (SFUNC = ordered_set_transition, STYPE = internal,
  FINALFUNC = percentile_disc_final, FINALFUNC_EXTRA, FINALFUNC_MODIFY = shareable);
CREATE AGGREGATE f22.osb(float8 ORDER BY float8) (SFUNC = ordered_set_transition, STYPE = internal,
  FINALFUNC = percentile_cont_float8_final);
CREATE AGGREGATE f22.hyp(VARIADIC "any" ORDER BY VARIADIC "any") (SFUNC = ordered_set_transition_multi,
  STYPE = internal, FINALFUNC = rank_final, FINALFUNC_EXTRA, HYPOTHETICAL);
COMMENT ON AGGREGATE f22.hyp(VARIADIC "any" ORDER BY VARIADIC "any") IS 'hypothetical';
COMMENT ON AGGREGATE f22.osa(float8 ORDER BY anyelement) IS 'ordered';
REVOKE ALL ON FUNCTION f22.hyp("any") FROM PUBLIC;
REVOKE ALL ON FUNCTION f22.osa(float8, anyelement) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION f22.osa(float8, anyelement) TO trap_r1 WITH GRANT OPTION;
ALTER AGGREGATE f22.osa(float8 ORDER BY anyelement) OWNER TO trap_r1;
-- Over a type, functions and operators of the user's own, and used by what comes later.
CREATE TYPE f22.pair AS (n int, s int);
CREATE FUNCTION f22.add(f22.pair, int) RETURNS f22.pair LANGUAGE sql IMMUTABLE
  AS 'SELECT ROW($1.n + 1, $1.s + $2)::f22.pair';
CREATE FUNCTION f22.mean(f22.pair) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT $1.s::numeric / NULLIF($1.n, 0)';
CREATE AGGREGATE f22.mean(int) (SFUNC = f22.add, STYPE = f22.pair, INITCOND = '(0,0)', FINALFUNC = f22.mean);
CREATE FUNCTION f22.sum_all(int, VARIADIC int[]) RETURNS int LANGUAGE sql AS 'SELECT $1';
CREATE AGGREGATE f22.many(VARIADIC int[]) (SFUNC = f22.sum_all, STYPE = int);
CREATE VIEW f22.v AS SELECT f22.mean(a) AS m, f22.osb(0.5) WITHIN GROUP (ORDER BY a::float8) AS o, f22.acnt(*) AS c,
  f22.hyp(3) WITHIN GROUP (ORDER BY a) AS h FROM generate_series(1, 9) a;
CREATE MATERIALIZED VIEW f22.mv AS SELECT * FROM f22.v;
