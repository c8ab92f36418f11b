-- F02: literals with every character that a quoting mode treats in its own way.
CREATE SCHEMA f02;
CREATE TABLE f02.lit (a text DEFAULT E'a\\b''c\n\\. $$' CHECK (a <> E'\\''"'));
COMMENT ON TABLE f02.lit IS E'a\\b''c\n\\. $$';
COMMENT ON COLUMN f02.lit.a IS E'\t\r\n\v\f\u00e9';
INSERT INTO f02.lit VALUES (E'\\.'), (E'\\'), (''''), (DEFAULT), (E'\u2028'), (E'back\bspace');
CREATE VIEW f02.vlit AS SELECT E'\\x''y'::text AS c WHERE E'\\' <> ''::text;
CREATE DOMAIN f02.dlit AS text DEFAULT E'\\''' CHECK (value <> E'a\\');
