-- database: trap_read_only
-- F48: a database that lets nobody write by default. What is restored with its properties is written even so: tables,
-- sequences, large objects and their owners, materialized views, privileges.
CREATE TABLE public.t (id serial PRIMARY KEY, v text);
INSERT INTO public.t (v) SELECT 'row ' || i FROM generate_series(1, 300) i;
CREATE INDEX t_v ON public.t (v);
CREATE MATERIALIZED VIEW public.m AS SELECT count(*) AS n FROM public.t;
CREATE FUNCTION public.f() RETURNS bigint LANGUAGE sql AS 'SELECT n FROM public.m';
SELECT lo_from_bytea(4801, 'read only');
GRANT SELECT ON public.t TO trap_r1;
GRANT SELECT ON LARGE OBJECT 4801 TO trap_r1;
ALTER LARGE OBJECT 4801 OWNER TO trap_r2;
COMMENT ON TABLE public.t IS 'read only';
ALTER ROLE trap_login IN DATABASE trap_read_only SET default_transaction_read_only = off;
ALTER DATABASE trap_read_only SET default_transaction_deferrable = on;
ALTER DATABASE trap_read_only SET default_transaction_read_only = on;
