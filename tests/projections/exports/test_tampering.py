"""An auditor with an archive and a policy finds every change of a byte, and is told where."""

import io
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs

from domain import wire
from domain.act import Acted
from domain.values import Digest
from projections.exports.archive import (
    CHECKPOINT,
    FORMAT,
    MANIFEST,
    README,
    disclosures_line,
    disclosures_name,
    tile_name,
)
from projections.exports.layers import Layer
from projections.exports.reading import Unreadable, opened
from projections.transparency.checkpoint import Checkpoint
from projections.transparency.notes import Note
from projections.transparency.notes import signed as signature
from projections.transparency.policy import Policy
from projections.transparency.tiles import GrowingTiles, Place, bundled, hashes_in, unbundled
from projections.transparency.tree import leaf_hash, root_of
from tests.domain.cast import TREASURY
from tests.domain.facts import dissented, under_way
from tests.domain.given import on, world
from tests.domain.rules.test_office import key, key_revoked
from tests.domain.rules.test_signature import every
from tests.domain.world import BEFORE
from tests.projections.exports.exporting import Made, failed, repacked
from tests.projections.small_ledger import LEDGER
from tests.projections.transparency.signers import LOG, LOG_KEY, Held, note, witness


def tampered(name: str, change: Callable[[bytes], bytes]) -> Any:
    return lambda made: {name: change(made.members()[name])}


def edited(position: int, change: Callable[[bytes], bytes]) -> Any:
    """Another document at a position."""

    def changes(made: Made) -> dict[str, bytes]:
        index = (position - 1) // 256
        name = next(name for name in made.members() if name.startswith(f"tile/entries/{index:03}"))
        entries = unbundled(made.members()[name])
        entries[(position - 1) % 256] = change(entries[(position - 1) % 256])
        return {name: bundled(entries)}

    return changes


def beginning(prefix: str, change: Callable[[bytes], bytes | None]) -> Any:
    """Another member in place of the one whose name begins so."""

    def changes(made: Made) -> dict[str, bytes | None]:
        return {name: change(content) for name, content in made.members().items() if name.startswith(prefix)}

    return changes


def flipped(at: int) -> Callable[[bytes], bytes]:
    return lambda raw: raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]


def swapped(raw: bytes) -> bytes:
    entries = unbundled(raw)
    entries[10], entries[11] = entries[11], entries[10]
    return bundled(entries)


def inserted(raw: bytes) -> bytes:
    entries = unbundled(raw)
    return bundled([*entries[:10], entries[9], *entries[10:]])


def dropped(raw: bytes) -> bytes:
    entries = unbundled(raw)
    return bundled([*entries[:10], *entries[11:]])


FAULTS = {
    "a byte of a document": (edited(300, flipped(40)), Layer.BYTES, "position 300"),
    "another document in its place": (edited(301, lambda raw: raw[::-1]), Layer.BYTES, "position 301"),
    "two documents swapped": (tampered("tile/entries/000", swapped), Layer.BYTES, "position 11"),
    "a document twice": (tampered("tile/entries/000", inserted), Layer.BYTES, "tile/entries/000"),
    "a document dropped": (tampered("tile/entries/000", dropped), Layer.BYTES, "tile/entries/000"),
    "a bundle cut short": (tampered("tile/entries/001", lambda raw: raw[:-1]), Layer.BYTES, "tile/entries/001"),
    "a bundle with more behind it": (
        tampered("tile/entries/001", lambda raw: raw + b"\0\1x"),
        Layer.BYTES,
        "tile/entries/001",
    ),
    "a byte of a tile": (tampered("tile/0/000", flipped(100)), Layer.TREE, "tile/0/000"),
    "a tile cut short": (tampered("tile/0/001", lambda raw: raw[:-32]), Layer.TREE, "tile/0/001"),
    "a tile with more in it": (tampered("tile/0/001", lambda raw: raw + raw[:32]), Layer.TREE, "tile/0/001"),
    "two tiles swapped": (
        lambda made: {"tile/0/000": made.members()["tile/0/001"], "tile/0/001": made.members()["tile/0/000"]},
        Layer.TREE,
        "tile/0/000",
    ),
    "a byte of an upper tile": (beginning("tile/1/000.p/", flipped(5)), Layer.ROOT, CHECKPOINT),
    "a byte of the last tile": (beginning("tile/0/003.p/", flipped(3)), Layer.ROOT, CHECKPOINT),
    "no upper tile": (beginning("tile/1/", lambda _: None), Layer.ROOT, CHECKPOINT),
    "no tile for a document": (lambda made: {"tile/0/000": None}, Layer.BYTES, "position 1"),
    "a byte of the size": (tampered(CHECKPOINT, flipped(len(LOG_KEY.name) + 1)), Layer.SIGNATURE, CHECKPOINT),
    "no checkpoint": (lambda made: {CHECKPOINT: None}, Layer.SIGNATURE, CHECKPOINT),
    "a checkpoint of nobody": (tampered(CHECKPOINT, lambda raw: raw[:60]), Layer.SIGNATURE, CHECKPOINT),
    "a checkpoint that another key signed": (
        lambda made: {CHECKPOINT: note(made.size, b"r" * 32).replace(LOG_KEY.name.encode(), b"other.example")},
        Layer.SIGNATURE,
        CHECKPOINT,
    ),
    "a disclosure of another event": (
        tampered("disclosures/000.ndjson", lambda raw: raw.replace(b'"position":5}', b'"position":50}', 1)),
        Layer.BYTES,
        "position",
    ),
    "a byte of a disclosure": (
        tampered("disclosures/001.ndjson", lambda raw: raw.replace(b'["W', b'["X', 1).replace(b'["I', b'["J', 1)),
        Layer.BYTES,
        "position",
    ),
    "a line of disclosures that is none": (
        tampered("disclosures/001.ndjson", lambda raw: b"{}\n" + raw),
        Layer.BYTES,
        "disclosures/001.ndjson",
    ),
    "disclosures twice": (
        tampered("disclosures/001.ndjson", lambda raw: raw + raw.splitlines()[0] + b"\n"),
        Layer.BYTES,
        "position",
    ),
    "a file beside": (lambda made: {"tile/0/009": b"x" * 8192}, Layer.BYTES, "tile/0/009"),
    "another manifest": (lambda made: {MANIFEST: b"{}"}, Layer.BYTES, MANIFEST),
    "a manifest of a later form": (
        tampered(MANIFEST, lambda raw: raw.replace(b"docket-export/1", b"docket-export/2")),
        Layer.BYTES,
        MANIFEST,
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_what_was_changed_is_found_and_named(made, tmp_path, fault):
    changes, layer, place = FAULTS[fault]
    found = failed(repacked(made, tmp_path / "changed.zip", changes(made)))
    assert found.layer is layer, found
    assert found.place.startswith(place), found


def test_a_manifest_that_miscounts_is_found(made, tmp_path):
    for what in ("events", "disclosures", "withheld", "size"):
        said = msgspec.json.decode(made.members()[MANIFEST])
        said[what] += 1
        found = failed(repacked(made, tmp_path / f"{what}.zip", {MANIFEST: wire.canonical(said)}))
        assert (found.layer, found.place) == (Layer.BYTES, MANIFEST)


def test_files_that_are_not_those_of_the_manifest_are_found(made, tmp_path):
    changed = {README: b"x", "schemas/case.submitted.v1.json": b"{}", "extra": b""}
    for number, (name, content) in enumerate(changed.items()):
        found = failed(repacked(made, tmp_path / f"{number}.zip", {name: content}, honest=False))
        assert (found.layer, found.place) == (Layer.BYTES, name)


def test_fewer_documents_than_the_checkpoint_covers_are_counted_and_not_complete(made, tmp_path):
    changes = edited(300, lambda _: b"")(made)
    name = next(iter(changes))
    lines = made.members()["disclosures/001.ndjson"].splitlines(keepends=True)
    changes["disclosures/001.ndjson"] = b"".join(line for line in lines if b'"position":300}' not in line)
    found = failed(repacked(made, tmp_path / "less.zip", changes))
    assert (found.layer, found.place) == (Layer.BYTES, MANIFEST), f"the manifest says how many: {name}"
    assert failed(tmp_path / "less.zip", complete=True).place == "position 300"


def test_a_quorum_that_is_not_met_is_a_layer_of_its_own(made):
    believed = Policy.read(f"log {LOG_KEY}\nwitness gao {witness('gao')}\nquorum gao")
    assert failed(made.path, believed).layer is Layer.QUORUM


def test_a_log_that_the_policy_does_not_know_has_signed_nothing(made):
    other = Policy.read(f"log {Held('another').key(LOG_KEY.name, LOG_KEY.kind)}\nquorum none")
    assert failed(made.path, other).layer is Layer.SIGNATURE


def signing(documents: list[bytes], path: Path, disclosures: list[tuple[bytes, ...]] | None = None) -> Path:
    """What a dishonest operator exports, who holds the key: other documents, whose tree is right."""
    growing = GrowingTiles(0, ())
    for document in documents:
        growing.append(leaf_hash(document))
    tiles, size = growing.taken(), len(documents)
    root = root_of(hashes_in(lambda _: tiles), size)
    text = bytes(Checkpoint(origin=LOG_KEY.name, size=size, root=root))

    members = {README: b"", CHECKPOINT: bytes(Note(text, (signature(text, LOG_KEY, LOG),)))}
    for (level, index), hashes in tiles.items():
        members[tile_name(Place(level, index, len(hashes) // 32).path)] = hashes
    members[tile_name(Place(None, 0, size).path)] = bundled(documents)
    lines = [disclosures_line(at, [each.decode() for each in some]) for at, some in enumerate(disclosures or (), 1)]
    members[disclosures_name(Place(None, 0, size).path)] = b"".join(lines)
    files = {name: {"bytes": len(each), "sha256": sha256(each).hexdigest()} for name, each in members.items()}
    counts = {"size": size, "events": size, "disclosures": 0, "withheld": 0}
    said = {
        "format": FORMAT,
        "ledger": wire.load(documents[0]).ledger.removeprefix("urn:uuid:"),
        "reader": "office/gao",
        "asked": {},
        "files": files,
        **counts,
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in {**members, MANIFEST: wire.canonical(said)}.items():
            archive.writestr(name, content)
    return path


def test_an_operator_who_signs_another_order_is_found(made, record, tmp_path):
    whole = [document for _, _, document in record.ledger.recorder.read(0, 120)]
    first = next(at for at, document in enumerate(whole) if b"case.submitted.v1" in document)
    honest = failed(signing(whole, tmp_path / "honest.zip"), complete=True)
    assert (honest.place, "withheld" in honest.why) == (MANIFEST, True), "all else holds"
    for number, (documents, place) in enumerate(
        [
            ([*whole[:first], *whole[first + 1 :]], "position"),  # a record is gone
            ([*whole[:20], whole[19], *whole[20:]], "position 21"),  # one stands twice
            ([whole[1], whole[0], *whole[2:]], "position 1"),
            ([*whole[:20], whole[0], *whole[20:]], "position 21"),
        ]
    ):
        found = failed(signing(documents, tmp_path / f"{number}.zip"))
        assert found.layer is Layer.ORDER
        assert found.place.startswith(place)


def test_an_operator_who_signs_what_is_no_event_is_found(record, tmp_path):
    whole = [document for _, _, document in record.ledger.recorder.read(0, 40)]
    for number, wrong in enumerate(
        (
            b"{}",
            b"no JSON",
            whole[30].replace(b'"type":"', b'"type":"x'),
            whole[30].replace(b'"streamversion":', b'"streamversion":"x","y":'),
        )
    ):
        path = signing([*whole[:30], wrong, *whole[31:]], tmp_path / f"{number}.zip")
        found = failed(path)
        assert (found.layer, found.place) == (Layer.SCHEMA, "position 31")
    other = whole[30].replace(LEDGER.encode(), b"22222222-1111-5111-8111-111111111111")
    found = failed(signing([*whole[:30], other], tmp_path / "other.zip"))
    assert (found.layer, found.place) == (Layer.ORDER, "position 31")


def acts(path: Path, *facts: Any, signature: str | None = None, hidden: bool = False) -> Path:
    """An operator's export of a record whose last event is the last of these facts, which no rule let in."""
    log = world(*under_way, *facts).log
    if signature is not None:
        acted = Acted(digest=Digest("sha256:" + "0" * 64), signature=signature)
        log[-1] = structs.replace(log[-1], signed=True, act=acted)
    made = [wire.dump(recorded) for recorded in log]
    shown = [() if hidden else disclosures for _, disclosures in made]
    return signing([document for document, _ in made], path, shown)


@pytest.mark.parametrize(
    ("facts", "signature", "why"),
    [
        ((key, every, on(BEFORE, dissented, by=TREASURY)), None, "requires a signature"),
        ((key, on(BEFORE, dissented, by=TREASURY)), "e30..AA", "no key that was in force"),
        ((key, key_revoked, on(BEFORE, dissented, by=TREASURY)), "e30..AA", "no key that was in force"),
        ((on(BEFORE, dissented, by=TREASURY),), "e30..AA", "no key that was in force"),
    ],
)
def test_an_act_without_the_signature_that_it_needs_is_found(tmp_path, facts, signature, why):
    found = failed(acts(tmp_path / "acts.zip", *facts, signature=signature))
    assert found.layer is Layer.AUTHORITY
    assert why in found.why
    unseen = failed(acts(tmp_path / "unseen.zip", *facts, signature=signature, hidden=True))
    # a signature that is withheld cannot be judged, and all else holds; that there is none needs no disclosure
    assert unseen.layer is (Layer.AUTHORITY if signature is None else Layer.BYTES)
    assert unseen.place == (found.place if signature is None else MANIFEST)


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_byte_of_a_member_can_be_otherwise(made, tmp_path_factory, data):
    """Flipped where it lies in the archive, as a disk or a hand would."""
    whole = made.path.read_bytes()
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        members = archive.infolist()
    member = data.draw(st.sampled_from(members))
    begin = member.header_offset + 30 + len(member.filename)
    at = begin + data.draw(st.integers(0, member.file_size - 1))
    path = tmp_path_factory.mktemp("flipped") / "flipped.zip"
    path.write_bytes(whole[:at] + bytes([whole[at] ^ (1 << data.draw(st.integers(0, 7)))]) + whole[at + 1 :])
    failed(path)


@pytest.mark.parametrize("keep", [0, 100, 0.5, 0.999])
def test_an_archive_that_was_cut_short_is_none(made, tmp_path, keep):
    whole = made.path.read_bytes()
    path = tmp_path / "cut.zip"
    path.write_bytes(whole[: keep if isinstance(keep, int) else int(len(whole) * keep)])
    assert failed(path).layer is Layer.BYTES


def test_members_that_are_pressed_or_doubled_are_not_read(made, tmp_path):
    pressed = tmp_path / "pressed.zip"
    with zipfile.ZipFile(pressed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in made.members().items():
            archive.writestr(name, content)
    assert failed(pressed).layer is Layer.BYTES
    doubled = tmp_path / "doubled.zip"
    with zipfile.ZipFile(doubled, "w") as archive:
        archive.writestr(README, b"a")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr(README, b"b")
    with pytest.raises(Unreadable, match="two members"), opened(doubled):
        pass
