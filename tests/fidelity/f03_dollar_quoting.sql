-- F03: bodies that hold, or end in, what might close them.
CREATE SCHEMA f03;
CREATE FUNCTION f03.dq() RETURNS text LANGUAGE sql AS 'SELECT ''$$ $_$ $_X$ a$''::text -- ends with $';
CREATE FUNCTION f03.plain() RETURNS text LANGUAGE sql AS 'SELECT ''$$''::text';
CREATE FUNCTION f03.tail() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; /* $_$ */ END -- $_';
SET check_function_bodies = off;
CREATE FUNCTION f03.tags() RETURNS int LANGUAGE plpgsql AS 'BEGIN -- $_$ $_X$ $_XX$ $pgark$ $body$ $function$
RETURN 1; END $_';
CREATE PROCEDURE f03.proc() LANGUAGE plpgsql AS $x$BEGIN EXECUTE $$SELECT '\'$$; END$x$;
CREATE FUNCTION f03."returns"() RETURNS text LANGUAGE sql AS E'SELECT E''\\r\\n''::text\r\n';
DO $do$ BEGIN EXECUTE format('COMMENT ON FUNCTION f03.dq() IS %L', '$_$ ' || chr(92)); END $do$;
