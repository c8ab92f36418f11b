-- One table a_* per table v_*: arrays of its values with NULLs, empty ones, of several dimensions, and with other first
-- subscripts. The server takes vectors and domains over arrays for arrays when it aggregates them: literals for those.
DO $$
DECLARE
  source record;
  item text;
BEGIN
  FOR source IN
    SELECT substr(c.relname, 3) AS name, format_type(a.atttypid, a.atttypmod) AS type
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'v'
    WHERE c.relname LIKE 'v\_%' AND c.relnamespace = 'public'::regnamespace ORDER BY 1
  LOOP
    item := format('(SELECT v, row_number() OVER () AS n FROM v_%s LIMIT 600) AS item', source.name);
    EXECUTE format('CREATE TABLE a_%s (v %s[])', source.name, source.type);
    EXECUTE format('INSERT INTO a_%s VALUES (''{}''), (''{NULL}'')', source.name);
    IF source.name IN ('int2vector', 'oidvector') THEN
      EXECUTE format('INSERT INTO a_%s VALUES (''{"1 2 3",NULL,7,""}''), (''[0:0]={"4 5"}'')', source.name);
      CONTINUE;
    ELSIF source.name = 'numbers_list' THEN
      INSERT INTO a_numbers_list VALUES ('{"{1,2}",NULL,"{}"}'), ('{{"{{1},{2}}"},{"[0:0]={5}"}}');
      CONTINUE;
    END IF;
    EXECUTE format('INSERT INTO a_%s SELECT array_agg(v) FROM %s GROUP BY n / 5', source.name, item);
    EXECUTE format('INSERT INTO a_%s SELECT (SELECT array_agg(v) FROM %s WHERE n < 0)', source.name, item);
    EXECUTE format('INSERT INTO a_%s SELECT array_agg(ARRAY[v, NULL, v]) FROM %s GROUP BY n / 3', source.name, item);
    EXECUTE format('INSERT INTO a_%s SELECT array_agg(ARRAY[ARRAY[v], ARRAY[v]]) FROM %s GROUP BY n / 3', source.name, item);
    EXECUTE format('INSERT INTO a_%1$s SELECT array_fill(v, ARRAY[2, 1, 2], ARRAY[-1, 0, 7]) FROM %2$s WHERE n < 9',
      source.name, item);
    EXECUTE format('INSERT INTO a_%1$s SELECT array_fill(v, ARRAY[3], ARRAY[2147483644]) FROM %2$s WHERE n < 9',
      source.name, item);
    EXECUTE format('INSERT INTO a_%1$s SELECT array_fill(v, ARRAY[2], ARRAY[-2147483648]) FROM %2$s WHERE n < 9',
      source.name, item);
  END LOOP;
END $$;
