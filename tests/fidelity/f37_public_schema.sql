-- database: trap_public
-- F37: the schema public as many leave it: nobody but its owner may create in it, everybody may use it. Versions
-- before 15 make it otherwise.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO PUBLIC;
GRANT CREATE ON SCHEMA public TO trap_r1;
COMMENT ON SCHEMA public IS 'not the standard one';
