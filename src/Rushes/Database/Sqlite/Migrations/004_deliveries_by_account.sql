-- Accounts take turns, so due deliveries are found by account and host.
DROP INDEX deliveries_due;
CREATE INDEX deliveries_due ON deliveries (account, host, next_at) WHERE state = 0;
