-- Tags that accounts give their jobs; a favorite is a job with the tag "favorite".
CREATE TABLE job_tags (
  account integer NOT NULL REFERENCES accounts (id),
  tag     text NOT NULL CHECK (length(tag) BETWEEN 1 AND 40),
  job     bigint NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  PRIMARY KEY (account, tag, job)
);

CREATE INDEX job_tags_job ON job_tags (job);

-- Settings of the console's form that accounts saved under a name, as JSON.
CREATE TABLE presets (
  account integer NOT NULL REFERENCES accounts (id),
  name    text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
  content text NOT NULL,
  PRIMARY KEY (account, name)
);
