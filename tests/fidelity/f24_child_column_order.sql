-- F24: a child whose columns stand in another order than a restore would give them.
CREATE SCHEMA f24;
CREATE TABLE f24.ip (a int, b int DEFAULT 3);
CREATE TABLE f24.ic (c int) INHERITS (f24.ip);
ALTER TABLE f24.ip ADD z text DEFAULT 'zz';
INSERT INTO f24.ic VALUES (1, 2, 3, 'w');
INSERT INTO f24.ip VALUES (7, 8, 'parent');
ALTER TABLE f24.ic ALTER b DROP DEFAULT;
ALTER TABLE f24.ic ALTER z SET DEFAULT 'other';
ALTER TABLE f24.ic ALTER c SET STORAGE PLAIN;
ALTER TABLE f24.ic ALTER z SET STATISTICS 12;
CREATE TABLE f24.igc () INHERITS (f24.ic);
ALTER TABLE f24.ip ADD y numeric(8,2);
INSERT INTO f24.igc (a, b, c, z, y) VALUES (1, 2, 3, 'grand', 4.5);
CREATE INDEX ON f24.igc (y);
