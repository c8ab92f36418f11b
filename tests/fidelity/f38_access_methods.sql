-- F38: access methods of both types; classes, tables, materialized views and indexes that use them.
CREATE SCHEMA f38_am;
CREATE FUNCTION f38_am.bt2_handler(internal) RETURNS index_am_handler LANGUAGE internal AS 'bthandler';
CREATE ACCESS METHOD "F38 bt2" TYPE INDEX HANDLER f38_am.bt2_handler;
CREATE ACCESS METHOD f38_heap2 TYPE TABLE HANDLER heap_tableam_handler;
COMMENT ON ACCESS METHOD "F38 bt2" IS 'btree again';
CREATE OPERATOR CLASS f38_am.int_ops DEFAULT FOR TYPE int USING "F38 bt2" AS
  OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 btint4cmp(int, int);
CREATE TABLE f38_am.h2 (a int) USING f38_heap2;
INSERT INTO f38_am.h2 SELECT generate_series(1, 20);
CREATE MATERIALIZED VIEW f38_am.mv USING f38_heap2 AS SELECT * FROM f38_am.h2;
