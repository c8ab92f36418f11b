-- Since 14: multiranges, infinite numerics.
INSERT INTO v_numeric VALUES ('Infinity'), ('-Infinity');
CREATE TABLE v_int4multirange AS SELECT unnest(ARRAY['{}', '{[1,5),[7,9)}', '{(,3),[10,)}', '{(,)}', NULL])::int4multirange AS v;
CREATE TABLE v_int8multirange AS SELECT unnest(ARRAY['{}', '{[1,5),[7,90000000000)}'])::int8multirange AS v;
CREATE TABLE v_nummultirange AS SELECT unnest(ARRAY['{}', '{[1.50,5],(7,9)}'])::nummultirange AS v;
CREATE TABLE v_datemultirange AS SELECT unnest(ARRAY['{}', '{[2000-01-01,2000-02-01),[infinity,)}'])::datemultirange AS v;
CREATE TABLE v_tsmultirange AS SELECT tsmultirange(v) AS v FROM (SELECT v FROM v_tsrange LIMIT 100) AS few;
CREATE TABLE v_tstzmultirange AS SELECT tstzmultirange(v) AS v FROM (SELECT v FROM v_tstzrange LIMIT 100) AS few;
CREATE TABLE v_float_multirange AS SELECT float_multirange(v) AS v FROM v_float_range;
