-- A user of extensions that are not PostgreSQL's own: postgis with its configuration table, and small ones.
CREATE SCHEMA geo;
CREATE EXTENSION postgis;
CREATE EXTENSION postgis_topology;
CREATE EXTENSION fuzzystrmatch;
CREATE EXTENSION ip4r WITH SCHEMA geo;
CREATE EXTENSION hll;
CREATE TABLE geo.places (id serial PRIMARY KEY, name text, pt geometry(Point, 4326) NOT NULL, shape geography, box box2d);
INSERT INTO geo.places (name, pt, shape) SELECT 'p' || i, ST_SetSRID(ST_MakePoint(i % 90, i % 45), 4326),
  ST_Buffer(ST_SetSRID(ST_MakePoint(i % 90, i % 45), 4326)::geography, 1000) FROM generate_series(1, 200) i;
CREATE INDEX places_pt ON geo.places USING gist (pt);
CREATE INDEX places_nd ON geo.places USING gist (pt gist_geometry_ops_nd);
CREATE INDEX places_sp ON geo.places USING spgist (pt);
CREATE INDEX places_geog ON geo.places USING gist (shape);
CREATE INDEX places_area ON geo.places (ST_Area(shape));
ALTER TABLE geo.places ADD CONSTRAINT valid CHECK (ST_IsValid(pt));
CREATE TABLE geo.lines (g geometry(LineStringZM), x geometry GENERATED ALWAYS AS (ST_Force2D(g)) STORED);
INSERT INTO geo.lines (g) VALUES ('LINESTRING ZM (0 0 1 2, 1 1 3 4)');
CREATE VIEW geo.near AS SELECT a.id, b.name FROM geo.places a JOIN geo.places b ON ST_DWithin(a.pt, b.pt, 1.5);
CREATE MATERIALIZED VIEW geo.hull AS SELECT ST_ConvexHull(ST_Collect(pt)) AS g FROM geo.places;
CREATE INDEX ON geo.hull USING gist (g);
CREATE FUNCTION geo.half(geometry) RETURNS geometry LANGUAGE sql IMMUTABLE AS 'SELECT ST_Scale($1, 0.5, 0.5)';
INSERT INTO spatial_ref_sys (srid, auth_name, auth_srid, srtext, proj4text) VALUES (990001, 'own', 1, 'x', '+proj=longlat');
CREATE TABLE geo.nets (net geo.ip4r PRIMARY KEY, v6 geo.ip6r, any_one geo.iprange);
INSERT INTO geo.nets VALUES ('10.0.0.0/8', '2001:db8::/32', '10.1.2.3-10.1.2.9'), ('192.168.0.1', NULL, NULL);
CREATE INDEX nets_gist ON geo.nets USING gist (net);
CREATE TABLE geo.visits (day date, users hll DEFAULT hll_empty());
INSERT INTO geo.visits SELECT '2020-01-01', hll_add_agg(hll_hash_integer(i)) FROM generate_series(1, 1000) i;
