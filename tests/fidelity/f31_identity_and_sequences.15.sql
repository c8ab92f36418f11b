-- F31: sequences that are not logged, and such whose state differs from their table's.
CREATE UNLOGGED SEQUENCE f31.unlogged START 5;
CREATE TABLE f31.mixed (id int GENERATED ALWAYS AS IDENTITY);
ALTER SEQUENCE f31.mixed_id_seq SET UNLOGGED;
ALTER SEQUENCE f31.unl_id_seq SET LOGGED;
