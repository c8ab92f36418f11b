-- What the traps need outside their database; run in both clusters, once. The tablespace trap_ts is made by the test
-- program, which knows a folder for it.
CREATE ROLE trap_r1;
CREATE ROLE trap_r2;
CREATE ROLE "trap R 3";
CREATE ROLE trap_login LOGIN;
GRANT trap_r1 TO trap_r2;
