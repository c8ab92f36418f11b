-- F45: indexes of one table that carry CLUSTER ON, REPLICA IDENTITY and statistics targets. Each of these locks the table
-- exclusively while others build its indexes.
CREATE SCHEMA f45;
DO $$
BEGIN
  FOR i IN 1..6 LOOP
    EXECUTE format('CREATE TABLE f45.t%s (a int NOT NULL, b int NOT NULL, c text)', i);
    EXECUTE format('INSERT INTO f45.t%s SELECT j, j, j::text FROM generate_series(1, 2000) j', i);
    EXECUTE format('CREATE INDEX t%1$s_clustered ON f45.t%1$s (c)', i);
    EXECUTE format('CREATE UNIQUE INDEX t%1$s_identity ON f45.t%1$s (a)', i);
    EXECUTE format('CREATE INDEX t%1$s_target ON f45.t%1$s ((a + b), (a * b))', i);
    EXECUTE format('CREATE INDEX t%1$s_plain ON f45.t%1$s (b)', i);
    EXECUTE format('ALTER TABLE f45.t%1$s CLUSTER ON t%1$s_clustered', i);
    EXECUTE format('ALTER TABLE f45.t%1$s REPLICA IDENTITY USING INDEX t%1$s_identity', i);
    EXECUTE format('ALTER INDEX f45.t%s_target ALTER COLUMN 1 SET STATISTICS 33, ALTER COLUMN 2 SET STATISTICS 44', i);
  END LOOP;
END
$$;
-- The same by constraints.
CREATE TABLE f45.keys (a int PRIMARY KEY, b int NOT NULL UNIQUE, c int NOT NULL, UNIQUE (c, a));
ALTER TABLE f45.keys CLUSTER ON keys_pkey; ALTER TABLE f45.keys REPLICA IDENTITY USING INDEX keys_b_key;
INSERT INTO f45.keys SELECT i, i, i FROM generate_series(1, 2000) i;
CREATE MATERIALIZED VIEW f45.view AS SELECT a, b FROM f45.keys;
CREATE UNIQUE INDEX view_a ON f45.view (a); CREATE INDEX view_b ON f45.view (b); ALTER MATERIALIZED VIEW f45.view CLUSTER ON view_b;
