"""What the file of a store of views is made of."""

from typing import Final

from projections.stores.sqlite_file import Form

_SCHEMA: Final = (
    """CREATE TABLE positions (
        name TEXT PRIMARY KEY, view TEXT NOT NULL, version INTEGER NOT NULL, position INTEGER NOT NULL,
        digest BLOB NOT NULL, live INTEGER NOT NULL, halted TEXT) STRICT""",
    "CREATE UNIQUE INDEX one_is_live ON positions (view) WHERE live",
    """CREATE TABLE changes (
        view TEXT NOT NULL, position INTEGER NOT NULL, number INTEGER NOT NULL, key ANY,
        PRIMARY KEY (view, position, number)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE dead_letters (
        name TEXT NOT NULL, key ANY NOT NULL, position INTEGER NOT NULL, error TEXT,
        PRIMARY KEY (name, key, position)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE markings (
        name TEXT NOT NULL, marking TEXT NOT NULL, PRIMARY KEY (name, marking)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE told (
        view TEXT PRIMARY KEY, forgotten INTEGER NOT NULL, late INTEGER NOT NULL) STRICT, WITHOUT ROWID""",
)
_SETTINGS: Final = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",  # a power cut may take the last commits: they are folded again
    "PRAGMA cache_size = -32000",
    "PRAGMA wal_autocheckpoint = 4000",
)
VIEWS: Final = Form(
    what="store of views",
    application_id=0x444B5657,  # "DKVW"
    version=2,
    schema=_SCHEMA,
    settings=_SETTINGS,
)
