-- F40: large objects: empty, owned, granted, commented, with holes, longer than a page and longer than a read.
SELECT lo_create(4242);
GRANT SELECT ON LARGE OBJECT 4242 TO trap_r1;
COMMENT ON LARGE OBJECT 4242 IS 'empty, and it''s commented';
SELECT lo_create(4243);
ALTER LARGE OBJECT 4243 OWNER TO trap_r1;
SELECT lo_from_bytea(4244, decode(repeat('00ff5c0a09', 2000), 'hex'));
ALTER LARGE OBJECT 4244 OWNER TO trap_r1;
SET SESSION AUTHORIZATION trap_r1;
GRANT ALL ON LARGE OBJECT 4244 TO trap_r2 WITH GRANT OPTION;
SET SESSION AUTHORIZATION trap_r2;
GRANT UPDATE ON LARGE OBJECT 4244 TO "trap R 3";
RESET SESSION AUTHORIZATION;
SELECT lo_create(4245);
SELECT lo_put(4245, 100000, '\x0102');
SELECT lo_put(4245, 5, '\x03');
REVOKE ALL ON LARGE OBJECT 4245 FROM CURRENT_USER;
-- Its length is a multiple of the page's, and its end is a hole.
BEGIN;
SELECT lo_create(4246);
SELECT lo_truncate64(lo_open(4246, 131072), 4096 * 16);
SELECT lo_create(4247);
SELECT lo_put(4247, 0, '\x616263');
SELECT lo_truncate64(lo_open(4247, 131072), 0);
COMMIT;
SELECT lo_from_bytea(4248, convert_to(string_agg(md5(i::text), ''), 'UTF8')) FROM generate_series(1, 40000) i;
SELECT lo_from_bytea(4294967295, '\x7a');
SELECT count(lo_from_bytea(50000 + i, decode(md5(i::text), 'hex'))) FROM generate_series(1, 1500) i;
COMMENT ON LARGE OBJECT 50777 IS 'one of many';
