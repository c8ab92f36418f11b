-- F38: generated columns in publications, new in 18.
CREATE TABLE f38_pub.generated (id int PRIMARY KEY, twice int GENERATED ALWAYS AS (id * 2) STORED);
CREATE PUBLICATION f38_generated FOR TABLE f38_pub.generated WITH (publish_generated_columns = stored);
CREATE PUBLICATION f38_generated_listed FOR TABLE f38_pub.generated (twice, id);
