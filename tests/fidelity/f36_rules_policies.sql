-- F36: rules (conditional, of several actions, disabled, on views), row security.
DO $$ BEGIN
  IF to_regrole('trap_r1') IS NULL THEN CREATE ROLE trap_r1; END IF;
  IF to_regrole('"trap R 3"') IS NULL THEN CREATE ROLE "trap R 3"; END IF;
END $$;
CREATE SCHEMA f36;
CREATE TABLE f36.vt1 (a int, b text); CREATE TABLE f36.log (a int, what text);
CREATE RULE ru AS ON INSERT TO f36.vt1 WHERE new.a > 5 DO ALSO (INSERT INTO f36.log VALUES (new.a, 'it''s; in'); DELETE FROM f36.log WHERE a < 0);
ALTER TABLE f36.vt1 DISABLE RULE ru;
CREATE RULE "Upd R" AS ON UPDATE TO f36.vt1 DO ALSO NOTHING; ALTER TABLE f36.vt1 ENABLE REPLICA RULE "Upd R";
CREATE RULE del AS ON DELETE TO f36.vt1 WHERE old.a = 99 DO INSTEAD NOTHING; ALTER TABLE f36.vt1 ENABLE ALWAYS RULE del;
CREATE RULE noti AS ON DELETE TO f36.vt1 DO ALSO NOTIFY "Some channel";
CREATE VIEW f36.v WITH (security_barrier) AS SELECT a, b FROM f36.vt1 WHERE a > 0;
CREATE RULE v_ins AS ON INSERT TO f36.v DO INSTEAD INSERT INTO f36.vt1 VALUES (new.a, new.b) RETURNING a, b;
COMMENT ON RULE ru ON f36.vt1 IS 'disabled'; COMMENT ON RULE v_ins ON f36.v IS 'on a view'; COMMENT ON RULE "_RETURN" ON f36.v IS 'the view itself';
INSERT INTO f36.vt1 VALUES (1, 'x'), (7, 'y');
CREATE TABLE f36.rl (a int, owner_name name);
CREATE POLICY p1 ON f36.rl AS RESTRICTIVE FOR UPDATE TO trap_r1, "trap R 3" USING (a > 0) WITH CHECK (a > 1);
CREATE POLICY "P two" ON f36.rl USING (owner_name = CURRENT_USER AND EXISTS (SELECT 1 FROM f36.vt1 WHERE vt1.a = rl.a));
CREATE POLICY ins ON f36.rl FOR INSERT TO PUBLIC WITH CHECK (true); CREATE POLICY sel ON f36.rl FOR SELECT TO CURRENT_USER USING (true); CREATE POLICY del ON f36.rl FOR DELETE USING (false);
COMMENT ON POLICY p1 ON f36.rl IS 'restrictive';
ALTER TABLE f36.rl ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE TABLE f36.rl_empty (a int); ALTER TABLE f36.rl_empty ENABLE ROW LEVEL SECURITY;
CREATE TABLE f36.rl_off (a int); CREATE POLICY unused ON f36.rl_off USING (a = 1); ALTER TABLE f36.rl_off FORCE ROW LEVEL SECURITY;
CREATE TABLE f36.rl_part (a int) PARTITION BY LIST (a); CREATE TABLE f36.rl_part1 PARTITION OF f36.rl_part FOR VALUES IN (1);
ALTER TABLE f36.rl_part ENABLE ROW LEVEL SECURITY; CREATE POLICY top ON f36.rl_part USING (a > 0); CREATE POLICY leaf ON f36.rl_part1 USING (a > 0);
INSERT INTO f36.rl VALUES (1, 'postgres'); INSERT INTO f36.rl_part VALUES (1);
-- Views that need each other, a function over a view's row, a view that needs a primary key.
CREATE VIEW f36.va AS SELECT 1 AS x; CREATE VIEW f36.vb AS TABLE f36.va; CREATE OR REPLACE VIEW f36.va AS SELECT x FROM f36.vb;
CREATE VIEW f36.vf AS SELECT 1 AS a; CREATE FUNCTION f36.vff(f36.vf) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE OR REPLACE VIEW f36.vf AS SELECT 1 AS a, f36.vff(NULL::f36.vf) AS b;
CREATE TABLE f36.pkt (id int PRIMARY KEY, d text); CREATE VIEW f36.pkv WITH (security_barrier) AS SELECT id, d, count(*) AS n FROM f36.pkt GROUP BY id;
CREATE RULE pkv_ins AS ON INSERT TO f36.pkv DO INSTEAD NOTHING; COMMENT ON COLUMN f36.pkv.n IS 'cnt'; COMMENT ON RULE "_RETURN" ON f36.pkv IS 'waits for the key';
