-- until: 16
-- F04: an index expression whose function names another without its schema. No server restores it with an empty
-- search_path, so the entry is reported by name, and everything else must come back. From 17 on CREATE INDEX itself
-- is refused.
-- database: trap_capture
CREATE FUNCTION g(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 + 1';
CREATE FUNCTION h(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT g($1)';
CREATE TABLE captured (a int, b text);
-- Big enough to be cut, were a query on it possible.
INSERT INTO captured SELECT i, repeat('y', 1000) FROM generate_series(1, 20000) i;
-- fails: INDEX public.captured_h on captured
CREATE INDEX captured_h ON captured (h(a));
CREATE INDEX captured_b ON captured (b);
CREATE VIEW above AS SELECT h(a) FROM captured;
