-- The files of accounts in the file store, and their total size per account. Includes files of requests that are still being
-- processed.
CREATE TABLE stored_files (
  key        text COLLATE "C" PRIMARY KEY,
  account    integer NOT NULL,
  bytes      bigint NOT NULL CHECK (bytes >= 0),
  counted_at timestamptz NOT NULL
);

CREATE TABLE stored_bytes (
  account integer PRIMARY KEY,
  bytes   bigint NOT NULL
);
