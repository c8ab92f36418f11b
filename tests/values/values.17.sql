-- Since 17: infinite intervals; new methods of jsonpath.
INSERT INTO v_interval VALUES ('infinity'), ('-infinity');
INSERT INTO v_jsonpath VALUES ('$.a.timestamp_tz(3).string()'), ('$.decimal(5, 2)');
