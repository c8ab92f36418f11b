-- F08: a materialized view that needs the primary key, an index on it, a materialized view above (D4.4).
CREATE SCHEMA f08;
CREATE TABLE f08.pkt (id int PRIMARY KEY, d text);
INSERT INTO f08.pkt VALUES (1, 'x'), (2, 'z');
CREATE MATERIALIZED VIEW f08.pkmv AS SELECT id, d FROM f08.pkt GROUP BY id;
CREATE UNIQUE INDEX pkmv_d ON f08.pkmv (d);
ALTER MATERIALIZED VIEW f08.pkmv CLUSTER ON pkmv_d;
CREATE MATERIALIZED VIEW f08.pkmv2 AS SELECT * FROM f08.pkmv;
CREATE VIEW f08.between AS SELECT d FROM f08.pkmv2;
CREATE MATERIALIZED VIEW f08.apkmv3 WITH (fillfactor = 70) AS SELECT * FROM f08.between;
COMMENT ON COLUMN f08.pkmv.d IS 'dd';
ALTER MATERIALIZED VIEW f08.pkmv OWNER TO trap_r1;
GRANT SELECT ON f08.pkmv TO trap_r2;
GRANT USAGE ON SCHEMA f08 TO trap_r1;
GRANT SELECT ON f08.pkt TO trap_r1;
