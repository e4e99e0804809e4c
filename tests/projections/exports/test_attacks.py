"""What an operator who holds the key of the log may try on an auditor, and what the auditor's verifier says."""

import io
import stat
import zipfile
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from contextlib import suppress
from itertools import product
from pathlib import Path
from typing import Any

import msgspec
import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain import wire
from domain.act import Acted, By
from domain.values import Digest, PersonId
from projections.exports.archive import CHECKPOINT, MANIFEST, README
from projections.exports.layers import Layer
from projections.exports.reading import Unreadable, opened
from projections.exports.verifying import verify
from projections.exports.writing import streamed
from projections.transparency.tree import node_hash
from tests.projections.exports.exporting import POLICY, asked, failed, repacked, source
from tests.projections.exports.test_tampering import signing
from tests.projections.small_ledger import LEDGER
from tests.projections.transparency.signers import note

AT = 30
"""Index of the document that is made another."""


def again(document: bytes, **changes: Any) -> bytes:
    """A document with other attributes, in canonical form."""
    return wire.canonical(orjson.loads(document) | changes)


def data(document: bytes, **changes: Any) -> bytes:
    return again(document, data=orjson.loads(document)["data"] | changes)


UNLIKE: dict[str, Callable[[bytes], bytes]] = {
    "an attribute twice": lambda raw: raw.replace(b'{"actor"', b'{"actor":"office/treasury","actor"', 1),
    "its type twice": lambda raw: raw[:-1] + b',"type":"case.closed.v1",' + raw[raw.rfind(b'"type"') :],
    "an attribute of nobody": lambda raw: again(raw, note="approved"),
    "a field of nobody": lambda raw: data(raw, note="approved"),
    "a null": lambda raw: again(raw, causationid=None),
    "a space": lambda raw: raw.replace(b'":"', b'": "', 1),
    "another order": lambda raw: orjson.dumps(dict(reversed(orjson.loads(raw).items()))),
    "a letter spelled out": lambda raw: raw.replace(b'"docket/', b'"\\u0064ocket/', 1),
    "a time without a fraction": lambda raw: again(raw, time="2026-07-06T14:00:00Z"),
    "a time in another spelling": lambda raw: again(raw, time="2026-07-06 14:00:00.000000Z"),
    "a day that is none": lambda raw: again(raw, time="2026-02-29T14:00:00.000000Z"),
    "a version with a point": lambda raw: raw.replace(b',"subject"', b'.0,"subject"', 1),
    "a person in the open": lambda raw: again(raw, by=None),
    "who a person is, in the open": lambda raw: again(raw, by=By(person=PersonId(LEDGER), name="Pat", post=None)),
    "what was asked, in the open": lambda raw: again(
        raw, act=Acted(digest=Digest("sha256:" + "0" * 64), signature=None)
    ),
    "a digest less": lambda raw: data(raw, _sd=orjson.loads(raw)["data"]["_sd"][1:]),
    "a digest more": lambda raw: data(raw, _sd=sorted([*orjson.loads(raw)["data"]["_sd"], "A" * 43])),
    "a digest twice": lambda raw: data(raw, _sd=orjson.loads(raw)["data"]["_sd"][:1] * 2),
    "a digest that is none": lambda raw: data(raw, _sd=["." * 43, *orjson.loads(raw)["data"]["_sd"][1:]]),
    "more behind it": lambda raw: raw + b"\n",
    "brackets without end": lambda raw: b'{"a":' + b"[" * 30_000 + b"]" * 30_000 + b"," + raw[1:],
}


@pytest.fixture(scope="module")
def documents(record) -> list[bytes]:
    return [document for _, _, document in record.ledger.recorder.read(0, AT + 10)]


@pytest.mark.parametrize("how", UNLIKE)
def test_a_document_that_can_be_read_in_two_ways_is_found(documents, tmp_path, how):
    made = UNLIKE[how](documents[AT])
    assert made != documents[AT]
    found = failed(signing([*documents[:AT], made, *documents[AT + 1 :]], tmp_path / "signed.zip"))
    assert (found.layer, found.place) == (Layer.SCHEMA, f"position {AT + 1}")


@pytest.mark.parametrize("how", ["a member twice", "a letter spelled out", "what is not protected", "padding"])
def test_a_disclosure_that_can_be_read_in_two_ways_is_found(record, documents, tmp_path, how):
    """The operator has put its digest into the document, so that it is that document's own."""
    (shown,) = record.ledger.recorder.disclosures([AT + 1]).values()
    protected = next(each for each in shown if b'"act"' in urlsafe_b64decode(each + b"=="))
    said = urlsafe_b64decode(protected + b"==")
    other = {
        "a member twice": said.replace(b'"digest":', b'"digest":"another","digest":', 1),
        "a letter spelled out": said.replace(b'"act"', b'"\\u0061ct"', 1),
        "what is not protected": said.replace(b'"act"', b'"type"', 1),
        "padding": said,
    }[how]
    assert how == "padding" or other != said
    made = urlsafe_b64encode(other).rstrip(b"=") + (b"=" if how == "padding" else b"")
    digests = orjson.loads(documents[AT])["data"]["_sd"]
    digests[digests.index(wire._digest(protected))] = wire._digest(made)
    forged = data(documents[AT], _sd=sorted(digests))
    disclosures = [(), *([()] * (AT - 1)), (made,)]
    found = failed(signing([*documents[:AT], forged], tmp_path / "signed.zip", disclosures))
    assert (found.layer, found.place) == (Layer.BYTES, f"position {AT + 1}")


def test_a_line_of_disclosures_and_a_manifest_have_one_form(made, tmp_path):
    name = "disclosures/001.ndjson"
    for number, (member, change) in enumerate(
        [
            (name, lambda raw: raw.replace(b'{"disclosures"', b'{"disclosures":[],"disclosures"', 1)),
            (name, lambda raw: raw.replace(b',"position"', b', "position"', 1)),
            (name, lambda raw: raw.rstrip(b"\n")),
            (name, lambda raw: b'{"a":' + b"[" * 30_000 + b"\n" + raw),
            (MANIFEST, lambda raw: raw.replace(b'{"asked"', b'{"asked":{"case_id":"x"},"asked"', 1)),
            (MANIFEST, lambda raw: raw + b" "),
        ]
    ):
        found = failed(repacked(made, tmp_path / f"{number}.zip", {member: change(made.members()[member])}))
        assert (found.layer, found.place) == (Layer.BYTES, member)


def test_a_manifest_that_names_another_ledger_is_found(made, tmp_path):
    said = msgspec.json.decode(made.members()[MANIFEST]) | {"ledger": LEDGER.replace("1", "2")}
    found = failed(repacked(made, tmp_path / "other.zip", {MANIFEST: wire.canonical(said)}))
    assert (found.layer, found.place, found.why) == (Layer.ORDER, "position 1", "is of another ledger")


@pytest.mark.parametrize(
    "name",
    [
        *("../../home/auditor/.profile", "/etc/passwd", "C:\\evil.exe", "readme.txt", "CHECKPOINT"),
        *("disclosures/009.ndjson", "disclosures/000.NDJSON", "disclosures/../x.ndjson", "schemas/evil.json"),
        *("disclosures/000.ndjsonx", "tile/0/000x", "schemas/case.submitted.v1.jsonx"),
        *("tile/0/000.p/1", "tile/8/000", "tile/entries/003", "tile/0/" + "x001/" * 3_000 + "001"),
    ],
)  # fmt: skip
def test_a_member_that_no_export_has_is_found(made, tmp_path, name):
    """It is named by the manifest, with its right hash."""
    found = failed(repacked(made, tmp_path / "more.zip", {name: b"x"}))
    assert (found.layer, found.place) == (Layer.BYTES, name)


def test_what_stands_beside_the_documents_changes_no_verdict(made, tmp_path):
    """A README and a schema may say anything: the manifest names them, and nothing is concluded from them."""
    lies = {README: b"All of it is approved.", "schemas/case.submitted.v1.json": b'{"title":"An approval"}'}
    report, honest = verify(repacked(made, tmp_path / "lies.zip", lies), POLICY), verify(made.path, POLICY)
    assert (report.opened, report.events, report.withheld) == (honest.opened, honest.events, honest.withheld)


def local(raw: bytes, name: str) -> int:
    """Where a member begins."""
    return raw.index(b"PK\3\4", raw.index(name.encode()) - 30)


def listed(raw: bytes, name: str) -> int:
    """Where the directory lists it."""
    return raw.rindex(name.encode()) - 46


def put(raw: bytes, at: int, some: bytes) -> bytes:
    return raw[:at] + some + raw[at + len(some) :]


def lapped(raw: bytes, at: int) -> bytes:
    """The first member reaches from its place up to another, and the second is said to begin there."""
    size = (at - 30 - len(README)).to_bytes(4, "little") * 2
    for place, some in ((18, size), (listed(raw, README) + 20, size), (listed(raw, CHECKPOINT) + 42, size[:0])):
        raw = put(raw, place, some or at.to_bytes(4, "little"))
    return raw


LAID = {
    "something before the members": lambda raw: b"#!/bin/sh\n" + raw,
    "something behind the archive": lambda raw: raw + b"more",
    "a comment": lambda raw: raw[:-2] + b"\x04\0more",
    "a comment as long as the end of a large archive": lambda raw: raw[:-2] + b"\x4c\0" + b"more" * 19,
    "another name in its place": lambda raw: put(raw, local(raw, CHECKPOINT) + 30, b"Checkpoint"),
    "pressed in its place alone": lambda raw: put(raw, local(raw, CHECKPOINT) + 8, b"\x08"),
    "another size in its place": lambda raw: put(raw, local(raw, CHECKPOINT) + 22, b"\1"),
    "another checksum in the directory": lambda raw: put(raw, listed(raw, CHECKPOINT) + 16, b"abcd"),
    "a form of archive that is to come": lambda raw: put(raw, listed(raw, CHECKPOINT) + 6, b"\xff\xff"),
    "a name that is no text": lambda raw: put(
        raw,
        listed(raw, CHECKPOINT) + 8,
        b"\0\x08" + raw[listed(raw, CHECKPOINT) + 10 : listed(raw, CHECKPOINT) + 46] + b"\xff",
    ),
    "encrypted": lambda raw: put(raw, listed(raw, CHECKPOINT) + 8, b"\1"),
    "a size beyond the archive": lambda raw: put(raw, listed(raw, CHECKPOINT) + 20, b"\xff\xff\xff\x7f" * 2),
    "a place beyond the archive": lambda raw: put(raw, listed(raw, CHECKPOINT) + 42, b"\xff\xff\xff\x7f"),
    "the place of another member": lambda raw: put(raw, listed(raw, CHECKPOINT) + 42, b"\0\0\0\0"),
    "a member that ends with the archive": lambda raw: lapped(raw, len(raw) - 10),
    "a folder": lambda raw: put(raw, listed(raw, CHECKPOINT) + 38, (stat.S_IFDIR << 16).to_bytes(4, "little")),
    "a link": lambda raw: put(raw, listed(raw, CHECKPOINT) + 38, ((stat.S_IFLNK | 0o777) << 16).to_bytes(4, "little")),
    "a name that ends early": lambda raw: raw.replace(README.encode(), b"README\0txt"),
}


@pytest.mark.parametrize("how", LAID)
def test_an_archive_that_another_program_may_unpack_otherwise_is_not_read(made, tmp_path, how):
    changed = LAID[how](made.path.read_bytes())
    assert changed != made.path.read_bytes()
    path = tmp_path / "laid.zip"
    path.write_bytes(changed)
    assert failed(path).layer is Layer.BYTES


@pytest.fixture(scope="module", params=["at once", "as a stream"])
def outlined(made, record, request) -> tuple[bytes, list[int]]:
    """An archive, and where in it is something else than what its members have in them."""
    at_once = request.param == "at once"
    whole = made.path.read_bytes() if at_once else b"".join(streamed(asked(record), source(record)))
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        members = [(info.header_offset + 30 + len(info.filename), info.file_size) for info in archive.infolist()]
    begins, ends = [begin for begin, _ in members], [0, *(sum(member) for member in members)]
    return whole, [at for end, begin in zip(ends, [*begins, len(whole)], strict=True) for at in range(end, begin)]


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_is_otherwise_around_the_members_they_are_the_same_or_not_read(made, outlined, tmp_path, data):
    whole, around = outlined
    at, path = data.draw(st.sampled_from(around)), tmp_path / "laid.zip"
    path.write_bytes(put(whole, at, bytes([whole[at] ^ 1 << data.draw(st.integers(0, 7))])))
    with suppress(Unreadable), opened(path) as archive:
        assert {name: archive.read(name) for name in archive.names()} == made.members()


def test_what_lies_behind_a_member_of_a_stream_is_what_the_directory_says(record, tmp_path):
    whole, path = b"".join(streamed(asked(record), source(record))), tmp_path / "laid.zip"
    begin = whole.index(b"PK\7\10")
    for at, bit in product(range(begin, begin + 16), (1, 0x80)):
        path.write_bytes(put(whole, at, bytes([whole[at] ^ bit])))
        assert "cut short" in failed(path).why


def test_a_member_may_be_said_to_be_a_plain_file(made, tmp_path):
    raw = made.path.read_bytes()
    path = tmp_path / "plain.zip"
    path.write_bytes(put(raw, listed(raw, CHECKPOINT) + 38, ((stat.S_IFREG | 0o644) << 16).to_bytes(4, "little")))
    assert verify(path, POLICY) == verify(made.path, POLICY)


def test_an_archive_that_is_too_large_for_a_small_directory_is_read(made, tmp_path, monkeypatch):
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 400_000)
    path = repacked(made, tmp_path / "large.zip", {})
    assert b"PK\6\6" in path.read_bytes()[-98:]
    assert verify(path, POLICY) == verify(made.path, POLICY)


OTHER = b"\x75\x70\x09\0\1\0\0\0\0evil"
"""Info-ZIP's Unicode path: another name, for other programs."""


@pytest.mark.parametrize("member", [README, MANIFEST])
@pytest.mark.parametrize(
    "odd", [(OTHER, b"", b""), (b"", OTHER, b""), (b"", b"\1\0\0\0" + OTHER, b""), (b"", b"", b"hidden")]
)
def test_members_lie_side_by_side_under_names_that_every_program_reads(made, tmp_path, member, odd):
    path, (extra, listed, gap) = tmp_path / "odd.zip", odd
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in made.members().items():
            info = zipfile.ZipInfo(name)
            info.extra = extra if name == member else b""
            archive.writestr(info, content)
            if name == member:
                info.extra = extra + listed
                assert archive.fp is not None
                archive.fp.write(gap)
                archive.start_dir += len(gap)
    assert failed(path).layer is Layer.BYTES


def test_a_name_is_one_that_every_program_reads(made, tmp_path):
    path = repacked(made, tmp_path / "odd.zip", {"tile/0/00\N{ARABIC-INDIC DIGIT ZERO}": b""})
    assert failed(path).layer is Layer.BYTES


@pytest.mark.parametrize("size", [2**20, 2**40, 2**53 - 1, 2**63 - 1])
def test_a_log_that_is_said_to_be_enormous_takes_no_longer(made, tmp_path, size):
    """The operator signs a size whose tiles nobody could carry, and a root that leads to some of them."""
    root = node_hash(b"r" * 32, b"s" * 32)
    said = msgspec.json.decode(made.members()[MANIFEST]) | {"size": size}
    found = failed(
        repacked(
            made,
            tmp_path / "huge.zip",
            {CHECKPOINT: note(size, root), MANIFEST: orjson.dumps(said, option=orjson.OPT_SORT_KEYS)},
        )
    )
    assert found.layer in {Layer.ROOT, Layer.BYTES}


def test_an_archive_may_not_be_empty_nor_a_folder(tmp_path: Path):
    (tmp_path / "empty.zip").write_bytes(b"")
    assert failed(tmp_path / "empty.zip").layer is Layer.BYTES
    with pytest.raises(OSError, match="directory"):
        verify(tmp_path, POLICY)
