CREATE TABLE model_offers (
  gateway uuid PRIMARY KEY,
  models text[] NOT NULL,
  stored_at timestamptz NOT NULL
);
