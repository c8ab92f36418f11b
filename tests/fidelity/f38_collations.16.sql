-- F38: rules of an ICU collation.
CREATE COLLATION f38_coll.rules (PROVIDER = icu, LOCALE = 'und', RULES = '&a < g < ''"''');
CREATE INDEX ON f38_coll.t (a COLLATE f38_coll.rules);
