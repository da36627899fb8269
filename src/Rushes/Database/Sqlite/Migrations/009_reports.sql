-- Reports of misuse of videos. They outlive the jobs that they are about.
CREATE TABLE reports (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  at        INTEGER NOT NULL,
  job       INTEGER NOT NULL,
  account   INTEGER NOT NULL REFERENCES accounts (id),
  model     TEXT NOT NULL,
  reason    TEXT NOT NULL CHECK (reason <> ''),
  details   TEXT,
  contact   TEXT,
  reporter  TEXT NOT NULL CHECK (reporter <> ''),
  closed_at INTEGER,
  closed_by TEXT,
  note      TEXT
) STRICT;

CREATE INDEX reports_open ON reports (job) WHERE closed_at IS NULL;
