-- F17: a table whose columns have the row type of another that sorts after it.
CREATE SCHEMA f17;
CREATE TABLE f17.rowt (a int, b text);
CREATE TABLE f17.arowu (r f17.rowt, f f17.rowt[]);
INSERT INTO f17.arowu VALUES (ROW(1, 'x'), ARRAY[ROW(2, NULL)::f17.rowt]);
CREATE FUNCTION f17.count_of(f17.rowt) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1.a';
CREATE VIEW f17.av AS SELECT f17.count_of(r) FROM f17.arowu;
ALTER TABLE f17.arowu ADD CONSTRAINT positive CHECK (f17.count_of(r) > 0);
CREATE TYPE f17.aholder AS (r f17.rowt);
CREATE DOMAIN f17.adomain AS f17.rowt CHECK ((value).a > 0);
