-- F12: the option that runs a view with its caller's rights.
CREATE VIEW f12.vi WITH (security_barrier, security_invoker = on) AS SELECT * FROM f12.vt1 WHERE a > 0 WITH CASCADED CHECK OPTION;
