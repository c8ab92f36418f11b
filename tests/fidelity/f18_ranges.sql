-- F18: range types with every option, one with a canonical function that takes the range itself, rows of them.
CREATE SCHEMA f18;
CREATE TYPE f18.rg AS RANGE (subtype = text, collation = "C");
CREATE TYPE f18."R g 2" AS RANGE (subtype = text, subtype_opclass = text_pattern_ops);
CREATE FUNCTION f18.timediff(a time, b time) RETURNS float8 LANGUAGE sql IMMUTABLE
  AS 'SELECT extract(epoch FROM (a - b))::float8';
CREATE TYPE f18.timerange AS RANGE (subtype = time, subtype_diff = f18.timediff);
ALTER TYPE f18.timerange OWNER TO trap_r1;
COMMENT ON TYPE f18.timerange IS 'times of a day';
REVOKE USAGE ON TYPE f18.timerange FROM PUBLIC;
GRANT USAGE ON TYPE f18.timerange TO trap_r2 WITH GRANT OPTION;
CREATE TYPE f18.canon;
CREATE FUNCTION f18.canonical(f18.canon) RETURNS f18.canon LANGUAGE internal IMMUTABLE STRICT
  AS 'int4range_canonical';
CREATE TYPE f18.canon AS RANGE (subtype = int4, canonical = f18.canonical, subtype_diff = int4range_subdiff);
CREATE DOMAIN f18.small AS int CHECK (value < 100);
CREATE TYPE f18.of_domain AS RANGE (subtype = f18.small);
CREATE TYPE f18.nested AS (r f18.rg, s f18.timerange[]);
CREATE FUNCTION f18.made(a text) RETURNS f18.rg LANGUAGE sql IMMUTABLE AS $$SELECT f18.rg(a, a || 'z', '[)')$$;
CREATE TABLE f18.rgt (id int, r f18.rg, t f18.timerange, c f18.canon, d f18.of_domain, n f18.nested, p f18."R g 2");
INSERT INTO f18.rgt VALUES
  (1, '[a,"b ,""c"]', '[01:00,02:00)', '[1,3]', '[1,5)', ROW('[x,y)', '{"[03:00,04:00)"}'), '(,q)'),
  (2, 'empty', '(,)', '(1,2]', NULL, NULL, 'empty');
CREATE INDEX ON f18.rgt USING gist (t);
CREATE INDEX ON f18.rgt (r);
