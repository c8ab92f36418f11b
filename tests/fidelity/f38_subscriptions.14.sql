-- F38: options of subscriptions that are new in 14.
CREATE SUBSCRIPTION f38_binary CONNECTION 'dbname=nowhere' PUBLICATION one
  WITH (connect = false, binary = true, streaming = on, slot_name = NONE);
CREATE SUBSCRIPTION f38_not_streaming CONNECTION 'dbname=nowhere' PUBLICATION one
  WITH (connect = false, streaming = off, slot_name = NONE);
