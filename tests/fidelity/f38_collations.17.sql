-- F38: the builtin provider.
CREATE COLLATION f38_coll.builtin (PROVIDER = builtin, LOCALE = 'C.UTF-8');
CREATE COLLATION f38_coll.builtin_c (PROVIDER = builtin, LOCALE = 'C');
COMMENT ON COLLATION f38_coll.builtin IS 'comes with the server';
