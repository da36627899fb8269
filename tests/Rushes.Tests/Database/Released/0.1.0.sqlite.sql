PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL);
INSERT INTO migrations VALUES(1,'001_start',1796004362674);
INSERT INTO migrations VALUES(2,'002_console_sessions',1796004362674);
INSERT INTO migrations VALUES(3,'003_stored_files',1796004362674);
INSERT INTO migrations VALUES(4,'004_deliveries_by_account',1796004362674);
CREATE TABLE accounts (
  id         INTEGER PRIMARY KEY,
  name       TEXT NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 100),
  plan       TEXT NOT NULL DEFAULT 'default' CHECK (plan <> ''),
  suspended  INTEGER NOT NULL DEFAULT 0 CHECK (suspended IN (0, 1)),
  created_at INTEGER NOT NULL
) STRICT;
INSERT INTO accounts VALUES(1,'first','default',0,1796004362802);
INSERT INTO accounts VALUES(2,'studio','default',0,1796004369146);
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
INSERT INTO api_keys VALUES(1,X'f89e74819cea4acca6b8f0d1b96b633394adc43d9b0515c66cd627be9d584f76',1,'first',15,NULL,1796004362817,NULL,NULL,NULL);
INSERT INTO api_keys VALUES(2,X'4c6bb35cd1546d09bd623d42cd192f7c8a72e1301e15d7cfe1e387aff35564b7',2,'laptop',3,NULL,1796004370416,NULL,NULL,NULL);
CREATE TABLE secrets (
  name  TEXT PRIMARY KEY,
  value BLOB NOT NULL CHECK (length(value) > 0)
) STRICT, WITHOUT ROWID;
INSERT INTO secrets VALUES('job-ids',X'571ef1657b010648d313ac54c9f4f88cd339165b0ae85e4a21b864f5eafe77c0');
INSERT INTO secrets VALUES('links',X'0629aec07dee7f41ff66920e3e91300bb83ccf6cb5b2ad14862f18933c1dec06');
INSERT INTO secrets VALUES('store-owner',X'6aff78363e8c9baa809d352e0b810a16');
INSERT INTO secrets VALUES('uploads',X'1bb85c886b292a9c90a7a7cc84c00bfd65bab08db7d425f79ed474f04509a8f4');
INSERT INTO secrets VALUES('webhooks',X'34dfbf586c2851561cab5e2d83aaa10c947c674077586881aadda8174e8b7754');
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
INSERT INTO jobs VALUES(1,1,'wan22-fast-t2v','t2v',0,0,3,9000,0,1796004366174,1796004366232,1796004367795,0,0,1,'studio-1a2b3c/1',NULL,7,8,0,'outputs/a1/1_1_wan22-fast-t2v.mp4',17732,NULL,NULL,'{"render":{"width":832,"height":480,"frames":8,"rate":16},"delivery":{"width":832,"height":480,"frames":8,"rate":16},"crf":20,"preset":"medium","alwaysEncode":false}','{"webhook_url":"http://127.0.0.1:9999/hook","prompt":"A completed job","duration":0.5,"seed":332657649}',NULL,'queue',NULL,'http://127.0.0.1:9999/hook',NULL,0,0,0,NULL,0,0,NULL,NULL);
INSERT INTO jobs VALUES(2,1,'wan22-fast-t2v','t2v',0,0,6,90000,1,1796004372451,NULL,NULL,0,0,0,NULL,NULL,0,0,0,NULL,0,NULL,NULL,'{"render":{"width":832,"height":480,"frames":80,"rate":16},"delivery":{"width":832,"height":480,"frames":80,"rate":16},"crf":20,"preset":"medium","alwaysEncode":false}','{"prompt":"A job that waits for approval","draft":"approve","seed":1777787203}',NULL,'queue',NULL,NULL,NULL,0,0,1,NULL,1796004522453,1,1796090772451,NULL);
INSERT INTO jobs VALUES(3,1,'wan22-fast-t2v','t2v',0,0,1,54000,0,1796004374477,1796004374485,NULL,0,0,1,'studio-1a2b3c/1',1796004408631,30,48,0,NULL,0,NULL,NULL,'{"render":{"width":832,"height":480,"frames":48,"rate":16},"delivery":{"width":832,"height":480,"frames":48,"rate":16},"crf":20,"preset":"medium","alwaysEncode":false}','{"webhook_url":"http://127.0.0.1:9999/hook","prompt":"A job that was running","duration":3,"width":832,"height":480,"seed":1355803289}',NULL,'queue',NULL,'http://127.0.0.1:9999/hook',NULL,0,0,0,NULL,0,0,NULL,NULL);
INSERT INTO jobs VALUES(4,1,'wan22-fast-t2v','t2v',0,3,0,9000,0,1796004374585,NULL,NULL,0,0,0,NULL,NULL,0,0,0,NULL,0,NULL,NULL,'{"render":{"width":832,"height":480,"frames":8,"rate":16},"delivery":{"width":832,"height":480,"frames":8,"rate":16},"crf":20,"preset":"medium","alwaysEncode":false}','{"prompt":"A queued job","duration":0.5,"priority":3,"seed":1609658097}',NULL,'queue',NULL,NULL,NULL,0,0,0,NULL,0,0,NULL,NULL);
INSERT INTO jobs VALUES(5,1,'wan22-fast-t2v','t2v',0,0,0,9000,0,1796004374814,NULL,NULL,0,0,0,NULL,NULL,0,0,0,NULL,0,NULL,NULL,'{"render":{"width":832,"height":480,"frames":8,"rate":16},"delivery":{"width":832,"height":480,"frames":8,"rate":16},"crf":20,"preset":"medium","alwaysEncode":false}','{"prompt":"A second queued job","duration":0.5,"seed":1913314487}',NULL,'queue',NULL,NULL,NULL,0,0,0,NULL,0,0,NULL,NULL);
INSERT INTO jobs VALUES(6,1,'wan22-fast-t2v','t2v',0,0,5,9000,0,1796004374885,NULL,1796004376548,0,0,0,NULL,NULL,0,0,0,NULL,0,NULL,NULL,'{"render":{"width":832,"height":480,"frames":8,"rate":16},"delivery":{"width":832,"height":480,"frames":8,"rate":16},"crf":20,"preset":"medium","alwaysEncode":false}','{"prompt":"A cancelled job","duration":0.5,"seed":723731540}',NULL,'queue',NULL,NULL,NULL,0,0,0,NULL,0,0,NULL,NULL);
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
CREATE TABLE paused_lanes (
  lane TEXT PRIMARY KEY CHECK (lane <> '')
) STRICT, WITHOUT ROWID;
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
INSERT INTO idempotency_keys VALUES(1,'166757b0687e4921af67375d44cbbf7a',X'b8d0ae2e0af587d7f51a7afb89b1154aa29d57bf65cd6d893501507cad0ae93b',2,1796004372451);
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
INSERT INTO deliveries VALUES(1,1,1,'queue','http://127.0.0.1:9999/hook','127.0.0.1:9999',0,2,2,1796004403639,1796004367795,NULL);
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
INSERT INTO delivery_tries VALUES(1,1,1796004367883,NULL,192,NULL,'The URL''s host could not be connected to. (127.0.0.1:9999)');
INSERT INTO delivery_tries VALUES(1,2,1796004372746,NULL,275,NULL,'The URL''s host could not be connected to. (127.0.0.1:9999)');
CREATE TABLE ledger_accounts (
  id       INTEGER PRIMARY KEY,
  kind     INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 3),
  account  INTEGER REFERENCES accounts (id),
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  balance  INTEGER NOT NULL DEFAULT 0,

  CHECK ((kind <= 1) = (account IS NOT NULL)),
  CHECK (kind = 3 OR balance >= 0)
) STRICT;
INSERT INTO ledger_accounts VALUES(1,0,2,'USD',5000000);
INSERT INTO ledger_accounts VALUES(2,1,2,'USD',0);
INSERT INTO ledger_accounts VALUES(3,2,NULL,'USD',0);
INSERT INTO ledger_accounts VALUES(4,3,NULL,'USD',-5000000);
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
INSERT INTO ledger_entries VALUES(1,1796004371388,0,2,4,1,5000000,NULL,NULL,NULL);
CREATE TABLE duties (
  name  TEXT PRIMARY KEY,
  until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO duties VALUES('file sweep',1796025903278);
INSERT INTO duties VALUES('prune',1796004903111);
CREATE TABLE audit (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  at      INTEGER NOT NULL,
  actor   TEXT NOT NULL CHECK (actor <> ''),
  action  TEXT NOT NULL CHECK (action <> ''),
  subject TEXT NOT NULL CHECK (subject <> ''),
  detail  TEXT NOT NULL CHECK (json_valid(detail))
) STRICT;
INSERT INTO audit VALUES(1,1796004362817,'system','first key set','key 1','{"account":1,"name":"first","scopes":"All"}');
INSERT INTO audit VALUES(2,1796004362839,'system','gateway started','gateway','{"Urls":"http://127.0.0.1:18091","Data":"/var/lib/rushes/data","Database":"","Roles":"api,work,sweep,webhooks","Workers":"1","Engine":"draft","Drafts":"1","ApprovalHours":"24","ComfyWorkflows":"","ComfyStallMinutes":"10","ApiKey":"set","PublicUrl":"","KnownProxies":"","Catalog":"","Storage":"local","StorageAccessKey":"","StorageSecretKey":"","Bucket":"rushes-files","KeepJobsDays":"0","KeepOutputsDays":"0","KeepInputsDays":"30","KeepUploadsDays":"7","KeepDeliveriesDays":"30","KeepStraysHours":"24","IdempotencyHours":"24","ResultLinkHours":"24","FetchAllow":"127.0.0.0/8","KieFiveStates":"False","OpenaiModels":"","ReplicateModels":"","StreamsPerAccount":"1000","FairShare":"False","LeaseSeconds":"30","WorkersPerKey":"set","WarmJobs":"4","WarmSeconds":"60","DrainSeconds":"12","Metrics":"off","MetricsUrls":"http://127.0.0.1:9464","Otlp":"","TraceRatio":"1","LogFormat":"text","ConsoleFiles":"","SafetyList":"","ModerationUrl":"","ModerationKey":"","ModerationModel":"omni-moderation-latest","ModerationTimeoutSeconds":"5","ModerationFail":"closed"}');
INSERT INTO audit VALUES(3,1796004369146,'key 1','account created','account 2','{"name":"studio","plan":"default"}');
INSERT INTO audit VALUES(4,1796004370416,'key 1','key created','key 2','{"account":2,"name":"laptop","scopes":"Submit, Read"}');
INSERT INTO audit VALUES(5,1796004371388,'key 1','credit added','account 2','{"amount":"5.00","currency":"USD"}');
CREATE TABLE console_sessions (
  hash       BLOB NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
  key        INTEGER NOT NULL REFERENCES api_keys (id),
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE stored_files (
  key        TEXT PRIMARY KEY,
  account    INTEGER NOT NULL,
  bytes      INTEGER NOT NULL CHECK (bytes >= 0),
  counted_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO stored_files VALUES('outputs/a1/1_1_wan22-fast-t2v.mp4',1,17732,1796004367782);
CREATE TABLE stored_bytes (
  account INTEGER PRIMARY KEY,
  bytes   INTEGER NOT NULL
) STRICT;
INSERT INTO stored_bytes VALUES(1,17732);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('api_keys',2);
INSERT INTO sqlite_sequence VALUES('audit',5);
INSERT INTO sqlite_sequence VALUES('jobs',6);
INSERT INTO sqlite_sequence VALUES('deliveries',1);
INSERT INTO sqlite_sequence VALUES('ledger_entries',1);
CREATE INDEX jobs_queued ON jobs (lane, tier DESC, priority DESC, turn, id, account) WHERE state IN (0, 2);
CREATE INDEX jobs_running ON jobs (lease_until, account) WHERE state = 1;
CREATE INDEX jobs_turns ON jobs (account, lane, tier, priority, turn) WHERE state IN (0, 2, 6) AND turn > 0;
CREATE INDEX jobs_ended ON jobs (ended_at) WHERE ended_at IS NOT NULL;
CREATE UNIQUE INDEX jobs_input_set ON jobs (input_set) WHERE input_set IS NOT NULL;
CREATE INDEX jobs_aside ON jobs (account, id) WHERE state >= 3;
CREATE INDEX jobs_start_by ON jobs (start_by) WHERE state = 0 AND start_by IS NOT NULL;
CREATE INDEX jobs_awaiting ON jobs (approve_by) WHERE state = 6;
CREATE INDEX jobs_drafts ON jobs (draft_until, id) WHERE draft = 1 AND state IN (0, 1, 2, 6);
CREATE INDEX idempotency_keys_job ON idempotency_keys (job);
CREATE INDEX deliveries_job ON deliveries (job);
CREATE INDEX deliveries_ended ON deliveries (ended_at) WHERE ended_at IS NOT NULL;
CREATE UNIQUE INDEX ledger_accounts_customer ON ledger_accounts (account, kind) WHERE account IS NOT NULL;
CREATE UNIQUE INDEX ledger_accounts_house ON ledger_accounts (currency, kind) WHERE account IS NULL;
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
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN
  SELECT RAISE(ABORT, 'the audit is only ever appended to');
END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN
  SELECT RAISE(ABORT, 'the audit is only ever appended to');
END;
CREATE INDEX console_sessions_key ON console_sessions (key);
CREATE INDEX deliveries_due ON deliveries (account, host, next_at) WHERE state = 0;
COMMIT;
