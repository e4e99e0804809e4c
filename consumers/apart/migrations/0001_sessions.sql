-- People who have signed in. `id` is the SHA-256 of what their cookie holds, instants are milliseconds since 1970 (UTC).

CREATE TABLE sessions (
    id text NOT NULL PRIMARY KEY, issuer text NOT NULL, subject text NOT NULL,
    began_at bigint NOT NULL, seen_at bigint NOT NULL);
