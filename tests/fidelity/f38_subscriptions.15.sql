-- F38: options of subscriptions that are new in 15.
CREATE SUBSCRIPTION f38_two_phase CONNECTION 'dbname=nowhere' PUBLICATION one
  WITH (connect = false, two_phase = true, disable_on_error = true, slot_name = 'f38_two');
