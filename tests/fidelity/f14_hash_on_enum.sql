-- F14: hash partitions whose keys hang on the OIDs of enum labels; rows must find their partition anew.
CREATE SCHEMA f14;
CREATE TYPE f14.en AS ENUM ('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
CREATE TABLE f14.ehp (e f14.en, v int) PARTITION BY HASH (e);
CREATE TABLE f14.ehp0 PARTITION OF f14.ehp FOR VALUES WITH (MODULUS 3, REMAINDER 0);
CREATE TABLE f14.ehp1 PARTITION OF f14.ehp FOR VALUES WITH (MODULUS 3, REMAINDER 1);
CREATE TABLE f14.ehp2 PARTITION OF f14.ehp FOR VALUES WITH (MODULUS 3, REMAINDER 2) PARTITION BY LIST (v);
CREATE TABLE f14.ehp2d PARTITION OF f14.ehp2 DEFAULT;
CREATE TABLE f14.ehp2a (v int, junk text, e f14.en);
ALTER TABLE f14.ehp2a DROP junk;
ALTER TABLE f14.ehp2 ATTACH PARTITION f14.ehp2a FOR VALUES IN (1);
INSERT INTO f14.ehp SELECT e, i FROM unnest(enum_range(NULL::f14.en)) e, generate_series(0, 9) i;
INSERT INTO f14.ehp VALUES (NULL, 0);
CREATE INDEX ON f14.ehp (v);
