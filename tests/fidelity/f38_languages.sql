-- F38: languages over handlers in the user's own schema and in another language, transforms, functions that use them.
CREATE SCHEMA f38_lang;
CREATE FUNCTION f38_lang.handler() RETURNS language_handler LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_call_handler';
CREATE FUNCTION f38_lang.inliner(internal) RETURNS void LANGUAGE c STRICT AS '$libdir/plpgsql', 'plpgsql_inline_handler';
CREATE FUNCTION f38_lang.validator(oid) RETURNS void LANGUAGE c STRICT AS '$libdir/plpgsql', 'plpgsql_validator';
CREATE TRUSTED LANGUAGE "Trap Lang" HANDLER f38_lang.handler INLINE f38_lang.inliner VALIDATOR f38_lang.validator;
ALTER LANGUAGE "Trap Lang" OWNER TO trap_r1;
COMMENT ON LANGUAGE "Trap Lang" IS 'another name for plpgsql';
REVOKE USAGE ON LANGUAGE "Trap Lang" FROM PUBLIC;
GRANT USAGE ON LANGUAGE "Trap Lang" TO trap_r2;
CREATE LANGUAGE trap_untrusted HANDLER plpgsql_call_handler;
CREATE FUNCTION f38_lang.runs() RETURNS int LANGUAGE "Trap Lang" AS 'BEGIN RETURN 1; END';
REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC;
GRANT USAGE ON LANGUAGE plpgsql TO trap_r1;
REVOKE USAGE ON LANGUAGE sql FROM PUBLIC;
CREATE TYPE f38_lang.ty AS (a int);
CREATE FUNCTION f38_lang.from_sql(internal) RETURNS internal LANGUAGE internal IMMUTABLE STRICT AS 'prsd_lextype';
CREATE FUNCTION f38_lang.to_sql(internal) RETURNS f38_lang.ty LANGUAGE internal IMMUTABLE STRICT AS 'int4recv';
CREATE FUNCTION f38_lang.to_text(internal) RETURNS text LANGUAGE internal IMMUTABLE STRICT AS 'textrecv';
CREATE TRANSFORM FOR f38_lang.ty LANGUAGE "Trap Lang" (FROM SQL WITH FUNCTION f38_lang.from_sql(internal),
  TO SQL WITH FUNCTION f38_lang.to_sql(internal));
CREATE TRANSFORM FOR int LANGUAGE sql (FROM SQL WITH FUNCTION prsd_lextype(internal));
CREATE TRANSFORM FOR text LANGUAGE "Trap Lang" (TO SQL WITH FUNCTION f38_lang.to_text(internal));
COMMENT ON TRANSFORM FOR f38_lang.ty LANGUAGE "Trap Lang" IS 'both ways';
CREATE FUNCTION f38_lang.uses(f38_lang.ty) RETURNS int LANGUAGE "Trap Lang" TRANSFORM FOR TYPE f38_lang.ty
  AS 'BEGIN RETURN 1; END';
