-- F23: arguments that a procedure only returns belong to its name from 14 on.
CREATE PROCEDURE f23.po(a int, OUT b int, OUT c text) LANGUAGE plpgsql AS 'BEGIN b := 1; c := a; END';
COMMENT ON PROCEDURE f23.po(int, OUT int, OUT text) IS 'out';
GRANT EXECUTE ON PROCEDURE f23.po(int, OUT int, OUT text) TO trap_r1;
ALTER PROCEDURE f23.po(int, OUT int, OUT text) OWNER TO trap_r2;
