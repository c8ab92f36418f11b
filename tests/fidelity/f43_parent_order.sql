-- F43: parents in an order that only inhseqno tells. (Parents that share their columns: otherwise the order of the child's own
-- columns could not be had again with it.)
CREATE SCHEMA f43;
CREATE TABLE f43.p1 (a int, b int); CREATE TABLE f43.p2 (a int, b int); CREATE TABLE f43.p3 (b int, a int);
CREATE TABLE f43.kid (z int) INHERITS (f43.p1, f43.p2, f43.p3);
ALTER TABLE f43.kid NO INHERIT f43.p1; VACUUM pg_catalog.pg_inherits; ALTER TABLE f43.kid INHERIT f43.p1;
INSERT INTO f43.kid (a, b, z) VALUES (1, 2, 5);
