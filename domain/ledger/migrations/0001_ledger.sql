-- An event, once it is here, stays as it is.

CREATE TABLE events (
    position bigint PRIMARY KEY,
    stream text COLLATE "C" NOT NULL,
    version bigint NOT NULL,
    type text COLLATE "C" NOT NULL,
    document bytea NOT NULL,
    UNIQUE (stream, version)
);
ALTER TABLE events ALTER document SET STORAGE EXTERNAL; -- documents are small and of high entropy: no time for packing

CREATE TABLE disclosures (position bigint PRIMARY KEY, disclosures bytea NOT NULL);

CREATE TABLE acts (
    id text COLLATE "C" PRIMARY KEY, first bigint, last bigint, head bigint NOT NULL, digest bytea
);

CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'no event is ever %', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER events_are_not_edited BEFORE UPDATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('edited');
CREATE TRIGGER events_are_not_deleted BEFORE DELETE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('deleted');
CREATE TRIGGER events_are_not_emptied BEFORE TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('deleted');
