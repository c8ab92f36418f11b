-- F01: names with case, spaces, quotes, keywords, line feeds and letters beyond ASCII.
CREATE SCHEMA "s "" q";
CREATE TABLE "s "" q"."Select" (
  "a b" int, "user" int, "É" int, "json" int, "system_user" int, "x$y" int, "merge_action" int,
  "x
\! echo pwn
--" int CONSTRAINT "chk
*/ ;" CHECK ("x
\! echo pwn
--" > 0));
INSERT INTO "s "" q"."Select" VALUES (1, 2, 3, 4, 5, 6, 7, 8);
COMMENT ON COLUMN "s "" q"."Select"."a b" IS 'with "quotes" and ''apostrophes''';
CREATE INDEX "Idx;
drop table x" ON "s "" q"."Select" ("É", "a b");
CREATE VIEW "s "" q"."view--" AS SELECT "user", "x$y" AS "1st" FROM "s "" q"."Select";
CREATE SEQUENCE "s "" q"."日本語のとても長い名前の六十三バイト以内";
CREATE TYPE "s "" q"."Type.with.dots" AS ENUM ('a''b', '"', '\', '');
CREATE TABLE "s "" q"."ünïcode" (e "s "" q"."Type.with.dots" DEFAULT '\', a "s "" q"."Type.with.dots"[]);
INSERT INTO "s "" q"."ünïcode" VALUES ('', ARRAY['"', '\', 'a''b']::"s "" q"."Type.with.dots"[]);
CREATE FUNCTION "s "" q"."Fn()"("In Arg" "s "" q"."Type.with.dots", "table" int DEFAULT 1) RETURNS int LANGUAGE sql AS 'SELECT "table"';
COMMENT ON FUNCTION "s "" q"."Fn()"("s "" q"."Type.with.dots", int) IS '/* */ -- $$';
GRANT EXECUTE ON FUNCTION "s "" q"."Fn()"("s "" q"."Type.with.dots", int) TO "trap R 3";
ALTER TABLE "s "" q"."Select" OWNER TO "trap R 3";
