-- F34: typed tables.
CREATE SCHEMA f34;
CREATE TYPE f34.oft AS (a int, b text COLLATE "C", "C c" numeric(8, 3));
CREATE TABLE f34.oftt OF f34.oft (a WITH OPTIONS PRIMARY KEY, b DEFAULT 'x', CHECK ("C c" > 0));
CREATE TABLE f34.oftu OF f34.oft;
COMMENT ON COLUMN f34.oftt."C c" IS 'of a typed table';
INSERT INTO f34.oftt VALUES (1, 'q', 2.5);
