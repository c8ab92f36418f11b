-- F06: a body that needs the primary key, which is restored after the rows (D4.6).
CREATE SCHEMA f06;
CREATE TABLE f06.pkt (id int PRIMARY KEY, d text);
INSERT INTO f06.pkt SELECT i, 'd' || i FROM generate_series(1, 20) i;
CREATE FUNCTION f06.pkf() RETURNS SETOF f06.pkt LANGUAGE sql BEGIN ATOMIC SELECT * FROM f06.pkt GROUP BY id; END;
CREATE FUNCTION f06.ups(i int) RETURNS void LANGUAGE sql BEGIN ATOMIC INSERT INTO f06.pkt VALUES (i, 'x') ON CONFLICT (id) DO UPDATE SET d = excluded.d; END;
CREATE VIEW f06.above AS SELECT * FROM f06.pkf();
COMMENT ON FUNCTION f06.pkf() IS 'late';
REVOKE EXECUTE ON FUNCTION f06.pkf() FROM PUBLIC;
ALTER FUNCTION f06.pkf() OWNER TO trap_r1;
