ALTER TABLE jobs ADD COLUMN deadline INTEGER;
CREATE INDEX jobs_deadline ON jobs (deadline) WHERE state IN (0, 1, 2, 6) AND deadline IS NOT NULL;
