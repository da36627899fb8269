-- The size of the requests of an account's jobs; see NewJob.StoredBytes. Triggers update it, so that jobs of gateways that run an
-- earlier version during an upgrade are counted too.
CREATE TABLE stored_requests (
  account integer PRIMARY KEY,
  bytes   bigint NOT NULL
);

CREATE FUNCTION count_requests() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO stored_requests (account, bytes)
  SELECT account, sum((CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END) * (1000 + octet_length(input)
    + octet_length(coalesce(echo, '')) + octet_length(coalesce(webhook_url, ''))))
  FROM changed GROUP BY account
  ON CONFLICT (account) DO UPDATE SET bytes = stored_requests.bytes + excluded.bytes;
  RETURN NULL;
END $$;

CREATE TRIGGER jobs_count AFTER INSERT ON jobs
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_requests();
CREATE TRIGGER jobs_uncount AFTER DELETE ON jobs
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_requests();

INSERT INTO stored_requests (account, bytes)
SELECT account, sum(1000 + octet_length(input) + octet_length(coalesce(echo, '')) + octet_length(coalesce(webhook_url, '')))
FROM jobs GROUP BY account;
