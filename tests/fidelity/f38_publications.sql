-- F38: publications with every option that all majors know.
CREATE SCHEMA f38_pub;
CREATE TABLE f38_pub.plain (id int PRIMARY KEY, "Odd ""c""" text, flag bool);
CREATE TABLE f38_pub.parent (id int PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE f38_pub.part PARTITION OF f38_pub.parent FOR VALUES FROM (0) TO (10);
CREATE TABLE f38_pub.super (id int PRIMARY KEY);
CREATE TABLE f38_pub.child () INHERITS (f38_pub.super);
CREATE PUBLICATION f38_all FOR ALL TABLES WITH (publish = 'insert, truncate');
CREATE PUBLICATION f38_nothing WITH (publish = '');
CREATE PUBLICATION f38_empty;
CREATE PUBLICATION "f38 Odd ""p""" FOR TABLE f38_pub.plain, f38_pub.parent
  WITH (publish = 'update, delete', publish_via_partition_root = true);
CREATE PUBLICATION f38_only FOR TABLE ONLY f38_pub.super;
ALTER PUBLICATION f38_only OWNER TO trap_login;
ALTER PUBLICATION f38_empty RENAME TO f38_renamed;
COMMENT ON PUBLICATION "f38 Odd ""p""" IS 'a publication''s comment';
