-- B60: optimizer statistics of every kind of relation and slot.
CREATE SCHEMA b60;
CREATE TABLE b60.plain (id int PRIMARY KEY, "Odd ""c""" text, tags text[], span int4range, empty int, dropped int);
INSERT INTO b60.plain SELECT i, CASE WHEN i % 3 = 0 THEN 'it''s \ ' || i % 7 ELSE md5(i::text) END,
  ARRAY['a' || i % 5, 'b,"' || i % 11, NULL], int4range(i, i + i % 17), NULL, 1 FROM generate_series(1, 3000) i;
ALTER TABLE b60.plain DROP COLUMN dropped;
CREATE INDEX plain_expression ON b60.plain (lower("Odd ""c"""), id, (id % 10)) WHERE id > 5;
CREATE TABLE b60.parent (a int, b text);
CREATE TABLE b60.child () INHERITS (b60.parent);
INSERT INTO b60.parent SELECT i, 'p' FROM generate_series(1, 500) i;
INSERT INTO b60.child SELECT i % 20, 'c' || i % 3 FROM generate_series(1, 700) i;
CREATE TABLE b60.parted (a int, b date) PARTITION BY RANGE (a);
CREATE TABLE b60.parted_1 PARTITION OF b60.parted FOR VALUES FROM (0) TO (100);
CREATE INDEX ON b60.parted (b);
INSERT INTO b60.parted SELECT i % 100, date '2020-01-01' + i % 40 FROM generate_series(1, 900) i;
CREATE MATERIALIZED VIEW b60.view AS SELECT a, count(*) AS n FROM b60.parted GROUP BY a;
CREATE UNIQUE INDEX ON b60.view (a);
CREATE INDEX view_expression ON b60.view ((a + n));
CREATE TABLE b60.never_analyzed (a int);
ANALYZE b60.plain;
ANALYZE b60.parent;
ANALYZE b60.child;
ANALYZE b60.parted;
ANALYZE b60.view;
