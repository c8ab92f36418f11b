-- F12: options, check options, defaults and comments of views.
CREATE SCHEMA f12;
CREATE TABLE f12.vt1 (a int, b text);
CREATE VIEW f12.vo WITH (security_barrier) AS SELECT * FROM f12.vt1 WHERE a > 0 WITH CASCADED CHECK OPTION;
CREATE VIEW f12.vl WITH (security_barrier = false) AS SELECT * FROM f12.vo WHERE a > 1 WITH LOCAL CHECK OPTION;
ALTER VIEW f12.vo ALTER a SET DEFAULT 5;
COMMENT ON COLUMN f12.vo.a IS 'cc';
COMMENT ON VIEW f12.vo IS 'vv';
CREATE TEMP VIEW not_dumped AS SELECT 1;
CREATE VIEW f12.no_columns AS SELECT;
