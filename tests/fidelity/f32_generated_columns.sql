-- F32: generated columns, inherited and in partitions.
CREATE SCHEMA f32;
CREATE FUNCTION f32.gf(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 * 3';
CREATE TABLE f32.gt (a int, s int GENERATED ALWAYS AS (f32.gf(a)) STORED, "T t" text GENERATED ALWAYS AS ('it''s ' || a) STORED NOT NULL);
CREATE TABLE f32.inherits (x int) INHERITS (f32.gt);
CREATE TABLE f32.gp (k int, v int, w int GENERATED ALWAYS AS (v + 1) STORED) PARTITION BY LIST (k);
CREATE TABLE f32.gp1 PARTITION OF f32.gp FOR VALUES IN (1);
COMMENT ON COLUMN f32.gt.s IS 'stored';
INSERT INTO f32.gt (a) VALUES (1), (2); INSERT INTO f32.inherits (a, x) VALUES (5, 6); INSERT INTO f32.gp (k, v) VALUES (1, 41);
