-- F38: options of subscriptions that are new in 16.
CREATE SUBSCRIPTION f38_parallel CONNECTION 'dbname=nowhere' PUBLICATION one WITH (connect = false,
  streaming = parallel, origin = none, password_required = false, run_as_owner = true, slot_name = NONE);
