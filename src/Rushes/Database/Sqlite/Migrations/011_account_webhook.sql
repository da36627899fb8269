-- Where the webhooks of jobs go that the account creates with OpenAI's API without naming a URL.
ALTER TABLE accounts ADD COLUMN webhook_url TEXT CHECK (webhook_url <> '');
