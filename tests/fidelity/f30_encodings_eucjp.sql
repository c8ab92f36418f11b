-- database: trap_eucjp ENCODING 'EUC_JP' LC_COLLATE 'C' LC_CTYPE 'C'
-- F30: a multi-byte encoding that is not UTF-8.
SET client_encoding = 'UTF8';
CREATE TABLE "表" ("列" text DEFAULT '既定', n int);
INSERT INTO "表" VALUES ('日本語', 1), ('表示能力', 2), (DEFAULT, 3);
COMMENT ON TABLE "表" IS '説明''';
CREATE VIEW "視点" AS SELECT "列" FROM "表" WHERE "列" <> '無';
