-- F38: subscriptions of this database, with and without a slot.
CREATE SUBSCRIPTION "f38 Odd ""s""" CONNECTION 'host=127.0.0.1 port=1 dbname=''no such'' password=sesame'
  PUBLICATION one, "Two ""2""" WITH (connect = false, slot_name = 'f38_slot', synchronous_commit = 'remote_apply');
CREATE SUBSCRIPTION f38_slotless CONNECTION 'dbname=nowhere' PUBLICATION one WITH (connect = false, slot_name = NONE);
COMMENT ON SUBSCRIPTION f38_slotless IS 'without a slot';
