-- F37: the privilege that 17 brought, alone and taken from the owner.
CREATE TABLE f37.kept (a int);
GRANT MAINTAIN ON f37.kept TO trap_r1 WITH GRANT OPTION;
CREATE TABLE f37.unkept (a int);
REVOKE MAINTAIN ON f37.unkept FROM postgres;
