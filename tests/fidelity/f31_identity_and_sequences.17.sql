-- F31: the identity of a partitioned table, shared by its partitions.
CREATE TABLE f31.idp (a int GENERATED ALWAYS AS IDENTITY (INCREMENT 10), b int) PARTITION BY RANGE (b);
CREATE TABLE f31.idp1 PARTITION OF f31.idp FOR VALUES FROM (0) TO (10);
CREATE TABLE f31.idp2 (b int, a int NOT NULL);
ALTER TABLE f31.idp ATTACH PARTITION f31.idp2 FOR VALUES FROM (10) TO (20);
INSERT INTO f31.idp (b) SELECT i FROM generate_series(0, 19) i;
