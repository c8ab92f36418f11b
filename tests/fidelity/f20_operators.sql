-- F20: operators that point forward to their commutators and negators, a prefix operator, a name full of punctuation;
-- families with loose and cross-type members, empty classes, members added to a family of the system.
CREATE SCHEMA f20;
CREATE TYPE f20.bt;
CREATE FUNCTION f20.bt_in(cstring) RETURNS f20.bt LANGUAGE internal IMMUTABLE STRICT AS 'int4in';
CREATE FUNCTION f20.bt_out(f20.bt) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int4out';
CREATE TYPE f20.bt (INPUT = f20.bt_in, OUTPUT = f20.bt_out, LIKE = int4);
CREATE FUNCTION f20.lt(f20.bt, f20.bt) RETURNS bool LANGUAGE internal IMMUTABLE STRICT AS 'int4lt';
CREATE FUNCTION f20.le(f20.bt, f20.bt) RETURNS bool LANGUAGE internal IMMUTABLE STRICT AS 'int4le';
CREATE FUNCTION f20.eq(f20.bt, f20.bt) RETURNS bool LANGUAGE internal IMMUTABLE STRICT AS 'int4eq';
CREATE FUNCTION f20.ne(f20.bt, f20.bt) RETURNS bool LANGUAGE internal IMMUTABLE STRICT AS 'int4ne';
CREATE FUNCTION f20.ge(f20.bt, f20.bt) RETURNS bool LANGUAGE internal IMMUTABLE STRICT AS 'int4ge';
CREATE FUNCTION f20.gt(f20.bt, f20.bt) RETURNS bool LANGUAGE internal IMMUTABLE STRICT AS 'int4gt';
CREATE FUNCTION f20.cmp(f20.bt, f20.bt) RETURNS int LANGUAGE internal IMMUTABLE STRICT AS 'btint4cmp';
CREATE FUNCTION f20.hash(f20.bt) RETURNS int LANGUAGE internal IMMUTABLE STRICT AS 'hashint4';
CREATE FUNCTION f20.hashx(f20.bt, bigint) RETURNS bigint LANGUAGE internal IMMUTABLE STRICT AS 'hashint4extended';
CREATE FUNCTION f20.sortsupport(internal) RETURNS void LANGUAGE internal IMMUTABLE STRICT AS 'btint4sortsupport';
CREATE FUNCTION f20.bilt(f20.bt, int) RETURNS bool LANGUAGE internal IMMUTABLE STRICT AS 'int4lt';
CREATE FUNCTION f20.bieq(f20.bt, int) RETURNS bool LANGUAGE internal IMMUTABLE STRICT AS 'int4eq';
CREATE FUNCTION f20.ibgt(int, f20.bt) RETURNS bool LANGUAGE internal IMMUTABLE STRICT AS 'int4gt';
CREATE FUNCTION f20.bicmp(f20.bt, int) RETURNS int LANGUAGE internal IMMUTABLE STRICT AS 'btint4cmp';
CREATE FUNCTION f20.minus(f20.bt) RETURNS f20.bt LANGUAGE internal IMMUTABLE STRICT AS 'int4um';
CREATE OPERATOR f20.< (FUNCTION = f20.lt, LEFTARG = f20.bt, RIGHTARG = f20.bt, COMMUTATOR = OPERATOR(f20.>),
  NEGATOR = OPERATOR(f20.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
CREATE OPERATOR f20.<= (FUNCTION = f20.le, LEFTARG = f20.bt, RIGHTARG = f20.bt, COMMUTATOR = OPERATOR(f20.>=),
  NEGATOR = OPERATOR(f20.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel);
CREATE OPERATOR f20.= (FUNCTION = f20.eq, LEFTARG = f20.bt, RIGHTARG = f20.bt, COMMUTATOR = OPERATOR(f20.=),
  NEGATOR = OPERATOR(f20.<>), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES);
CREATE OPERATOR f20.<> (FUNCTION = f20.ne, LEFTARG = f20.bt, RIGHTARG = f20.bt, COMMUTATOR = OPERATOR(f20.<>),
  NEGATOR = OPERATOR(f20.=), RESTRICT = neqsel, JOIN = neqjoinsel);
CREATE OPERATOR f20.>= (FUNCTION = f20.ge, LEFTARG = f20.bt, RIGHTARG = f20.bt, COMMUTATOR = OPERATOR(f20.<=),
  NEGATOR = OPERATOR(f20.<));
CREATE OPERATOR f20.> (FUNCTION = f20.gt, LEFTARG = f20.bt, RIGHTARG = f20.bt, COMMUTATOR = OPERATOR(f20.<),
  NEGATOR = OPERATOR(f20.<=));
CREATE OPERATOR f20.< (FUNCTION = f20.bilt, LEFTARG = f20.bt, RIGHTARG = int, COMMUTATOR = OPERATOR(f20.>));
CREATE OPERATOR f20.> (FUNCTION = f20.ibgt, LEFTARG = int, RIGHTARG = f20.bt, COMMUTATOR = OPERATOR(f20.<));
CREATE OPERATOR f20.= (FUNCTION = f20.bieq, LEFTARG = f20.bt, RIGHTARG = int);
CREATE OPERATOR f20.!~@#%^&|`? (FUNCTION = f20.minus, RIGHTARG = f20.bt);
COMMENT ON OPERATOR f20.= (f20.bt, f20.bt) IS 'equal';
COMMENT ON OPERATOR f20.!~@#%^&|`? (NONE, f20.bt) IS 'a prefix operator';
ALTER OPERATOR f20.< (f20.bt, f20.bt) OWNER TO trap_r1;

CREATE OPERATOR FAMILY f20.bfam USING btree;
CREATE OPERATOR CLASS f20.bops DEFAULT FOR TYPE f20.bt USING btree FAMILY f20.bfam AS
  OPERATOR 1 f20.<, OPERATOR 2 f20.<=, OPERATOR 3 f20.=, OPERATOR 4 f20.>=, OPERATOR 5 f20.>,
  FUNCTION 1 f20.cmp(f20.bt, f20.bt), FUNCTION 2 f20.sortsupport(internal);
ALTER OPERATOR FAMILY f20.bfam USING btree ADD
  OPERATOR 1 f20.< (f20.bt, int), FUNCTION 1 (f20.bt, int) f20.bicmp(f20.bt, int);
ALTER OPERATOR FAMILY f20.bfam USING btree OWNER TO trap_r1;
COMMENT ON OPERATOR FAMILY f20.bfam USING btree IS 'fam';
COMMENT ON OPERATOR CLASS f20.bops USING btree IS 'cls';
CREATE OPERATOR CLASS f20.bops DEFAULT FOR TYPE f20.bt USING hash AS
  OPERATOR 1 f20.=, FUNCTION 1 f20.hash(f20.bt), FUNCTION 2 f20.hashx(f20.bt, bigint);
ALTER OPERATOR CLASS f20.bops USING hash OWNER TO trap_r1;
CREATE OPERATOR FAMILY f20."Empty Fam" USING gin;
CREATE OPERATOR CLASS f20.only_storage FOR TYPE int USING gist AS STORAGE bigint;
CREATE OPERATOR CLASS f20.nothing FOR TYPE int USING gist FAMILY f20.only_storage AS STORAGE int;
-- An ordering operator names the family that sorts its result.
CREATE OPERATOR CLASS f20.points FOR TYPE point USING gist AS
  STORAGE box, OPERATOR 1 <<, OPERATOR 15 <-> (point, point) FOR ORDER BY float_ops,
  FUNCTION 1 gist_point_consistent(internal, point, smallint, oid, internal),
  FUNCTION 2 gist_box_union(internal, internal), FUNCTION 3 gist_point_compress(internal),
  FUNCTION 5 gist_box_penalty(internal, internal, internal), FUNCTION 6 gist_box_picksplit(internal, internal),
  FUNCTION 7 gist_box_same(box, box, internal),
  FUNCTION 8 (point, point) gist_point_distance(internal, point, smallint, oid, internal);
-- A class in a family of the system, and a loose member there.
CREATE OPERATOR CLASS f20.in_system FOR TYPE f20.bt USING btree FAMILY integer_ops AS
  OPERATOR 1 f20.<, OPERATOR 2 f20.<=, OPERATOR 3 f20.=, OPERATOR 4 f20.>=, OPERATOR 5 f20.>,
  FUNCTION 1 f20.cmp(f20.bt, f20.bt);
ALTER OPERATOR FAMILY integer_ops USING btree ADD OPERATOR 3 f20.= (f20.bt, int);

-- A commutator that was never defined stays a shell on both sides.
CREATE OPERATOR f20.<<< (FUNCTION = f20.bilt, LEFTARG = f20.bt, RIGHTARG = int, COMMUTATOR = OPERATOR(f20.>>>));

CREATE TABLE f20.t (id int, b f20.bt, p point);
INSERT INTO f20.t SELECT i, (i % 7)::text::f20.bt, point(i, i) FROM generate_series(1, 50) i;
CREATE INDEX t_b ON f20.t (b);
CREATE INDEX t_h ON f20.t USING hash (b);
CREATE INDEX t_p ON f20.t USING gist (p f20.points);
CREATE INDEX t_s ON f20.t (b f20.in_system DESC);
CREATE VIEW f20.v AS SELECT id, OPERATOR(f20.!~@#%^&|`?) b AS m FROM f20.t WHERE b OPERATOR(f20.<) '3'::f20.bt
  ORDER BY b USING OPERATOR(f20.>);
CREATE TABLE f20.parts (b f20.bt) PARTITION BY RANGE (b f20.bops);
CREATE TABLE f20.part1 PARTITION OF f20.parts FOR VALUES FROM ('1') TO ('5');
