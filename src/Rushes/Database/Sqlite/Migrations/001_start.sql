CREATE TABLE accounts (
  id         INTEGER PRIMARY KEY,
  name       TEXT NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 100),
  plan       TEXT NOT NULL DEFAULT 'default' CHECK (plan <> ''),
  suspended  INTEGER NOT NULL DEFAULT 0 CHECK (suspended IN (0, 1)),
  created_at INTEGER NOT NULL
) STRICT;

-- Revoked keys are kept, because the audit log refers to them. Networks: such as 10.1.0.0/16,192.0.2.7/32; null for all.
CREATE TABLE api_keys (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  hash         BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
  account      INTEGER NOT NULL REFERENCES accounts (id),
  name         TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  scopes       INTEGER NOT NULL CHECK (scopes > 0),
  networks     TEXT CHECK (networks <> ''),
  created_at   INTEGER NOT NULL,
  expires_at   INTEGER,
  last_used_at INTEGER,
  revoked_at   INTEGER
) STRICT;

CREATE TABLE secrets (
  name  TEXT PRIMARY KEY,
  value BLOB NOT NULL CHECK (length(value) > 0)
) STRICT, WITHOUT ROWID;

-- Times are milliseconds since 1970. States: 0 pending, 1 running, 2 retry, 3 completed, 4 failed, 5 cancelled, 6 awaiting.
-- Drafts: 0 none, 1 wanted, 2 made, 3 failed. A claimed draft is not claimed again before draft_until. Trace: a W3C traceparent.
CREATE TABLE jobs (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  account       INTEGER NOT NULL REFERENCES accounts (id),
  model         TEXT NOT NULL,
  lane          TEXT NOT NULL,
  tier          INTEGER NOT NULL,
  priority      INTEGER NOT NULL,
  state         INTEGER NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 6),
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
  input_set     TEXT CHECK (length(input_set) = 32),
  dialect       TEXT NOT NULL DEFAULT 'queue' CHECK (dialect <> ''),
  echo          TEXT,
  webhook_url   TEXT CHECK (webhook_url <> ''),
  start_by      INTEGER,
  turn          INTEGER NOT NULL DEFAULT 0 CHECK (turn >= 0),
  price         INTEGER NOT NULL DEFAULT 0 CHECK (price >= 0),
  draft         INTEGER NOT NULL DEFAULT 0 CHECK (draft BETWEEN 0 AND 3),
  draft_key     TEXT,
  draft_until   INTEGER NOT NULL DEFAULT 0,
  draft_fence   INTEGER NOT NULL DEFAULT 0 CHECK (draft_fence >= 0),
  approve_by    INTEGER,
  trace         TEXT CHECK (length(trace) = 55),

  CHECK ((state = 1) = (lease_until IS NOT NULL)),
  CHECK (state <> 1 OR (worker IS NOT NULL AND started_at IS NOT NULL AND fence > 0)),
  CHECK (state NOT IN (0, 2, 6) OR (worker IS NULL AND started_at IS NULL AND stop = 0)),
  CHECK (state NOT IN (0, 6) OR fence = 0),
  CHECK (state <> 6 OR approve_by IS NOT NULL),
  CHECK ((state IN (3, 4, 5)) = (ended_at IS NOT NULL)),
  CHECK ((state = 3) = (result_key IS NOT NULL)),
  CHECK ((state = 4) = (error_code IS NOT NULL)),
  CHECK ((error_code IS NULL) = (error_message IS NULL)),
  CHECK ((draft = 2) = (draft_key IS NOT NULL))
) STRICT;

-- The order of claims. It includes the account, so that jobs of accounts at their concurrency limit are skipped within the index.
CREATE INDEX jobs_queued ON jobs (lane, tier DESC, priority DESC, turn, id, account) WHERE state IN (0, 2);
CREATE INDEX jobs_running ON jobs (lease_until, account) WHERE state = 1;
-- The last turn of an account. Jobs without fair share are left out.
CREATE INDEX jobs_turns ON jobs (account, lane, tier, priority, turn) WHERE state IN (0, 2, 6) AND turn > 0;
CREATE INDEX jobs_ended ON jobs (ended_at) WHERE ended_at IS NOT NULL;
CREATE UNIQUE INDEX jobs_input_set ON jobs (input_set) WHERE input_set IS NOT NULL;
-- Lists of an account's jobs. Only jobs that are in no index above: including all of them would make each create 1.5 times as
-- expensive.
CREATE INDEX jobs_aside ON jobs (account, id) WHERE state >= 3;
CREATE INDEX jobs_start_by ON jobs (start_by) WHERE state = 0 AND start_by IS NOT NULL;
CREATE INDEX jobs_awaiting ON jobs (approve_by) WHERE state = 6;
CREATE INDEX jobs_drafts ON jobs (draft_until, id) WHERE draft = 1 AND state IN (0, 1, 2, 6);

-- Runs after which a job returned to the queue: attempts with an error, interruptions without one. A job's last run is in its
-- own row.
CREATE TABLE past_runs (
  job           INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  fence         INTEGER NOT NULL CHECK (fence > 0),
  worker        TEXT NOT NULL,
  started_at    INTEGER NOT NULL,
  ended_at      INTEGER NOT NULL,
  error_code    TEXT,
  error_message TEXT,
  PRIMARY KEY (job, fence),
  CHECK ((error_code IS NULL) = (error_message IS NULL))
) STRICT, WITHOUT ROWID;

-- Lanes that operators have paused.
CREATE TABLE paused_lanes (
  lane TEXT PRIMARY KEY CHECK (lane <> '')
) STRICT, WITHOUT ROWID;

-- The highest started turn of each lane, tier and priority with unfinished jobs. The turns of new jobs follow it.
CREATE TABLE turns (
  lane     TEXT NOT NULL,
  tier     INTEGER NOT NULL,
  priority INTEGER NOT NULL,
  started  INTEGER NOT NULL CHECK (started > 0),
  PRIMARY KEY (lane, tier, priority)
) STRICT, WITHOUT ROWID;

CREATE TABLE idempotency_keys (
  account    INTEGER NOT NULL REFERENCES accounts (id),
  key        TEXT NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
  body_hash  BLOB NOT NULL CHECK (length(body_hash) = 32),
  job        INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (account, key)
) STRICT, WITHOUT ROWID;

-- Also ordered by age, because a key is as old as its job.
CREATE INDEX idempotency_keys_job ON idempotency_keys (job);

-- Webhook deliveries. States: 0 pending, 1 delivered, 2 stopped, 3 failed.
-- A run contains the attempts since the job ended or since its owner requested redelivery.
CREATE TABLE deliveries (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  job        INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  account    INTEGER NOT NULL REFERENCES accounts (id),
  dialect    TEXT NOT NULL,
  url        TEXT NOT NULL,
  host       TEXT NOT NULL,
  state      INTEGER NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 3),
  tries      INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0),
  run_tries  INTEGER NOT NULL DEFAULT 0 CHECK (run_tries BETWEEN 0 AND tries),
  next_at    INTEGER,
  created_at INTEGER NOT NULL,
  ended_at   INTEGER,

  CHECK ((state = 0) = (next_at IS NOT NULL)),
  CHECK ((state = 0) = (ended_at IS NULL)),
  CHECK (state = 0 OR tries > 0)
) STRICT;

CREATE INDEX deliveries_due ON deliveries (host, next_at) WHERE state = 0;
CREATE INDEX deliveries_job ON deliveries (job);
CREATE INDEX deliveries_ended ON deliveries (ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE delivery_tries (
  delivery     INTEGER NOT NULL REFERENCES deliveries (id) ON DELETE CASCADE,
  number       INTEGER NOT NULL CHECK (number > 0),
  at           INTEGER NOT NULL,
  status       INTEGER CHECK (status BETWEEN 100 AND 999),
  milliseconds INTEGER NOT NULL CHECK (milliseconds >= 0),
  answer       TEXT CHECK (length(answer) <= 1024),
  error        TEXT,
  PRIMARY KEY (delivery, number),
  CHECK (status IS NOT NULL OR error IS NOT NULL)
) STRICT, WITHOUT ROWID;

-- Ledger accounts. Kinds: 0 credit, 1 held (of customers), 2 revenue, 3 issuer (of the operator, one per currency).
-- Amounts are in millionths of the currency unit. Only the issuer may be negative.
CREATE TABLE ledger_accounts (
  id       INTEGER PRIMARY KEY,
  kind     INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 3),
  account  INTEGER REFERENCES accounts (id),
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  balance  INTEGER NOT NULL DEFAULT 0,

  CHECK ((kind <= 1) = (account IS NOT NULL)),
  CHECK (kind = 3 OR balance >= 0)
) STRICT;

CREATE UNIQUE INDEX ledger_accounts_customer ON ledger_accounts (account, kind) WHERE account IS NOT NULL;
CREATE UNIQUE INDEX ledger_accounts_house ON ledger_accounts (currency, kind) WHERE account IS NULL;

-- Ledger entries. One row has both sides of a transfer, so that no entry can be unbalanced.
-- Kinds: 0 grant, 1 hold, 2 capture, 3 release, 4 withdrawal.
CREATE TABLE ledger_entries (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  at      INTEGER NOT NULL,
  kind    INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 4),
  account INTEGER NOT NULL REFERENCES accounts (id),
  source  INTEGER NOT NULL REFERENCES ledger_accounts (id),
  target  INTEGER NOT NULL REFERENCES ledger_accounts (id) CHECK (target <> source),
  amount  INTEGER NOT NULL CHECK (amount > 0),
  -- Not a foreign key: entries are kept when a job is deleted, and AUTOINCREMENT never reuses an id.
  job     INTEGER CHECK (job > 0),
  note    TEXT,
  -- The id of a payment, which makes a grant or withdrawal safe to retry.
  reference TEXT CHECK (length(reference) BETWEEN 1 AND 100),

  CHECK ((kind IN (1, 2, 3)) = (job IS NOT NULL)),
  CHECK (reference IS NULL OR job IS NULL)
) STRICT;

-- A job has one hold, and one capture or release.
CREATE UNIQUE INDEX ledger_entries_hold ON ledger_entries (job) WHERE kind = 1;
CREATE UNIQUE INDEX ledger_entries_end ON ledger_entries (job) WHERE kind IN (2, 3);
CREATE UNIQUE INDEX ledger_entries_reference ON ledger_entries (account, reference) WHERE reference IS NOT NULL;
CREATE INDEX ledger_entries_account ON ledger_entries (account);

CREATE TRIGGER ledger_entries_move AFTER INSERT ON ledger_entries BEGIN
  UPDATE ledger_accounts SET balance = balance - NEW.amount WHERE id = NEW.source;
  UPDATE ledger_accounts SET balance = balance + NEW.amount WHERE id = NEW.target;
END;

CREATE TRIGGER ledger_entries_no_update BEFORE UPDATE ON ledger_entries BEGIN
  SELECT RAISE(ABORT, 'the ledger is only ever appended to');
END;

CREATE TRIGGER ledger_entries_no_delete BEFORE DELETE ON ledger_entries BEGIN
  SELECT RAISE(ABORT, 'the ledger is only ever appended to');
END;

-- Duties that one gateway at a time has, and until when.
CREATE TABLE duties (
  name  TEXT PRIMARY KEY,
  until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  at      INTEGER NOT NULL,
  actor   TEXT NOT NULL CHECK (actor <> ''),
  action  TEXT NOT NULL CHECK (action <> ''),
  subject TEXT NOT NULL CHECK (subject <> ''),
  detail  TEXT NOT NULL CHECK (json_valid(detail))
) STRICT;

CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN
  SELECT RAISE(ABORT, 'the audit is only ever appended to');
END;

CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN
  SELECT RAISE(ABORT, 'the audit is only ever appended to');
END;
