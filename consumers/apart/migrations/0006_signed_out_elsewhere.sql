-- What a provider calls a session at its side, where it says so, and which of its logout tokens were heard already.
-- `until` is in milliseconds since 1970 (UTC): later, the token itself is believed no more.

ALTER TABLE sessions ADD COLUMN sid text;
CREATE INDEX sessions_by_subject ON sessions (issuer, subject);
CREATE TABLE logout_tokens (issuer text NOT NULL, jti text NOT NULL, until bigint NOT NULL, PRIMARY KEY (issuer, jti));
