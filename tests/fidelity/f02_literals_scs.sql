-- database: trap_scs
-- F02 again, where literals are read and printed in the old way.
ALTER DATABASE trap_scs SET standard_conforming_strings = off;
ALTER DATABASE trap_scs SET backslash_quote = off;
ALTER DATABASE trap_scs SET escape_string_warning = off;
SET standard_conforming_strings = off;
CREATE TABLE lit (a text DEFAULT 'a\\b''c\n\\. $$');
COMMENT ON TABLE lit IS 'a\\b''c\n\\. $$';
INSERT INTO lit VALUES ('\\.'), ('\\'), (''''), (DEFAULT);
CREATE VIEW vlit AS SELECT 'x\\y'::text AS c;
CREATE FUNCTION flit() RETURNS text LANGUAGE sql AS 'SELECT ''a\\\\b''::text';
