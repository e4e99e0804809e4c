CREATE TABLE reached (position bigint NOT NULL, digest bytea NOT NULL, built boolean NOT NULL);
INSERT INTO reached VALUES (0, '', false);

-- bits are packed already, and a search never compares them: they lie outside of their rows as they are
CREATE TABLE sets (piece bigint, term text COLLATE "C", bits bytea NOT NULL, PRIMARY KEY (piece, term));
ALTER TABLE sets ALTER COLUMN bits SET STORAGE EXTERNAL;

CREATE TABLE times (
    moment text, block bigint, lowest bigint NOT NULL, highest bigint NOT NULL, packed bytea NOT NULL,
    PRIMARY KEY (moment, block));
ALTER TABLE times ALTER COLUMN packed SET STORAGE EXTERNAL;

CREATE TABLE developers (case_id text PRIMARY KEY, developer text NOT NULL);
CREATE TABLE occurring (term text COLLATE "C" PRIMARY KEY);
