-- F18: multiranges with names of their own, one in another schema, and comments on them.
CREATE SCHEMA f18_m;
CREATE TYPE f18.rg14 AS RANGE (subtype = text, collation = "C", multirange_type_name = f18_m.rgmulti);
CREATE TYPE f18.odd AS RANGE (subtype = numeric, multirange_type_name = f18_m."Odd Multi");
ALTER TYPE f18.odd OWNER TO trap_r1;
COMMENT ON TYPE f18_m.rgmulti IS 'several of rg14';
CREATE TABLE f18.mrt (id int, r f18.rg14, m f18_m.rgmulti, o f18_m."Odd Multi");
INSERT INTO f18.mrt VALUES (1, '[a,b)', '{[a,b),[x,y]}', '{[1,2],(5,)}'), (2, NULL, '{}', '{}');
CREATE FUNCTION f18.span(m f18_m.rgmulti) RETURNS f18.rg14 LANGUAGE sql IMMUTABLE AS 'SELECT range_merge(m)';
