-- Addresses at which calendar programs read somebody's clocks. `digest` is the SHA-256 of what the address holds, which is
-- kept nowhere. Instants are microseconds since 1970 (UTC). `known_by` is how the owner is found again each time.

CREATE TABLE calendars (
    id text NOT NULL PRIMARY KEY, digest text NOT NULL UNIQUE, actor text NOT NULL, person text NOT NULL,
    known_by text NOT NULL, label text NOT NULL, created_at bigint NOT NULL, expires_at bigint NOT NULL, used_at bigint);
CREATE INDEX calendars_by_owner ON calendars (actor, person);
