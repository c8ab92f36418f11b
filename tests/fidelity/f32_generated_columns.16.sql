-- F32, from 16 on: a child or partition may say another expression than its parent.
CREATE TABLE f32.overrides (s int GENERATED ALWAYS AS (a + 100) STORED) INHERITS (f32.gt);
CREATE TABLE f32.gp2 PARTITION OF f32.gp (w GENERATED ALWAYS AS (v + 2) STORED) FOR VALUES IN (2);
INSERT INTO f32.overrides (a) VALUES (9); INSERT INTO f32.gp (k, v) VALUES (2, 41);
