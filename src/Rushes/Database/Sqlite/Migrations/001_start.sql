CREATE TABLE accounts (
  id   INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE CHECK (name <> '')
) STRICT;

CREATE TABLE api_keys (
  hash       BLOB PRIMARY KEY CHECK (length(hash) = 32),
  account    INTEGER NOT NULL REFERENCES accounts (id),
  scopes     INTEGER NOT NULL CHECK (scopes >= 0),
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE secrets (
  name  TEXT PRIMARY KEY,
  value BLOB NOT NULL CHECK (length(value) > 0)
) STRICT, WITHOUT ROWID;

-- Times are milliseconds since 1970. States: 0 pending, 1 running, 2 retry, 3 completed, 4 failed, 5 cancelled.
CREATE TABLE jobs (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  account       INTEGER NOT NULL REFERENCES accounts (id),
  model         TEXT NOT NULL,
  lane          TEXT NOT NULL,
  tier          INTEGER NOT NULL,
  priority      INTEGER NOT NULL,
  state         INTEGER NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 5),
  work          INTEGER NOT NULL CHECK (work >= 0),
  "binary"      INTEGER NOT NULL CHECK ("binary" IN (0, 1)),
  created_at    INTEGER NOT NULL,
  started_at    INTEGER,
  ended_at      INTEGER,
  attempts      INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  interruptions INTEGER NOT NULL DEFAULT 0 CHECK (interruptions >= 0),
  fence         INTEGER NOT NULL DEFAULT 0 CHECK (fence >= 0),
  worker        TEXT,
  lease_until   INTEGER,
  done          INTEGER NOT NULL DEFAULT 0 CHECK (done >= 0),
  total         INTEGER NOT NULL DEFAULT 0 CHECK (total >= 0),
  stop          INTEGER NOT NULL DEFAULT 0 CHECK (stop IN (0, 1)),
  result_key    TEXT,
  result_bytes  INTEGER NOT NULL DEFAULT 0 CHECK (result_bytes >= 0),
  error_code    TEXT,
  error_message TEXT,
  plan          TEXT NOT NULL,
  input         TEXT NOT NULL,

  CHECK ((state = 1) = (lease_until IS NOT NULL)),
  CHECK (state <> 1 OR (worker IS NOT NULL AND started_at IS NOT NULL AND fence > 0)),
  CHECK (state NOT IN (0, 2) OR (worker IS NULL AND started_at IS NULL AND stop = 0)),
  CHECK (state <> 0 OR fence = 0),
  CHECK ((state >= 3) = (ended_at IS NOT NULL)),
  CHECK ((state = 3) = (result_key IS NOT NULL)),
  CHECK ((state = 4) = (error_code IS NOT NULL)),
  CHECK ((error_code IS NULL) = (error_message IS NULL))
) STRICT;

-- The order of dispatch. The id, which comes last in it, is part of every index.
CREATE INDEX jobs_queued ON jobs (lane, tier DESC, priority DESC) WHERE state IN (0, 2);
CREATE INDEX jobs_running ON jobs (lease_until) WHERE state = 1;
CREATE INDEX jobs_completed ON jobs (ended_at) WHERE state = 3;
