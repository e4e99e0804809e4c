"""What stands on the topics is frozen: a record that was written today is read in ten years."""

from dataclasses import dataclass, replace
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from consumers.topics.record import Outgoing, Unreadable, key_record, ledger_record, read_key, read_ledger
from consumers.topics.sealing import BadKeyring, CannotUnseal, Keyring, Sealed, seal, unseal
from domain import wire
from domain.values import EventId

DATA = Path(__file__).parents[1] / "data"
DOCUMENT = orjson.loads((DATA / "golden" / "case.submitted.v1.json").read_bytes())["everything"]["document"].encode()
GOLDEN = orjson.loads((DATA / "kafka-record.json").read_bytes())
ID = EventId(wire.load(DOCUMENT).id)
KEYRING = Keyring({"2026-11": bytes(range(32))})


@dataclass(frozen=True)
class Stored:
    """A record as kafka-python gives it."""

    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes]]
    offset: int = 7
    topic: str = "docket.ledger.v1"


def stored(sent: Outgoing) -> Stored:
    return Stored(sent.key, sent.value, sent.headers)


def golden(name: str) -> Stored:
    """A record as it was written when the format was fixed."""
    said = GOLDEN[name]
    value = None if said["value"] is None else bytes.fromhex(said["value"])
    return Stored(said["key"].encode(), value, [(n, bytes.fromhex(v)) for n, v in said["headers"]])


def test_an_event_is_written_as_it_always_was() -> None:
    was = golden("ledger")
    sealed = dict(was.headers)["disclosures"]
    assert stored(ledger_record(5, DOCUMENT, sealed)) == was


def test_an_event_that_was_written_then_is_read_now() -> None:
    kept = read_ledger(golden("ledger"))
    assert (kept.position, kept.id, kept.type, kept.document) == (5, ID, "case.submitted.v1", DOCUMENT)
    key = read_key(golden("key"))
    assert key.id == ID
    assert key.wrapped is not None
    assert kept.sealed is not None
    assert unseal(ID, Sealed(kept.sealed, key.wrapped, key.kek), KEYRING) == (b"WyJzYWx0Il0", b"WyJmYWN0Il0")


def test_a_destroyed_key_is_written_as_it_always_was_and_read_as_destroyed() -> None:
    assert stored(key_record(ID, None)) == golden("destroyed")
    assert read_key(golden("destroyed")) == (ID, None, "")


def test_a_document_with_nothing_disclosed_has_no_such_header() -> None:
    kept = read_ledger(stored(ledger_record(5, DOCUMENT, None)))
    assert kept.sealed is None


@pytest.mark.parametrize(
    "broken",
    [
        replace(golden("ledger"), value=None),
        replace(golden("ledger"), headers=[]),
        replace(golden("ledger"), headers=golden("ledger").headers[:-2]),
        replace(
            golden("ledger"), headers=[(n, b"five" if n == "position" else v) for n, v in golden("ledger").headers]
        ),
        replace(golden("ledger"), headers=[(n, b"\xff" if n == "ce_id" else v) for n, v in golden("ledger").headers]),
    ],
    ids=["no value", "no headers", "no position", "no number", "no ASCII"],
)
def test_what_no_relay_writes_is_unreadable(broken: Stored) -> None:
    with pytest.raises(Unreadable, match="at offset 7"):
        read_ledger(broken)


@given(st.lists(st.text("abcXYZ019-_", min_size=1).map(str.encode), min_size=1, max_size=5))
def test_what_was_sealed_is_opened_by_its_keys_alone(disclosures: list[bytes]) -> None:
    keyring, other = Keyring.new("new"), Keyring.new("new")
    sealed = seal(ID, disclosures, keyring)
    assert unseal(ID, sealed, keyring) == tuple(disclosures)
    for attempt in (
        lambda: unseal("another-event", sealed, keyring),
        lambda: unseal(ID, sealed, other),
        lambda: unseal(ID, sealed._replace(kek="gone"), keyring),
        lambda: unseal(ID, sealed._replace(sealed=sealed.sealed[:-1] + bytes([sealed.sealed[-1] ^ 1])), keyring),
        lambda: unseal(ID, sealed._replace(wrapped=seal(ID, disclosures, keyring).wrapped), keyring),
    ):
        with pytest.raises(CannotUnseal):
            attempt()


def test_a_keyring_that_was_turned_opens_what_its_older_key_sealed(tmp_path: Path) -> None:
    old, new = Keyring.new("2026"), Keyring.new("2027")
    turned = Keyring({**new.keys, **old.keys})
    turned.write(tmp_path / "keys")
    read = Keyring.read(tmp_path / "keys")
    assert read.current == "2027"
    assert unseal(ID, seal(ID, (b"fact",), old), read) == (b"fact",)


def test_a_keyring_is_its_owners_alone_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    Keyring.new("2026").write(path)
    with pytest.raises(FileExistsError):
        Keyring.new("2026").write(path)
    path.chmod(0o640)
    with pytest.raises(BadKeyring, match="chmod 600"):
        Keyring.read(path)


@pytest.mark.parametrize("text", ["", "2026", "2026 !!!", "2026 c2hvcnQ=", "a b c"])
def test_what_is_no_keyring_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "keys"
    path.touch(mode=0o600)
    path.write_text(text)
    with pytest.raises(BadKeyring):
        Keyring.read(path)


def test_a_keyring_shows_none_of_its_keys() -> None:
    assert "key" not in repr(KEYRING).replace("Keyring", "")
