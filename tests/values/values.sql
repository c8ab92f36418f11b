-- One table v_* per whitelisted type; its one column `v` holds extreme, ordinary and random values, and NULL.
SELECT setseed(0.25);
CREATE TABLE strings (s text);
INSERT INTO strings VALUES (''), (' '), ('NULL'), ('null'), ('nUlL'), ('NULLS'), ('{}'), ('{'), ('}'), (','), (';'),
  ('"'), ('\'), ('\\'), ('\.'), ('\N'), ('a"b\c''d'), ('plain'), ('two words'), ('(1,2]'), (E'tab\there'),
  (E'\b\f\n\r\t\v'), (E'\x01\x02\x1b\x7f'), (E'line\n'), ('grüße, 世界 🐘'), ('seven77'), ('eight888'), ('nine 9999'),
  (repeat('x', 1000) || '\' || repeat('y', 1000)), (repeat('\', 50)), (repeat('ab"', 300)), (NULL);
INSERT INTO strings SELECT repeat('abcdefgh', n) || E'\n' || repeat('z', n) FROM generate_series(0, 9) n;
INSERT INTO strings SELECT string_agg(chr((random() * 126)::int + 1), '') FROM generate_series(1, 4000) i GROUP BY i % 200;

CREATE TABLE v_bool AS SELECT unnest(ARRAY[true, false, NULL]) AS v;
CREATE TABLE v_int2 AS SELECT (n - 32768)::int2 AS v FROM generate_series(0, 65535, 7) n;
CREATE TABLE v_int4 AS SELECT unnest(ARRAY[0, 1, -1, 9, 10, 99, 100, 2147483647, -2147483648, NULL]) AS v
  UNION ALL SELECT ((random() - 0.5) * power(10, n % 10))::int4 FROM generate_series(1, 2000) n;
CREATE TABLE v_int8 AS SELECT unnest(ARRAY[0, 1, -1, 9223372036854775807, '-9223372036854775808', NULL]) AS v
  UNION ALL SELECT ((random() - 0.5) * power(10, n % 19))::int8 FROM generate_series(1, 2000) n;
CREATE TABLE v_oid AS SELECT unnest('{0,1,26,4294967295,2147483648,NULL}'::oid[]) AS v;
CREATE TABLE v_xid AS SELECT unnest('{0,1,4294967295,2147483648,NULL}'::xid[]) AS v;
CREATE TABLE v_cid AS SELECT unnest('{0,1,4294967295,2147483648,NULL}'::cid[]) AS v;
CREATE TABLE v_xid8 AS SELECT unnest('{0,1,18446744073709551615,9223372036854775808,NULL}'::xid8[]) AS v;
CREATE TABLE v_tid AS SELECT unnest('{"(0,0)","(4294967295,65535)","(10,1)",NULL}'::tid[]) AS v;
CREATE TABLE v_pg_lsn AS SELECT unnest('{0/0,FFFFFFFF/FFFFFFFF,16/B374D848,A/1,0/ABCDEF}'::pg_lsn[]) AS v;
CREATE TABLE v_txid_snapshot AS SELECT unnest('{1:1:,10:20:10\,14\,15,1:9223372036854775807:5}'::txid_snapshot[]) AS v;
CREATE TABLE v_pg_snapshot AS SELECT unnest('{1:1:,10:20:10\,14\,15,1:9223372036854775807:5}'::pg_snapshot[]) AS v;

CREATE TABLE v_float8 AS SELECT unnest('{0,-0,NaN,Infinity,-Infinity,1,-1,0.1,1e-4,9.999e-5,1e-5,123456789012345,
  999999999999999,1e15,1e16,9007199254740993,1e22,1e23,4.9406564584124654e-324,2.2250738585072014e-308,
  1.7976931348623157e308,3.141592653589793,100,1e-100,9.5e-7,0.000123456,NULL}'::float8[]) AS v
  UNION ALL SELECT (random() - 0.5) * power(10, n % 600 - 300) FROM generate_series(1, 6000) n
  UNION ALL SELECT 2::float8 ^ n FROM generate_series(-1022, 1023) n
  UNION ALL SELECT round((random() * 1e6)::numeric, n % 6)::float8 FROM generate_series(1, 3000) n;
CREATE TABLE v_float4 AS SELECT unnest('{0,-0,NaN,Infinity,-Infinity,1,0.1,1e-4,9.999e-5,1e-5,123456,999999,1e6,1e7,
  16777217,1e10,1e-45,1.17549435e-38,3.4028235e38,3.1415927,NULL}'::float4[]) AS v
  UNION ALL SELECT ((random() - 0.5) * power(10, n % 70 - 35))::float4 FROM generate_series(1, 6000) n
  UNION ALL SELECT (2::float8 ^ n)::float4 FROM generate_series(-126, 127) n
  UNION ALL SELECT round((random() * 1e4)::numeric, n % 4)::float4 FROM generate_series(1, 3000) n;

CREATE TABLE v_numeric AS SELECT unnest('{0,0.0,0.000,-0.00,NaN,1,-1,10000,9999,99990000,0.0001,0.00010,-0.00012345,
  123456789.987654321,100000000000000000000,1.5000,1e-30,1e1000,12345.6,NULL}'::numeric[]) AS v
  UNION ALL SELECT 10::numeric ^ 131071 UNION ALL SELECT -(9.99::numeric * 10::numeric ^ 131070)
  UNION ALL SELECT ('0.' || repeat('0', 16382) || '1')::numeric UNION ALL SELECT ('1e-16383')::numeric
  UNION ALL SELECT round(((random() - 0.5) * power(10, n % 30))::numeric, n % 25) FROM generate_series(1, 4000) n
  UNION ALL SELECT (random()::numeric * random()::numeric) * 10::numeric ^ (n % 80 - 40) FROM generate_series(1, 2000) n;

CREATE TABLE v_text AS SELECT s AS v FROM strings;
CREATE TABLE v_varchar AS SELECT s::varchar(3000) AS v FROM strings;
CREATE TABLE v_bpchar AS SELECT s::char(20) AS v FROM strings;
CREATE TABLE v_bpchar1 (v char);
INSERT INTO v_bpchar1 SELECT left(s, 1) FROM strings;
CREATE TABLE v_name AS SELECT s::name AS v FROM strings;
CREATE TABLE v_refcursor AS SELECT s::refcursor AS v FROM strings;
CREATE TABLE v_char AS SELECT n::"char" AS v FROM generate_series(-128, 127) n;
CREATE TABLE v_bytea AS SELECT convert_to(s, 'UTF8') AS v FROM strings
  UNION ALL SELECT decode(string_agg(lpad(to_hex(n), 2, '0'), '' ORDER BY n), 'hex') FROM generate_series(0, 255) n;
CREATE TABLE v_uuid AS SELECT md5(n::text)::uuid AS v FROM generate_series(1, 500) n
  UNION ALL SELECT unnest('{00000000-0000-0000-0000-000000000000,ffffffff-ffff-ffff-ffff-ffffffffffff,NULL}'::uuid[]);
CREATE TABLE v_json AS SELECT to_json(s) AS v FROM strings
  UNION ALL SELECT unnest(ARRAY['{"a" :  [1, 2.50, null]}', '[]', '"\u0000\n"', E'{"a":\n1}', 'null'])::json;
CREATE TABLE v_jsonb AS SELECT to_jsonb(s) AS v FROM strings
  UNION ALL SELECT unnest(ARRAY['{"b": 1, "a" :  [1, 2.50, null, 1e400, -0.0]}', '[]', '{}', '"\t\n\\"', 'null'])::jsonb
  UNION ALL SELECT jsonb_object_agg(coalesce(s, 'none'), s) FROM strings;
CREATE TABLE v_jsonpath AS SELECT unnest(ARRAY['$', '$.a[*] ? (@ > 1 && @.b == "x\ny")', 'strict $."a b"[last - 1 to 2]',
  '$.**{2 to 3}.c', '$ ? (@ like_regex "^a\\b" flag "i")', NULL])::jsonpath AS v;
CREATE TABLE v_bit AS SELECT unnest(ARRAY[B'0', B'1', NULL])::bit AS v;
CREATE TABLE v_bit11 AS SELECT (n * 97 % 2048)::bit(11) AS v FROM generate_series(0, 300) n;
CREATE TABLE v_varbit AS SELECT unnest(ARRAY['', '0', '1', '1111111', '10101010', '101010101', NULL])::varbit AS v
  UNION ALL SELECT substring((n * 7919)::bit(32), 1, n % 33)::varbit FROM generate_series(0, 200) n;

CREATE TABLE v_date AS SELECT unnest('{infinity,-infinity,4714-11-24 BC,5874897-12-31,0001-01-01,0001-12-31 BC,
  0001-02-29 BC,0099-03-01,0999-12-31,1000-01-01,9999-12-31,10000-01-01,1582-10-15,1600-02-29,1900-02-28,1970-01-01,
  2000-01-01,2000-02-29,1999-12-31,2024-12-31,NULL}'::date[]) AS v
  UNION ALL SELECT '2000-01-01'::date + n * 367 FROM generate_series(-6600, 30000) n;
CREATE TABLE v_time AS SELECT unnest('{00:00,24:00:00,23:59:59.999999,00:00:00.000001,12:34:56.1,01:02:03.120000,
  NULL}'::time[]) AS v UNION ALL SELECT ('00:00'::time + n * interval '1.234567 s') FROM generate_series(1, 2000) n;
CREATE TABLE v_timetz AS SELECT unnest('{00:00+00,24:00:00-15:59:59,23:59:59.999999+15:59:59,12:00:00.5+05:30,
  12:00-03:30,01:02:03.12-08,12:00+00:00:01,12:00-00:01,NULL}'::timetz[]) AS v;
CREATE TABLE v_timestamp AS SELECT unnest('{infinity,-infinity,4714-11-24 00:00:00 BC,294276-12-31 23:59:59.999999,
  0001-01-01 00:00:00,0001-12-31 23:59:59.999999 BC,1999-12-31 23:59:59.999999,2000-01-01 00:00:00,
  2000-01-01 00:00:00.000001,1969-12-31 23:59:59.5,10000-01-01 00:00:00.100000,0044-03-15 12:00:00.25 BC,
  NULL}'::timestamp[]) AS v
  UNION ALL SELECT '2000-01-01'::timestamp + (random() - 0.3) * interval '7000 years' FROM generate_series(1, 5000)
  UNION ALL SELECT date_trunc('milliseconds', '2000-01-01'::timestamp + (random() - 0.5) * interval '90 years')
    FROM generate_series(1, 2000);
CREATE TABLE v_timestamptz AS SELECT v AT TIME ZONE 'UTC' AS v FROM v_timestamp
  UNION ALL SELECT '2020-06-01 12:00:00+05:30';
CREATE TABLE v_interval AS SELECT unnest('{0,1 year,-1 year,1 mon,-1 mon,2 mons,11 mons,1 year 1 mon,-1 year -13 mons,1 day,
  -1 day,1 day -00:00:01,-1 day 00:00:01,-1 mon 1 day,1 mon -1 day,-1 mon 1 day -1:00,1 year -1 day 1:00,-1 year 2 days -1:00,
  1 year 2 mons 3 days 04:05:06.789,-00:00:00.000001,00:00:00.5,100:00:00,-100:00:00,1000000:59:59.999999,
  178956970 years 7 mons,-178956970 years -8 mons,2147483647 days,-2147483648 days,2147483647 hours,-1 days +00:00:00.1,
  NULL}'::interval[]) AS v
  UNION ALL SELECT make_interval(months => ((random() - 0.5) * 40)::int * (n % 2), days => ((random() - 0.5) * 5)::int,
    secs => (random() - 0.5) * (n % 3) * 200000) FROM generate_series(1, 3000) n;

CREATE TABLE v_inet AS SELECT unnest('{0.0.0.0,255.255.255.255,10.1.2.3/8,10.0.0.0/0,1.2.3.4/31,1.2.3.4/32,::,::1,::/0,1::,
  1::2,::ffff:1.2.3.4,::1.2.3.4,::1:2,::ffff:0:1,::fffe:1.2.3.4,1:0:0:2:0:0:0:3,1:0:0:2:3:0:0:4,0:1::,1:2:3:4:5:6:7:8,
  ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/127,fe80::a00:27ff:fe4e:66a1/64,0:0:1:2:3:4:5:6,1:2:3:4:5:6:0:0,1:2:3:4:5:0:7:8,
  ::7:8/96,2001:db8::1:0:0:1,0:0:0:0:0:ffff:0:0,0:0:0:0:0:0:7:0,NULL}'::inet[]) AS v;
CREATE TABLE v_cidr AS SELECT network(v) AS v FROM v_inet UNION ALL SELECT set_masklen(v, 7)::cidr FROM v_inet;
CREATE TABLE v_macaddr AS SELECT unnest('{00:00:00:00:00:00,ff:ff:ff:ff:ff:ff,08:00:2b:01:02:0a,NULL}'::macaddr[]) AS v;
CREATE TABLE v_macaddr8 AS SELECT unnest('{00:00:00:00:00:00:00:00,08:00:2b:01:02:03:04:0f,NULL}'::macaddr8[]) AS v;

CREATE TABLE numbers AS SELECT v, row_number() OVER () AS n FROM (SELECT v FROM v_float8 LIMIT 2000) AS few;
CREATE TABLE v_point AS SELECT point(a.v, b.v) AS v FROM numbers a JOIN numbers b ON b.n = 2000 - a.n;
CREATE TABLE v_lseg AS SELECT lseg(v, point(v[1], v[0] * 2)) AS v FROM (SELECT v FROM v_point WHERE v[0] BETWEEN -1e9 AND 1e9
  AND v[1] BETWEEN -1e9 AND 1e9) AS p;
CREATE TABLE v_box AS SELECT box(v[0], v[1]) AS v FROM v_lseg;
CREATE TABLE v_path AS SELECT unnest(ARRAY['((0,0))', '[(0,0)]', '((1,2),(3,4.5))', '[(1,2),(-3,4e20),(5,6)]', NULL])::path AS v;
CREATE TABLE v_polygon AS SELECT unnest(ARRAY['((0,0))', '((1,2),(3,4.5))', '((1,2),(-3,4e-20),(5,6))', NULL])::polygon AS v;
CREATE TABLE v_line AS SELECT unnest(ARRAY['{1,-1,0}', '{0.1,2e30,-3}', '[(1,2),(3,5)]', NULL])::line AS v;
CREATE TABLE v_circle AS SELECT circle(v[0], n % 7 / 3.0) AS v FROM (SELECT v, row_number() OVER () AS n FROM v_lseg) AS l;

CREATE TABLE v_tsvector AS SELECT to_tsvector('simple', s) AS v FROM strings
  UNION ALL SELECT unnest(ARRAY['', 'a', 'a:1A,2B,3C,4D,16383', '''quo''''te'':1 ''back\\slash'':2A b c:3', '''sp ace'''])::tsvector;
CREATE TABLE queries AS SELECT unnest(ARRAY['', 'a', 'a:*', 'b:AB', 'c:ABCD*', '''quo''''te''', '''back\\slash''', '!a', '!!a',
  'a & b', 'a | b', 'a <-> b', 'a <5> b', 'a <0> b', '!(a | b) & c', 'a <-> (b <-> c)', '(a <-> b) <-> c', '!(a <-> b)',
  'a <-> !b', 'a & (b | c) & d', 'a | b & !c <-> d', NULL])::tsquery AS q;
CREATE TABLE v_tsquery AS SELECT q AS v FROM queries UNION ALL SELECT !! (a.q && !! b.q) FROM queries a, queries b
  UNION ALL SELECT tsquery_phrase(a.q || b.q, b.q, 3) FROM queries a, queries b
  UNION ALL SELECT tsquery_phrase(b.q, a.q <-> b.q) || b.q && a.q FROM queries a, queries b;
INSERT INTO v_tsquery SELECT string_agg('a' || n, ' & ' ORDER BY n)::tsquery FROM generate_series(1, 150) n;
INSERT INTO v_tsquery SELECT (repeat('(a | ', 100) || 'b' || repeat(') & c', 100))::tsquery;
CREATE TABLE v_int2vector AS SELECT unnest(ARRAY['', '1', '1 2 -3', NULL])::int2vector AS v;
CREATE TABLE v_oidvector AS SELECT unnest(ARRAY['', '1', '1 2 4294967295', NULL])::oidvector AS v;

CREATE TABLE v_int4range AS SELECT unnest('{empty,"(,)","[1,)","(,5)","[1,5)","[-5,-5]",NULL}'::int4range[]) AS v;
CREATE TABLE v_int8range AS SELECT unnest('{empty,"(,)","[1,)","(,5)","[1,50000000000)"}'::int8range[]) AS v;
CREATE TABLE v_numrange AS SELECT unnest('{empty,"(,)","[1.50,)","(,5.0]","(1,5)","[-5,-5]"}'::numrange[]) AS v;
CREATE TABLE v_daterange AS SELECT unnest(ARRAY['empty', '[2000-01-01,2000-02-01)', '[0044-03-15 BC,infinity]'])::daterange AS v;
CREATE TABLE v_tsrange AS SELECT tsrange(least(v, '2020-01-01'), greatest(v, '2020-01-01'), '[]') AS v FROM v_timestamp;
CREATE TABLE v_tstzrange AS SELECT tstzrange(least(v, '2020-01-01'), NULL, '()') AS v FROM v_timestamptz;

CREATE TYPE mood AS ENUM ('sad', 'NULL', '', 'two words', 'a,b', 'quo"te', 'back\slash', E'tab\t', 'grün', '{}');
CREATE TABLE v_mood AS SELECT unnest(enum_range(NULL::mood)) AS v;
CREATE DOMAIN price AS numeric(12, 2) CHECK (value >= 0);
CREATE DOMAIN low_price AS price;
CREATE DOMAIN area AS box;
CREATE DOMAIN numbers_list AS int4[];
CREATE DOMAIN feeling AS mood;
CREATE TABLE v_low_price AS SELECT (n / 7.0)::low_price AS v FROM generate_series(0, 50) n;
CREATE TABLE v_area AS SELECT v::area AS v FROM (SELECT v FROM v_box LIMIT 50) AS few;
CREATE TABLE v_numbers_list AS SELECT unnest(ARRAY['{}', '{1,2,NULL}', '[0:1]={3,4}', '{{1,2},{3,4}}', NULL])::numbers_list AS v;
CREATE TABLE v_feeling AS SELECT v::feeling AS v FROM v_mood;
CREATE TYPE float_range AS RANGE (subtype = float8, subtype_diff = float8mi);
CREATE TYPE inet_range AS RANGE (subtype = inet);
CREATE DOMAIN moment AS timestamp;
CREATE TYPE moment_range AS RANGE (subtype = moment);
CREATE DOMAIN span AS float_range;
CREATE TABLE v_float_range AS SELECT unnest('{empty,"(,)","[-1e300,2.5)","(NaN,)","(,Infinity]"}'::float_range[]) AS v;
CREATE TABLE v_inet_range AS SELECT unnest('{"[10.0.0.0/8,10.0.0.255]","(::1,)"}'::inet_range[]) AS v;
CREATE TABLE v_moment_range AS SELECT moment_range('2000-01-01 BC'::timestamp, '2020-01-01 00:00:01.5') AS v;
CREATE TABLE v_span AS SELECT v::span AS v FROM v_float_range;
