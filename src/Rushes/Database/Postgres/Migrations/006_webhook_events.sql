-- The events that are posted to a job's webhook, added up: 1 end, 2 start, 4 output, 8 progress. A delivery reports one of them.
ALTER TABLE jobs ADD COLUMN webhook_events smallint NOT NULL DEFAULT 1 CHECK (webhook_events BETWEEN 0 AND 15);
ALTER TABLE deliveries ADD COLUMN event smallint NOT NULL DEFAULT 1 CHECK (event IN (1, 2, 4, 8));
