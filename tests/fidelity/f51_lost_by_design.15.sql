-- database: trap_losses
-- reports: warning SUBSCRIPTION f51_skips
-- F51: a subscription that is told to skip a transaction.
CREATE SUBSCRIPTION f51_skips CONNECTION 'dbname=nowhere' PUBLICATION p WITH (connect = false, slot_name = NONE);
ALTER SUBSCRIPTION f51_skips SKIP (lsn = '0/12345678');
