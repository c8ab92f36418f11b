-- F38: collations of libc and ICU, one that is not deterministic, and what uses them.
CREATE SCHEMA f38_coll;
CREATE COLLATION f38_coll.c FROM "C";
CREATE COLLATION f38_coll.mixed (PROVIDER = libc, LC_COLLATE = 'C', LC_CTYPE = 'POSIX');
CREATE COLLATION f38_coll."De Phone" (PROVIDER = icu, LOCALE = 'de-u-co-phonebk');
CREATE COLLATION f38_coll.nd (PROVIDER = icu, LOCALE = 'und-u-ks-level2', DETERMINISTIC = false);
ALTER COLLATION f38_coll.nd OWNER TO trap_r1;
COMMENT ON COLLATION f38_coll.nd IS 'ignores case';
CREATE DOMAIN f38_coll.d AS text COLLATE f38_coll.nd CHECK (value <> 'BAD' COLLATE f38_coll.nd);
CREATE TYPE f38_coll.ct AS (a text COLLATE f38_coll."De Phone");
CREATE TYPE f38_coll.rg AS RANGE (subtype = text, collation = f38_coll."De Phone");
CREATE TABLE f38_coll.t (a text COLLATE f38_coll.nd, b f38_coll.d, c f38_coll.ct, r f38_coll.rg);
INSERT INTO f38_coll.t VALUES ('Aa', 'good', ROW('x'), '[a,b)');
CREATE UNIQUE INDEX ON f38_coll.t (a);
CREATE INDEX ON f38_coll.t (b COLLATE f38_coll.mixed);
CREATE VIEW f38_coll.v AS SELECT a COLLATE f38_coll.c AS x FROM f38_coll.t ORDER BY a COLLATE f38_coll."De Phone";
