-- F27: indexes of partitioned tables, attached, invalid ones (ON ONLY) that stay so, and what a failed CREATE INDEX
-- CONCURRENTLY leaves behind: that one is reported, not saved.
CREATE SCHEMA f27;
CREATE TABLE f27.pt (a int NOT NULL, b text, c int) PARTITION BY LIST (a);
CREATE TABLE f27.p1 PARTITION OF f27.pt FOR VALUES IN (1);
CREATE TABLE f27.p2 PARTITION OF f27.pt FOR VALUES IN (2) PARTITION BY RANGE (c);
CREATE TABLE f27.p21 PARTITION OF f27.p2 FOR VALUES FROM (0) TO (100);
CREATE INDEX pti ON f27.pt (a) WITH (fillfactor = 60);
CREATE INDEX ptonly ON ONLY f27.pt (c);
CREATE INDEX p1c ON f27.p1 (c);
ALTER INDEX f27.ptonly ATTACH PARTITION f27.p1c;
CREATE UNIQUE INDEX ptu ON f27.pt (a, c DESC NULLS LAST) INCLUDE (b);
ALTER TABLE f27.pt ADD PRIMARY KEY (c, a);
CREATE INDEX "odd ix" ON f27.p21 ((b || 'x') COLLATE "C" text_pattern_ops) WHERE b <> 'it''s';
COMMENT ON INDEX f27.pti IS 'top'; COMMENT ON INDEX f27.p1_a_idx IS 'leaf'; COMMENT ON CONSTRAINT p1_pkey ON f27.p1 IS 'leaf key';
INSERT INTO f27.pt VALUES (1, 'x', 1), (2, 'y', 50);
CREATE TABLE f27.dup (v int);
INSERT INTO f27.dup VALUES (1), (1);
