-- The size of the requests of an account's jobs; see NewJob.StoredBytes. Each commit that creates or deletes jobs updates it.
CREATE TABLE stored_requests (
  account INTEGER PRIMARY KEY,
  bytes   INTEGER NOT NULL
) STRICT;

INSERT INTO stored_requests (account, bytes)
SELECT account, sum(1000 + octet_length(input) + octet_length(ifnull(echo, '')) + octet_length(ifnull(webhook_url, '')))
FROM jobs GROUP BY account;
