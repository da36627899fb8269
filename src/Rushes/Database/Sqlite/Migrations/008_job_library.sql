-- Tags that accounts give their jobs; a favorite is a job with the tag "favorite".
CREATE TABLE job_tags (
  account INTEGER NOT NULL REFERENCES accounts (id),
  tag     TEXT NOT NULL CHECK (length(tag) BETWEEN 1 AND 40),
  job     INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  PRIMARY KEY (account, tag, job)
) STRICT, WITHOUT ROWID;

CREATE INDEX job_tags_job ON job_tags (job);

-- Settings of the console's form that accounts saved under a name, as JSON.
CREATE TABLE presets (
  account INTEGER NOT NULL REFERENCES accounts (id),
  name    TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
  content TEXT NOT NULL,
  PRIMARY KEY (account, name)
) STRICT, WITHOUT ROWID;
