-- Keys are compared as bytes, as they are in SQLite: whoever pages or takes a digest meets one order everywhere.
-- Among changes and letters a key is text: t and the key where it is text, n and the number where it is one.

CREATE TABLE positions (
    name text PRIMARY KEY, view text NOT NULL, version integer NOT NULL, position bigint NOT NULL,
    digest bytea NOT NULL, live boolean NOT NULL, halted text);
CREATE UNIQUE INDEX one_is_live ON positions (view) WHERE live;

CREATE TABLE changes (
    view text NOT NULL, position bigint NOT NULL, number bigint NOT NULL, key text COLLATE "C",
    PRIMARY KEY (view, position, number));

CREATE TABLE told (view text PRIMARY KEY, forgotten bigint NOT NULL, late bigint NOT NULL);

CREATE TABLE dead_letters (
    name text NOT NULL, key text COLLATE "C" NOT NULL, position bigint NOT NULL, error text,
    PRIMARY KEY (name, key, position));

CREATE TABLE markings (name text NOT NULL, marking text NOT NULL, PRIMARY KEY (name, marking));
