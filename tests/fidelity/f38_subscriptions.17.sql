-- F38: options of subscriptions that are new in 17.
CREATE SUBSCRIPTION f38_failover CONNECTION 'dbname=nowhere' PUBLICATION one
  WITH (connect = false, failover = true, slot_name = 'f38_three');
