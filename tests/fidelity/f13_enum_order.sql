-- F13: labels in the order of their sort numbers, which is not that of their making.
CREATE SCHEMA f13;
CREATE TYPE f13.en AS ENUM ('b', 'd');
ALTER TYPE f13.en ADD VALUE 'a' BEFORE 'b';
ALTER TYPE f13.en ADD VALUE 'it''s' AFTER 'b';
ALTER TYPE f13.en ADD VALUE '' BEFORE 'd';
ALTER TYPE f13.en RENAME VALUE 'd' TO 'D d';
CREATE TYPE f13.none AS ENUM ();
CREATE TABLE f13.t (e f13.en DEFAULT 'it''s', es f13.en[] DEFAULT '{a,b}');
INSERT INTO f13.t DEFAULT VALUES;
INSERT INTO f13.t VALUES ('', '{"",it''s}');
CREATE INDEX ON f13.t (e);
COMMENT ON TYPE f13.en IS 'labels';
GRANT USAGE ON TYPE f13.en TO trap_r1;
REVOKE USAGE ON TYPE f13.en FROM PUBLIC;
