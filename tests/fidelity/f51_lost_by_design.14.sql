-- database: trap_losses
-- reports: warning TABLE ATTACH f51.leaving
-- F51: a partition whose DETACH CONCURRENTLY did not come to its end.
CREATE TABLE f51.pt (a int) PARTITION BY LIST (a);
CREATE TABLE f51.staying PARTITION OF f51.pt FOR VALUES IN (1);
CREATE TABLE f51.leaving PARTITION OF f51.pt FOR VALUES IN (2);
INSERT INTO f51.pt VALUES (1), (2);
SET allow_system_table_mods = on;
UPDATE pg_catalog.pg_inherits SET inhdetachpending = true WHERE inhrelid = 'f51.leaving'::regclass;
