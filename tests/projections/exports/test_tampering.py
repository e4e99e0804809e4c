"""An auditor with an archive and a policy finds every change of a byte, and is told where."""

import io
import zipfile
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from itertools import product
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs

from domain import wire
from domain.act import Acted, By
from domain.events.office import SignedActs
from domain.recorded import Recorded
from domain.signing import sign, statement
from domain.values import Digest, KeyId, LedgerId
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
from projections.exports.verifying import verify
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
from tests.domain.rules.test_signature import every, required
from tests.domain.world import BEFORE
from tests.projections.exports.exporting import POLICY, Made, failed, repacked
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


def emptied(raw: bytes, *places: int) -> bytes:
    return bundled(b"" if at in places else entry for at, entry in enumerate(unbundled(raw)))


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
    "disclosures of two events that are not here": (
        tampered("tile/entries/001", lambda raw: emptied(raw, 10, 20)),
        Layer.BYTES,
        "position 267",
    ),
    "a disclosure of another event": (
        tampered("disclosures/000.ndjson", lambda raw: raw.replace(b'"position":5}', b'"position":50}', 1)),
        Layer.BYTES,
        "position 50",
    ),
    "a byte of a disclosure": (
        tampered("disclosures/001.ndjson", lambda raw: raw.replace(b'["W', b'["X', 1).replace(b'["I', b'["J', 1)),
        Layer.BYTES,
        "position 257",
    ),
    "a line of disclosures that is none": (
        tampered("disclosures/001.ndjson", lambda raw: b"{}\n" + raw),
        Layer.BYTES,
        "disclosures/001.ndjson",
    ),
    "a line of disclosures that is no text": (
        tampered("disclosures/001.ndjson", lambda raw: b'{"disclosures":["\xff"],"position":5}\n' + raw),
        Layer.BYTES,
        "disclosures/001.ndjson",
    ),
    "disclosures twice": (
        tampered("disclosures/001.ndjson", lambda raw: raw + raw.splitlines()[0] + b"\n"),
        Layer.BYTES,
        "position 257",
    ),
    "a file beside": (lambda made: {"tile/0/009": b"x" * 8192}, Layer.BYTES, "tile/0/009"),
    "another manifest": (lambda made: {MANIFEST: b"{}"}, Layer.BYTES, MANIFEST),
    "a manifest that is no text": (
        tampered(MANIFEST, lambda raw: raw.replace(b"office/gao", b"office/\xff")),
        Layer.BYTES,
        MANIFEST,
    ),
    "a manifest of a later form": (
        tampered(MANIFEST, lambda raw: raw.replace(b"docket-export/1", b"docket-export/2")),
        Layer.BYTES,
        MANIFEST,
    ),
    "a manifest of a form that never was": (
        tampered(MANIFEST, lambda raw: raw.replace(b"docket-export/1", b"docket-export/0")),
        Layer.BYTES,
        MANIFEST,
    ),
    "a root that is signed and is none of these tiles": (
        lambda made: {CHECKPOINT: note(made.size, bytes(32))},
        Layer.ROOT,
        CHECKPOINT,
    ),
    "another such root": (lambda made: {CHECKPOINT: note(made.size, b"\xff" * 32)}, Layer.ROOT, CHECKPOINT),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_what_was_changed_is_found_and_named(made, tmp_path, fault):
    changes, layer, place = FAULTS[fault]
    found = failed(repacked(made, tmp_path / "changed.zip", changes(made)))
    assert found.layer is layer, found
    assert found.place == place, found


def test_a_manifest_that_miscounts_is_found(made, tmp_path):
    for what, by in product(("events", "disclosures", "withheld", "size"), (1, -1)):
        said = msgspec.json.decode(made.members()[MANIFEST])
        said[what] = abs(said[what] + by)
        found = failed(repacked(made, tmp_path / f"{what}.zip", {MANIFEST: wire.canonical(said)}))
        assert (found.layer, found.place) == (Layer.BYTES, MANIFEST)


def test_files_that_are_not_those_of_the_manifest_are_found(made, tmp_path):
    changed = {README: b"x", "schemas/case.submitted.v1.json": b"{}", "extra": b"", "zzz": b""}
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


def test_a_quorum_that_is_not_met_is_a_layer_of_its_own(made, tmp_path):
    names = ("gao", "ig", "nsa")
    lines = [f"witness {name} {witness(name)}" for name in names]
    believed = Policy.read("\n".join([f"log {LOG_KEY}", *lines, f"group three all {' '.join(names)}", "quorum three"]))
    two = {CHECKPOINT: note(made.size, made.of.log.root(made.size), witnesses=("nsa", "gao"))}
    for path, who in ((made.path, "nobody"), (repacked(made, tmp_path / "two.zip", two), "gao, nsa")):
        found = failed(path, believed)
        assert (found.layer, found.why) == (Layer.QUORUM, f"the quorum 'three' is not met by {who}")


def test_a_log_that_the_policy_does_not_know_has_signed_nothing(made):
    other = Policy.read(f"log {Held('another').key(LOG_KEY.name, LOG_KEY.kind)}\nquorum none")
    assert failed(made.path, other).layer is Layer.SIGNATURE


def signing(
    documents: list[bytes],
    path: Path,
    disclosures: Sequence[Sequence[bytes]] = (),
    *,
    absent: Collection[int] = (),
    withheld: int = 0,
) -> Path:
    """What a dishonest operator exports, who holds the key: other documents, whose tree is right."""
    growing = GrowingTiles(0, ())
    for document in documents:
        growing.append(leaf_hash(document))
    tiles, size = growing.taken(), len(documents)
    text = bytes(Checkpoint(origin=LOG_KEY.name, size=size, root=root_of(hashes_in(lambda _: tiles), size)))

    members = {README: b"", CHECKPOINT: bytes(Note(text, (signature(text, LOG_KEY, LOG),)))}
    for (level, index), hashes in tiles.items():
        members[tile_name(Place(level, index, len(hashes) // 32).path)] = hashes
    shown = [b"" if at in absent else document for at, document in enumerate(documents, 1)]
    lines = [
        b"" if at in absent else disclosures_line(at, [each.decode() for each in some])
        for at, some in enumerate(disclosures, 1)
    ]
    for begin in range(0, size, 256):
        place = Place(None, begin // 256, min(256, size - begin))
        members[tile_name(place.path)] = bundled(shown[begin : begin + 256])
        members[disclosures_name(place.path)] = b"".join(lines[begin : begin + 256])
    counts = {"events": size - len(absent), "disclosures": sum(map(len, disclosures)), "withheld": withheld}
    return packed(path, members, wire.load(documents[0]).ledger.removeprefix("urn:uuid:"), size=size, **counts)


def packed(path: Path, members: Mapping[str, bytes], ledger: str, **counts: int) -> Path:
    """An archive of these members, with a manifest that names them."""
    files = {name: {"bytes": len(each), "sha256": sha256(each).hexdigest()} for name, each in members.items()}
    said = {"format": FORMAT, "ledger": ledger, "reader": "office/gao", "asked": {}, "files": files, **counts}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in {**members, MANIFEST: wire.canonical(said)}.items():
            archive.writestr(name, content)
    return path


LONGER = 66_000
"""Leaves of a log with three levels of tiles."""


@pytest.fixture(scope="module")
def hollow() -> Mapping[str, bytes]:
    """What an export has of a log of which no document is asked for."""
    growing = GrowingTiles(0, ())
    for number in range(LONGER):
        growing.append(leaf_hash(b"%d" % number))
    tiles = growing.taken()
    kept = {at: hashes for at, hashes in tiles.items() if at[0] > 0 or at[1] in {3, 256, LONGER // 256}}
    named = {tile_name(Place(*at, len(hashes) // 32).path): hashes for at, hashes in kept.items()}
    return {README: b"", CHECKPOINT: note(LONGER, root_of(hashes_in(lambda _: tiles), LONGER)), **named}


def test_tiles_lead_to_the_root_through_all_that_are_above_them(hollow, tmp_path):
    def archive(members: Mapping[str, bytes]) -> Path:
        return packed(tmp_path / "hollow.zip", members, LEDGER, size=LONGER, events=0, disclosures=0, withheld=0)

    report = verify(archive(hollow), POLICY)
    assert (report.events, report.absent) == (0, LONGER)
    full, last = ("tile/0/003", "tile/0/256", "tile/1/000"), ("tile/0/257.p/208", "tile/1/001.p/1", "tile/2/000.p/1")
    for name, change in (*product(full, (flipped(0), flipped(8191))), *product(last, (lambda raw: raw + raw[:32],))):
        found = failed(archive({**hollow, name: change(hollow[name])}))
        assert (found.layer, found.place) == (Layer.TREE, name)
    without = {name: content for name, content in hollow.items() if name != "tile/1/000"}
    for members in (without, without | {"tile/0/003": b""}):
        found = failed(archive(members))
        assert (found.layer, found.place) == (Layer.TREE, "tile/1/000"), "from the root down"


def test_an_operator_who_signs_another_order_is_found(made, record, tmp_path):
    whole = [document for _, _, document in record.ledger.recorder.read(0, 120)]
    first = next(at for at, document in enumerate(whole) if b"case.submitted.v1" in document)
    withheld = sum(map(len, record.ledger.recorder.disclosures(range(121)).values()))
    assert verify(signing(whole, tmp_path / "honest.zip", withheld=withheld), POLICY, complete=True).events == 120
    for number, (documents, place, absent) in enumerate(
        [
            ([*whole[:first], *whole[first + 1 :]], "position", ()),  # a record is gone
            ([*whole[:20], whole[19], *whole[20:]], "position 21", ()),  # one stands twice
            ([*whole[:20], whole[19], *whole[20:]], "position 21", (5,)),
            ([*whole[:24], whole[1], *whole[24:]], "position 25", (5,)),  # an older one
            ([whole[1], whole[0], *whole[2:]], "position 1", ()),
            ([*whole[:20], whole[0], *whole[20:]], "position 21", ()),
        ]
    ):
        found = failed(signing(documents, tmp_path / f"{number}.zip", absent=absent))
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


PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
own_key = replace(key, public_key=wire._base64url(PRIVATE.public_key().public_bytes_raw()).decode())
UNSIGNED = on(BEFORE, dissented, by=TREASURY)
LONG = (required(SignedActs.NONE),) * 256
"""More than a bundle."""
WRONG = "e30..AA"
FOUNDED = len(world(*under_way).log)
"""Position of what was last before the facts of a test, its case under way."""


def own(recorded: Recorded[Any], digest: Digest) -> str:
    """The signature of an act with the key of its office."""
    assert isinstance(recorded.by, By)
    said = statement(
        ledger=LedgerId(recorded.ledger.removeprefix("urn:uuid:")),
        actor=recorded.actor,
        person=recorded.by.person,
        id=recorded.command_id,
        digest=digest,
    )
    return sign(said, PRIVATE, key.key_id)


def acts(
    path: Path,
    *facts: Any,
    signed: str | Callable[[Recorded[Any], Digest], str] | None = None,
    hidden: bool = False,
    absent: Collection[int] = (),
) -> Path:
    """An operator's export of a record with these facts, which no rule let in; of them dissents are signed.

    `absent` are positions of it that are left out, from its end where they are negative.
    """
    log = world(*under_way, *facts).log
    for at, recorded in enumerate(log):
        if signed is not None and recorded.event == dissented:
            digest = Digest("sha256:" + "0" * 64)
            made = signed if isinstance(signed, str) else signed(recorded, digest)
            log[at] = structs.replace(recorded, signed=True, act=Acted(digest=digest, signature=made))
    written = [wire.dump(recorded) for recorded in log]
    gone = {at % (len(written) + 1) for at in absent}
    there = [() if at in gone else disclosures for at, (_, disclosures) in enumerate(written, 1)]
    shown = [() if hidden else disclosures for disclosures in there]
    withheld = sum(map(len, there)) - sum(map(len, shown))
    return signing([document for document, _ in written], path, shown, absent=gone, withheld=withheld)


@pytest.mark.parametrize(
    ("facts", "signed", "why", "unchecked"),
    [
        ((key, every, UNSIGNED), None, "requires a signature", None),
        ((every, UNSIGNED), None, "requires a signature", None),
        ((key, on(BEFORE, dissented, by=TREASURY.over_kafka())), None, "requires a signature", 0),
        ((key, UNSIGNED), WRONG, "no key that was in force", 1),
        ((own_key, key_revoked, UNSIGNED), own, "no key that was in force", 1),
        ((UNSIGNED,), own, "no key that was in force", 1),
        ((*LONG, key, UNSIGNED), WRONG, "no key that was in force", 1),
    ],
)
def test_an_act_without_the_signature_that_it_needs_is_found(tmp_path, facts, signed, why, unchecked):
    found = failed(acts(tmp_path / "acts.zip", *facts, signed=signed))
    assert (found.layer, found.place) == (Layer.AUTHORITY, f"position {FOUNDED + len(facts)}")
    assert why in found.why
    unseen = acts(tmp_path / "unseen.zip", *facts, signed=signed, hidden=True)
    if unchecked is None:
        assert failed(unseen).place == found.place, "that there is none needs no disclosure"
    else:
        report = verify(unseen, POLICY)
        assert (report.signed, report.unchecked) == (0, unchecked), "what is withheld cannot be judged, all else holds"


@pytest.mark.parametrize("between", [(), (every,), LONG])
def test_signatures_with_the_key_of_their_office_are_counted(tmp_path, between):
    facts = (own_key, UNSIGNED, *between, UNSIGNED)
    report = verify(acts(tmp_path / "acts.zip", *facts, signed=own), POLICY, complete=True)
    assert (report.signed, report.unchecked) == (2, 0)
    hidden = verify(acts(tmp_path / "hidden.zip", *facts, signed=own, hidden=True), POLICY, complete=True)
    assert (hidden.signed, hidden.unchecked) == (0, 2)


@pytest.mark.parametrize(
    ("facts", "absent", "signed", "unchecked"),
    [
        ((own_key, UNSIGNED), [-2], 0, 1),  # nothing tells that its office went on
        ((own_key, every, UNSIGNED, UNSIGNED), [-4], 0, 2),  # its office goes on from something else
        ((own_key, key_revoked, UNSIGNED), [-3], 0, 1),  # that cannot be followed
        ((own_key, every, required(SignedActs.NONE), UNSIGNED), [-3], 0, 1),  # the key may have been revoked meanwhile
        ((own_key, UNSIGNED), range(1, FOUNDED + 2), 0, 1),  # the act alone
        ((own_key, UNSIGNED), [*range(1, FOUNDED - 2), FOUNDED - 1, FOUNDED + 1], 0, 1),  # its case alone
        ((replace(own_key, key_id=KeyId("key-2")), own_key, UNSIGNED), [-2], 0, 1),
        ((own_key, UNSIGNED, UNSIGNED), [-2], 1, 0),  # something of its case, on which it does not rest
    ],
)
def test_a_signature_that_may_rest_on_what_is_not_here_is_not_judged(tmp_path, facts, absent, signed, unchecked):
    report = verify(acts(tmp_path / "acts.zip", *facts, signed=own, absent=absent), POLICY)
    assert (report.signed, report.unchecked) == (signed, unchecked)


@pytest.mark.parametrize(("facts", "signed"), [((own_key,), WRONG), ((key,), own), ((own_key, key_revoked), own)])
def test_a_signature_with_a_key_that_is_here_is_judged_whatever_is_not(tmp_path, facts, signed):
    found = failed(acts(tmp_path / "acts.zip", *facts, UNSIGNED, signed=signed, absent=[26]))
    assert (found.layer, "no key that was in force" in found.why) == (Layer.AUTHORITY, True)


def test_a_key_that_is_revoked_and_was_never_there_is_found(tmp_path):
    log = world(*under_way, key, key_revoked).log
    without = [*log[:-2], structs.replace(log[-1], version=log[-2].version)]
    found = failed(signing([wire.dump(recorded)[0] for recorded in without], tmp_path / "revoked.zip"))
    assert (found.layer, found.place) == (Layer.ORDER, f"position {len(without)}")
    assert "cannot follow" in found.why


def test_a_requirement_that_may_be_gone_is_not_missed(tmp_path):
    facts = (own_key, every, required(SignedActs.NONE), UNSIGNED)
    report = verify(acts(tmp_path / "acts.zip", *facts, absent=[-2]), POLICY)
    assert (report.signed, report.unchecked) == (0, 0)


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
