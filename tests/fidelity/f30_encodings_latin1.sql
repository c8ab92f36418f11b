-- database: trap_latin1 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'
-- F30: a single-byte encoding.
SET client_encoding = 'UTF8';
CREATE TABLE "tåble" ("çol" text DEFAULT 'ÿ', n int CHECK (n <> 7));
INSERT INTO "tåble" SELECT chr(i), i FROM generate_series(160, 255) i;
COMMENT ON TABLE "tåble" IS 'Ærø''s';
CREATE VIEW "vüe" AS SELECT "çol" FROM "tåble" WHERE "çol" <> 'é';
CREATE FUNCTION "fün"() RETURNS text LANGUAGE sql AS 'SELECT ''ñ''::text';
