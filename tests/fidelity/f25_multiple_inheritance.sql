-- F25: two parents, merged and dropped columns, checks that are inherited and one that is not.
CREATE SCHEMA f25;
CREATE TABLE f25.ip (a int, b int DEFAULT 3);
CREATE TABLE f25.ip2 (a int, k text NOT NULL DEFAULT 'k');
ALTER TABLE f25.ip ADD CONSTRAINT ck CHECK (a < 100), ADD CONSTRAINT ckni CHECK (a < 1000) NO INHERIT;
CREATE TABLE f25.imc (a int, l int, CONSTRAINT lc CHECK (l > 0)) INHERITS (f25.ip2, f25.ip);
ALTER TABLE f25.imc DROP l;
ALTER TABLE f25.imc ADD "L" int GENERATED ALWAYS AS (a * 2) STORED;
ALTER TABLE f25.imc ADD CONSTRAINT ck2 CHECK (b > 0);
ALTER TABLE f25.ip ADD CONSTRAINT ck2 CHECK (b > 0);
INSERT INTO f25.imc (a, k, b) VALUES (5, 'kk', 6);
CREATE TABLE f25.late (b int, a int);
ALTER TABLE f25.late ADD CONSTRAINT ck CHECK (a < 100), ADD CONSTRAINT ck2 CHECK (b > 0);
ALTER TABLE f25.late INHERIT f25.ip;
CREATE TABLE f25.both () INHERITS (f25.imc, f25.late);
INSERT INTO f25.both (a, k, b) VALUES (9, 'both', 1);
COMMENT ON CONSTRAINT ck ON f25.ip IS 'parent''s';
ALTER TABLE f25.ip ALTER a SET DEFAULT 12;
