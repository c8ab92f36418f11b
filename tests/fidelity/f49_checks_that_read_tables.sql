-- F49: checks whose functions look into other tables. No order of loading suits them all, so they are made when all rows are
-- there; where they are inherited, the flags of the copies are those of the source.
CREATE SCHEMA f49;
CREATE TABLE f49.a_limits (name text PRIMARY KEY, top int NOT NULL);
CREATE TABLE f49.z_limits (name text PRIMARY KEY, top int NOT NULL);
INSERT INTO f49.a_limits VALUES ('small', 10), ('large', 10000); INSERT INTO f49.z_limits SELECT * FROM f49.a_limits;
CREATE FUNCTION f49.below_a(int, text) RETURNS boolean LANGUAGE plpgsql AS $$
  BEGIN RETURN $1 < (SELECT top FROM f49.a_limits WHERE name = $2); END $$;
CREATE FUNCTION f49.below_z(int, text) RETURNS boolean LANGUAGE sql STABLE AS 'SELECT $1 < top FROM f49.z_limits WHERE name = $2';
-- It is not immutable, and nobody minds.
CREATE FUNCTION f49.known(text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT EXISTS (SELECT FROM f49.z_limits WHERE name = $1)';
CREATE FUNCTION f49.harmless(int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 > 0';
CREATE OPERATOR f49.<? (LEFTARG = int, RIGHTARG = text, FUNCTION = f49.below_z);
CREATE TABLE f49.m (v int CONSTRAINT harmless CHECK (f49.harmless(v)), kind text DEFAULT 'small', CONSTRAINT "Below A" CHECK (f49.below_a(v, kind)),
  CONSTRAINT below_z CHECK (f49.below_z(v, kind)), CONSTRAINT known CHECK (f49.known(kind)), CONSTRAINT plain CHECK (v < 100000), CONSTRAINT op CHECK (v OPERATOR(f49.<?) kind));
COMMENT ON CONSTRAINT "Below A" ON f49.m IS 'reads a table'; COMMENT ON CONSTRAINT plain ON f49.m IS 'reads none';
INSERT INTO f49.m SELECT i % 9 + 1 FROM generate_series(1, 300) i; INSERT INTO f49.m VALUES (5000, 'large');
-- Two tables that need each other's rows, and one that needs its own.
CREATE TABLE f49.left_side (id int); CREATE TABLE f49.right_side (id int);
CREATE FUNCTION f49.in_left(int) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RETURN EXISTS (SELECT FROM f49.left_side WHERE id = $1); END';
CREATE FUNCTION f49.in_right(int) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RETURN EXISTS (SELECT FROM f49.right_side WHERE id = $1); END';
INSERT INTO f49.left_side VALUES (1), (2); INSERT INTO f49.right_side VALUES (2), (1);
ALTER TABLE f49.left_side ADD CHECK (f49.in_right(id)); ALTER TABLE f49.right_side ADD CHECK (f49.in_left(id));
CREATE TABLE f49.own (id int, up int);
CREATE FUNCTION f49.in_own(int) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RETURN $1 IS NULL OR EXISTS (SELECT FROM f49.own WHERE id = $1); END';
INSERT INTO f49.own VALUES (1, 3), (2, 1), (3, NULL); ALTER TABLE f49.own ADD CONSTRAINT up CHECK (f49.in_own(up));
-- Domains. One that is part of another type keeps its check from the beginning, so its rows need nothing that comes after them.
CREATE FUNCTION f49.named(text) RETURNS boolean LANGUAGE sql STABLE AS 'SELECT EXISTS (SELECT FROM f49.z_limits WHERE name = $1)';
CREATE DOMAIN f49.name AS text CONSTRAINT is_known CHECK (f49.named(VALUE)); CREATE DOMAIN f49.short_name AS f49.name CHECK (length(VALUE) < 9);
CREATE TABLE f49.dom (a f49.name, b f49.short_name); INSERT INTO f49.dom VALUES ('small', 'large');
COMMENT ON CONSTRAINT is_known ON DOMAIN f49.name IS 'of a domain';
CREATE DOMAIN f49.listed AS text CONSTRAINT is_known CHECK (VALUE IS NULL OR f49.named(VALUE)); CREATE TABLE f49.lists (a f49.listed[]); INSERT INTO f49.lists VALUES ('{}'), (NULL);
-- Families.
CREATE TABLE f49.par (v int CONSTRAINT inherited CHECK (f49.below_z(v, 'small'))); CREATE TABLE f49.kid (w int) INHERITS (f49.par);
CREATE TABLE f49.both (v int, CONSTRAINT inherited CHECK (f49.below_z(v, 'small'))) INHERITS (f49.par);
COMMENT ON CONSTRAINT inherited ON f49.kid IS 'only inherited';
CREATE TABLE f49.part (v int, k int, CONSTRAINT down CHECK (f49.below_z(v, 'small'))) PARTITION BY LIST (k);
CREATE TABLE f49.part1 PARTITION OF f49.part (CONSTRAINT mine CHECK (f49.below_a(v, 'small'))) FOR VALUES IN (1);
CREATE TABLE f49.part2 PARTITION OF f49.part FOR VALUES IN (2) PARTITION BY LIST (k); CREATE TABLE f49.part21 PARTITION OF f49.part2 FOR VALUES IN (2);
COMMENT ON CONSTRAINT down ON f49.part21 IS 'from far above';
ALTER TABLE f49.part ADD CONSTRAINT not_yet CHECK (f49.below_a(k, 'small')) NOT VALID;
INSERT INTO f49.kid VALUES (1, 1); INSERT INTO f49.both VALUES (2); INSERT INTO f49.part VALUES (1, 1), (2, 2);
