-- F01, A1.16: names that are words of SQL in later majors, which read them as something else unless they are
-- quoted: the column system_user as a function in 16, function parameters named like the JSON constructors.
CREATE SCHEMA f01w; SET search_path = f01w;
CREATE TABLE t (id int, "system_user" text CONSTRAINT c CHECK ("system_user" <> 'x'), "json_array" int,
                gen text GENERATED ALWAYS AS ("system_user" || '!') STORED);
INSERT INTO t VALUES (1, 'a', 7), (2, 'b', 8);
CREATE INDEX i ON t ("system_user", ("system_user" || "json_array")) WHERE "system_user" <> 'q';
CREATE POLICY p ON t USING ("system_user" = current_user::text);
CREATE TABLE parted ("system_user" text, "json_table" int) PARTITION BY LIST ("system_user");
CREATE TABLE parted_a PARTITION OF parted FOR VALUES IN ('a');
INSERT INTO parted VALUES ('a', 1);
CREATE FUNCTION f("system_user" text, "json_table" int DEFAULT 1) RETURNS TABLE ("merge_action" int, "json_scalar" text)
  LANGUAGE sql AS 'SELECT 1, $1';
CREATE FUNCTION "json_object"(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
CREATE VIEW v AS SELECT "system_user", f01w."json_object"(1) AS "json_value" FROM t;
