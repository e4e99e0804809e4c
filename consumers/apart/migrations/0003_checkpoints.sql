-- Checkpoints that were signed, of each log. `published_at` is microseconds since 1970 (UTC).

CREATE TABLE checkpoints (
    log text NOT NULL, size bigint NOT NULL, note text NOT NULL, grade text NOT NULL, published_at bigint NOT NULL,
    PRIMARY KEY (log, size));
