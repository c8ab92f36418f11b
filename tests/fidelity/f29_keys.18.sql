-- F29, from 18 on: temporal keys and constraints that are not enforced.
CREATE TABLE f29.tk (id int4range, v daterange, PRIMARY KEY (id, v WITHOUT OVERLAPS));
CREATE TABLE f29.tf (id int4range, v daterange, CONSTRAINT tf_fk FOREIGN KEY (id, PERIOD v) REFERENCES f29.tk (id, PERIOD v));
CREATE TABLE f29.ne (a int CONSTRAINT ne_check CHECK (a > 0) NOT ENFORCED, up int, id int PRIMARY KEY, CONSTRAINT ne_fk FOREIGN KEY (up) REFERENCES f29.ne (id) MATCH FULL NOT ENFORCED);
ALTER TABLE f29.fk2 ADD CONSTRAINT nv FOREIGN KEY (a, b) REFERENCES f29.pk2 NOT VALID;
COMMENT ON CONSTRAINT ne_check ON f29.ne IS 'never checked'; COMMENT ON CONSTRAINT tk_pkey ON f29.tk IS 'temporal';
INSERT INTO f29.tk VALUES ('[1,2)', '[2020-01-01,2021-01-01)'), ('[1,2)', '[2021-01-01,2022-01-01)');
INSERT INTO f29.tf VALUES ('[1,2)', '[2020-05-01,2021-05-01)');
INSERT INTO f29.ne VALUES (-1, 99, 1);
