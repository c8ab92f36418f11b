-- F33: a default and a check that read or take the row of their own table.
CREATE SCHEMA f33;
CREATE TABLE f33.dl (a int);
CREATE FUNCTION f33.dlf() RETURNS int LANGUAGE plpgsql AS 'DECLARE r f33.dl; BEGIN RETURN (SELECT count(*) FROM f33.dl); END';
CREATE FUNCTION f33.dlc(f33.dl) RETURNS bool LANGUAGE sql AS 'SELECT $1.a > 0';
ALTER TABLE f33.dl ALTER a SET DEFAULT f33.dlf();
ALTER TABLE f33.dl ADD CONSTRAINT dl_check CHECK (f33.dlc(dl.*));
COMMENT ON CONSTRAINT dl_check ON f33.dl IS 'takes a row';
CREATE DOMAIN f33.dom AS int;
CREATE FUNCTION f33.domok(f33.dom) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT $1::int > 0';
ALTER DOMAIN f33.dom ADD CONSTRAINT dom_ok CHECK (f33.domok(value)); COMMENT ON CONSTRAINT dom_ok ON DOMAIN f33.dom IS 'calls what takes it';
INSERT INTO f33.dl VALUES (5);
