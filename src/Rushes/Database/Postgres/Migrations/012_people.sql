-- People who sign in at an identity provider each have a key that no program can use: its hash is random.
-- person is the SHA-256 of the provider and its id of the person.
ALTER TABLE api_keys ADD COLUMN person bytea CHECK (length(person) = 32);
CREATE UNIQUE INDEX api_keys_person ON api_keys (person) WHERE person IS NOT NULL;
