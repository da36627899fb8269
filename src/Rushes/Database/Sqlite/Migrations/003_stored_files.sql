-- The files of accounts in the file store, and their total size per account. Includes files of requests that are still being
-- processed.
CREATE TABLE stored_files (
  key        TEXT PRIMARY KEY,
  account    INTEGER NOT NULL,
  bytes      INTEGER NOT NULL CHECK (bytes >= 0),
  counted_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE stored_bytes (
  account INTEGER PRIMARY KEY,
  bytes   INTEGER NOT NULL
) STRICT;
