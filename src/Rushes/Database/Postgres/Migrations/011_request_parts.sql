-- Counted in parts, one for each connection, so that gateways that create jobs of one account do not wait for each other.
ALTER TABLE stored_requests RENAME TO stored_request_parts;
ALTER TABLE stored_request_parts ADD COLUMN part smallint NOT NULL DEFAULT 0;
ALTER TABLE stored_request_parts DROP CONSTRAINT stored_requests_pkey;
ALTER TABLE stored_request_parts ADD PRIMARY KEY (account, part);

CREATE VIEW stored_requests AS
SELECT account, CAST(sum(bytes) AS bigint) AS bytes FROM stored_request_parts GROUP BY account;

-- By account, because two connections can have the same part and must not wait for each other.
CREATE OR REPLACE FUNCTION count_requests() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO stored_request_parts (account, part, bytes)
  SELECT account, pg_backend_pid() % 256, sum((CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END) * (1000 + octet_length(input)
    + octet_length(coalesce(echo, '')) + octet_length(coalesce(webhook_url, ''))))
  FROM changed GROUP BY account ORDER BY account
  ON CONFLICT (account, part) DO UPDATE SET bytes = stored_request_parts.bytes + excluded.bytes;
  RETURN NULL;
END $$;
