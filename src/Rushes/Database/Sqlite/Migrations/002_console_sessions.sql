-- Console sessions. Only the SHA-256 of a session's id is stored.
CREATE TABLE console_sessions (
  hash       BLOB NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
  key        INTEGER NOT NULL REFERENCES api_keys (id),
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX console_sessions_key ON console_sessions (key);

-- Earlier versions encrypted cookies with it.
DELETE FROM secrets WHERE name = 'console';
