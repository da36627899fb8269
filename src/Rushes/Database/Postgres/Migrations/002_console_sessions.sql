-- Console sessions. Only the SHA-256 of a session's id is stored.
CREATE TABLE console_sessions (
  hash       bytea PRIMARY KEY CHECK (length(hash) = 32),
  key        bigint NOT NULL REFERENCES api_keys (id),
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL
);

CREATE INDEX console_sessions_key ON console_sessions (key);

-- Earlier versions encrypted cookies with it.
DELETE FROM secrets WHERE name = 'console';
