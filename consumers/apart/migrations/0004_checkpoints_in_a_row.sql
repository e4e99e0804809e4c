-- Each checkpoint of a log goes on from the one before it, the first from 0, and no two from the same one.

ALTER TABLE checkpoints ADD COLUMN after_size bigint NOT NULL DEFAULT 0;

UPDATE checkpoints SET after_size = coalesce((
    SELECT max(shorter.size) FROM checkpoints AS shorter
    WHERE shorter.log = checkpoints.log AND shorter.size < checkpoints.size), 0);

CREATE UNIQUE INDEX checkpoints_in_a_row ON checkpoints (log, after_size);
