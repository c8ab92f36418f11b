-- What a shop keeps beside pgbench's tables: one of each kind of object that a
-- small application has.
CREATE SCHEMA sales;
COMMENT ON SCHEMA sales IS 'orders and what they contain';

CREATE TYPE sales.order_state AS ENUM ('open', 'paid', 'sent');
CREATE DOMAIN sales.amount AS numeric(12, 2) CHECK (VALUE >= 0);

CREATE TABLE sales.customer (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL,
  email text UNIQUE,
  created timestamptz NOT NULL DEFAULT '2024-01-01 00:00+00'
);

CREATE TABLE sales.purchase (
  id bigserial,
  customer_id bigint NOT NULL REFERENCES sales.customer,
  state sales.order_state NOT NULL DEFAULT 'open',
  net sales.amount NOT NULL,
  gross numeric GENERATED ALWAYS AS (net * 1.19) STORED,
  day date NOT NULL,
  PRIMARY KEY (id, day)
) PARTITION BY RANGE (day);
CREATE TABLE sales.purchase_2023 PARTITION OF sales.purchase FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
CREATE TABLE sales.purchase_2024 PARTITION OF sales.purchase FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE INDEX purchase_open ON sales.purchase (customer_id) WHERE state = 'open';

CREATE FUNCTION sales.lower_email() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.email := lower(NEW.email);
  RETURN NEW;
END $$;
CREATE TRIGGER lower_email BEFORE INSERT OR UPDATE ON sales.customer
  FOR EACH ROW EXECUTE FUNCTION sales.lower_email();

INSERT INTO sales.customer (name, email)
SELECT format('Customer "%s" \ %s', n, chr(228)), 'Person' || n || '@Example.org' FROM generate_series(1, 20000) n;
INSERT INTO sales.purchase (customer_id, state, net, day)
SELECT 1 + n % 20000, (ARRAY['open', 'paid', 'sent'])[1 + n % 3]::sales.order_state, n % 1000, '2023-01-01'::date + n % 730
FROM generate_series(1, 200000) n;

CREATE VIEW sales.turnover AS
  SELECT c.name, sum(p.gross) AS gross FROM sales.customer c JOIN sales.purchase p ON p.customer_id = c.id GROUP BY c.name;
CREATE MATERIALIZED VIEW sales.turnover_by_day AS
  SELECT day, sum(gross) AS gross FROM sales.purchase GROUP BY day;
CREATE UNIQUE INDEX ON sales.turnover_by_day (day);
GRANT USAGE ON SCHEMA sales TO PUBLIC;
GRANT SELECT ON sales.turnover TO PUBLIC;
