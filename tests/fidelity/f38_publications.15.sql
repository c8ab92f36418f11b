-- F38: column lists, row filters and schemas, new in 15.
CREATE PUBLICATION f38_columns FOR TABLE f38_pub.plain ("Odd ""c""", id) WHERE (id > 5 AND "Odd ""c""" <> 'it''s'),
  f38_pub.part (id) WHERE (id IS NOT NULL);
CREATE PUBLICATION f38_flag FOR TABLE f38_pub.plain WHERE (flag);
CREATE SCHEMA "f38 Odd ""S""";
CREATE PUBLICATION f38_schemas FOR TABLES IN SCHEMA f38_pub, "f38 Odd ""S""";
CREATE PUBLICATION f38_mixed FOR TABLE f38_pub.super, TABLES IN SCHEMA "f38 Odd ""S""" WITH (publish = 'insert');
COMMENT ON PUBLICATION f38_schemas IS 'of schemas';
