-- F38: conversions, default and not.
CREATE SCHEMA f38_conv;
CREATE CONVERSION f38_conv.plain FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
CREATE DEFAULT CONVERSION f38_conv."Default One" FOR 'UTF8' TO 'LATIN1' FROM utf8_to_iso8859_1;
ALTER CONVERSION f38_conv.plain OWNER TO trap_r1;
COMMENT ON CONVERSION f38_conv."Default One" IS 'to latin';
