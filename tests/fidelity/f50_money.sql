-- database: trap_money
-- F50: a database that writes money in another way than the sessions that save and restore it. The test program makes the
-- locale.
CREATE TABLE public.prices (id int, price money, list money[], CONSTRAINT dear CHECK (price < '100000000'::numeric::money));
SET lc_monetary = 'C';
INSERT INTO public.prices VALUES (1, '$1,234,567.89', ARRAY['$0.01', NULL, '-$1,000.10']::money[]), (2, '-$0.05', '{}'), (3, NULL, NULL);
INSERT INTO public.prices SELECT i, (i * 1111.11)::numeric::money, ARRAY[(i / 100.0)::numeric::money] FROM generate_series(4, 200) i;
CREATE TABLE public.born (id int, price money DEFAULT '$12.34'::money, cheap money DEFAULT 1234.5::numeric::money);
INSERT INTO public.born VALUES (1);
CREATE VIEW public.dear_ones AS SELECT id FROM public.prices WHERE price > '$5,000.25'::money;
CREATE MATERIALIZED VIEW public.total AS SELECT sum(price) AS total FROM public.prices;
CREATE INDEX ON public.prices (price) WHERE price > '$1,000.00'::money;
ALTER DATABASE trap_money SET lc_monetary = 'de_DE.utf8';
