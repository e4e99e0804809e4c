-- Who wants to be sent what, and how far each has come. Instants are microseconds since 1970 (UTC). `known_by` is how the
-- owner is found again each time, and `revision` counts what the owner changed: whoever delivers for an older one stops.

CREATE TABLE subscriptions (
    id text NOT NULL PRIMARY KEY, actor text NOT NULL, person text NOT NULL, known_by text NOT NULL,
    url text NOT NULL, wanted text NOT NULL, scheme text NOT NULL, secret text NOT NULL,
    secret_before text, before_until bigint, created_at bigint NOT NULL, revision bigint NOT NULL,
    state text NOT NULL, reason text, changed_at bigint NOT NULL,
    position bigint NOT NULL, attempts bigint NOT NULL, first_at bigint, next_at bigint, outcome text,
    failing_since bigint, delivered bigint NOT NULL, delivered_at bigint);
CREATE INDEX subscriptions_by_owner ON subscriptions (actor, person);

CREATE TABLE dead_letters (
    subscription text NOT NULL, position bigint NOT NULL, attempts bigint NOT NULL,
    first_at bigint NOT NULL, last_at bigint NOT NULL, outcome text NOT NULL,
    PRIMARY KEY (subscription, position));
