-- database: trap_event_triggers
-- F39 (event triggers): one that refuses every DDL, always. It comes last, here and in a restore.
CREATE SCHEMA f39;
CREATE FUNCTION f39.stop() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no DDL here'; END $$;
CREATE EVENT TRIGGER f39_stop ON ddl_command_start EXECUTE FUNCTION f39.stop();
ALTER EVENT TRIGGER f39_stop ENABLE ALWAYS;
