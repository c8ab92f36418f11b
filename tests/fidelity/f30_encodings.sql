-- database: trap_ascii ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'
-- F30: bytes without an encoding in rows, names, comments and literals.
SET client_encoding = 'SQL_ASCII';
CREATE TABLE raw (a text DEFAULT E'\x80\xff', n int);
INSERT INTO raw SELECT convert_from(decode(lpad(to_hex(i), 2, '0'), 'hex'), 'SQL_ASCII'), i FROM generate_series(128, 255) i;
DO $$ BEGIN
  EXECUTE format('COMMENT ON TABLE raw IS %L', convert_from('\xe980fe27', 'SQL_ASCII'));
  EXECUTE format('CREATE TABLE %I (%I int)', convert_from('\x74e9ff', 'SQL_ASCII'), convert_from('\x63fe', 'SQL_ASCII'));
  EXECUTE format('INSERT INTO %I VALUES (1)', convert_from('\x74e9ff', 'SQL_ASCII'));
END $$;
