-- The tables that end_to_end measures with. Set :scale first (1: about 2.6 GB of COPY text). The same scale gives
-- the same rows on every server: hashes, no random numbers.
SET synchronous_commit = off;

-- A number from 0 to 1 that hangs on its arguments alone.
CREATE FUNCTION part(n bigint, salt bigint) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN (hashint8extended(n, salt) & 1048575) / 1048576.0;
CREATE FUNCTION below(n bigint, salt bigint, many int) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN floor(part(n, salt) * many)::int;
CREATE FUNCTION words(n bigint, salt bigint, many int) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT string_agg((string_to_array('carefully final deposits sleep furiously regular accounts above the slyly '
    'ironic packages boost quickly express theodolites against blithely even requests nag pending foxes along '
    'special instructions haggle bold pinto beans detect silent platelets among daring asymptotes wake unusual '
    'dependencies integrate close ideas cajole stealthy dolphins', ' '))[1 + below(n, salt + i, 60)], ' ')
  FROM generate_series(1, many) i $$;

CREATE TABLE lineitem (
  l_orderkey int, l_partkey int, l_suppkey int, l_linenumber int, l_quantity numeric(12, 2),
  l_extendedprice numeric(12, 2), l_discount numeric(12, 2), l_tax numeric(12, 2), l_returnflag char(1),
  l_linestatus char(1), l_shipdate date, l_commitdate date, l_receiptdate date, l_shipinstruct char(25),
  l_shipmode char(10), l_comment text);
INSERT INTO lineitem
  SELECT n / 4, below(n, 1, 200000), below(n, 2, 10000), n % 4 + 1, below(n, 3, 50) + 1,
         round((900 + part(n, 4) * 100000)::numeric, 2), below(n, 5, 11) / 100.0, below(n, 6, 9) / 100.0,
         substr('RAN', below(n, 7, 3) + 1, 1), substr('OF', below(n, 8, 2) + 1, 1),
         date '1992-01-01' + below(n, 9, 2500), date '1992-01-31' + below(n, 10, 2500),
         date '1992-01-15' + below(n, 11, 2500),
         (ARRAY['DELIVER IN PERSON', 'COLLECT COD', 'NONE', 'TAKE BACK RETURN'])[below(n, 12, 4) + 1],
         (ARRAY['REG AIR', 'AIR', 'RAIL', 'SHIP', 'TRUCK', 'MAIL', 'FOB'])[below(n, 13, 7) + 1],
         left(words(n, 14, 8), 30 + below(n, 15, 22))
  FROM generate_series(1, (6000000 * :scale)::bigint) n;

CREATE TABLE events (id bigint, at timestamptz, who uuid, payload jsonb, note text);
INSERT INTO events
  SELECT n, timestamptz '2024-01-01 00:00:00+00' + n * interval '1.37 seconds' + below(n, 1, 1000) * interval '1 ms',
         md5(n::text)::uuid,
         jsonb_build_object('type', (ARRAY['view', 'click', 'buy', 'leave'])[below(n, 2, 4) + 1], 'page', below(n, 3, 500),
                            'path', '/articles/' || below(n, 3, 500) || '/view', 'ok', below(n, 4, 2) = 1, 'v', 2),
         (ARRAY['mobile app', 'web', 'partner interface', 'batch import'])[below(n, 5, 4) + 1] || ' ' || below(n, 6, 100)
  FROM generate_series(1, (3000000 * :scale)::bigint) n;

CREATE TABLE metrics (sensor int, at timestamptz, low float8, mean float8, high float8, quality float4);
INSERT INTO metrics
  SELECT n % 1000, timestamptz '2024-01-01 00:00:00+00' + n / 1000 * interval '10 seconds',
         round((20 + part(n, 1) * 5)::numeric, 3), 22 + part(n, 2) * 5, 25 + part(n, 3) * 5, part(n, 4)
  FROM generate_series(1, (6000000 * :scale)::bigint) n;

CREATE TABLE narrow (a int, b int);
INSERT INTO narrow SELECT n, below(n, 1, 1000000) FROM generate_series(1, (5000000 * :scale)::bigint) n;

CREATE TABLE docs (id int, body text, digest bytea);
INSERT INTO docs
  SELECT n, words(n, 1, 350 + below(n, 2, 200)),
         decode(string_agg(md5((n * 100 + i)::text), '' ORDER BY i), 'hex')
  FROM generate_series(1, (150000 * :scale)::bigint) n, generate_series(1, 20) i GROUP BY n;

CREATE INDEX ON lineitem (l_orderkey);
CREATE INDEX ON lineitem (l_shipdate);
CREATE INDEX ON lineitem (l_partkey, l_suppkey);
ALTER TABLE events ADD PRIMARY KEY (id);
CREATE INDEX ON events (at);
CREATE INDEX ON metrics (sensor, at);
CREATE INDEX ON metrics (at);
CREATE INDEX ON narrow (a);
CREATE INDEX ON narrow (b);
ALTER TABLE docs ADD PRIMARY KEY (id);
VACUUM (FREEZE, ANALYZE);
CHECKPOINT;
