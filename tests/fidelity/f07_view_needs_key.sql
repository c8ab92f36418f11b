-- F07: a view that needs the primary key for its GROUP BY (D4.3).
CREATE SCHEMA f07;
CREATE TABLE f07.pkt (id int PRIMARY KEY, d text COLLATE "C", e varchar(7));
INSERT INTO f07.pkt VALUES (1, 'x', 'y'), (2, 'z', NULL);
CREATE VIEW f07.pkv WITH (security_barrier) AS SELECT id, d, e, count(*) AS n FROM f07.pkt GROUP BY id;
COMMENT ON COLUMN f07.pkv.n IS 'cnt';
COMMENT ON VIEW f07.pkv IS 'with a key';
GRANT SELECT ON f07.pkv TO trap_r1 WITH GRANT OPTION;
GRANT SELECT (n) ON f07.pkv TO PUBLIC;
ALTER VIEW f07.pkv OWNER TO trap_r2;
ALTER VIEW f07.pkv ALTER d SET DEFAULT 'dd';
CREATE VIEW f07.above AS SELECT id, n FROM f07.pkv;
CREATE FUNCTION f07.over(f07.pkv) RETURNS bigint LANGUAGE sql AS 'SELECT $1.n';
CREATE VIEW f07.top AS SELECT f07.over(p) AS o FROM f07.pkv p;
CREATE TABLE f07.rowt (r f07.pkv);
