-- F52: comments on constraints that a table only inherits.
CREATE SCHEMA f52;
CREATE TABLE f52.par (a int, CONSTRAINT ck CHECK (a > 0), CONSTRAINT later CHECK (a < 100)); ALTER TABLE f52.par DROP CONSTRAINT later;
CREATE TABLE f52.kid () INHERITS (f52.par); CREATE TABLE f52.grandkid () INHERITS (f52.kid);
ALTER TABLE f52.par ADD CONSTRAINT later CHECK (a < 100) NOT VALID;
COMMENT ON CONSTRAINT ck ON f52.par IS 'own'; COMMENT ON CONSTRAINT ck ON f52.kid IS 'inherited'; COMMENT ON CONSTRAINT ck ON f52.grandkid IS 'inherited twice'; COMMENT ON CONSTRAINT later ON f52.grandkid IS 'inherited, not valid';
CREATE TABLE f52.part (k int, v int CONSTRAINT vpos CHECK (v > 0)) PARTITION BY LIST (k); CREATE TABLE f52.part1 PARTITION OF f52.part FOR VALUES IN (1);
COMMENT ON CONSTRAINT vpos ON f52.part1 IS 'of a partition';
INSERT INTO f52.kid VALUES (1); INSERT INTO f52.part VALUES (1, 1);
