"""An export holds what its reader may see, the same bytes for everybody, and proves each of them."""

import zipfile

import msgspec

from projections.exports.archive import CHECKPOINT, MANIFEST, README, Manifest
from projections.exports.layers import Layer
from projections.exports.reading import opened
from projections.exports.verifying import Report, verify
from projections.exports.writing import streamed
from projections.transparency.policy import Grade
from projections.transparency.tiles import unbundled
from projections.visible import Sight
from tests.projections.exports.exporting import CASES, POLICY, asked, exported, failed, source
from tests.projections.small_ledger import DHS, LEDGER, UNCLEARED

LITTLE = Sight(clearance=UNCLEARED, office=DHS.actor.office, participant=None, oversight=False)


def test_everything_that_was_exported_is_verified(made):
    told: list[tuple[int, int]] = []
    report = verify(made.path, POLICY, complete=True, done=lambda at, of: told.append((at, of)))
    assert report.events == made.size > 512
    assert report.absent == 0
    assert report.withheld == 0
    assert report.opened.grade is Grade.FINAL
    assert told == [*((at, made.size) for at in range(256, made.size, 256)), (made.size, made.size)]
    documents = made.of.ledger.recorder.read(0, made.size)
    assert report.disclosures == sum(map(len, made.of.ledger.recorder.disclosures(range(made.size + 1)).values()))
    members = made.members()
    assert [each for name in members if "entries" in name for each in unbundled(members[name])] == [
        document for _, _, document in documents
    ]
    assert set(members) >= {
        README,
        CHECKPOINT,
        MANIFEST,
        "schemas/case.submitted.v1.json",
        f"tile/1/000.p/{made.size // 256}",
    }


def test_whoever_sees_less_gets_the_same_documents_with_less_disclosed(record, tmp_path):
    report = verify(exported(record, tmp_path / "some.zip", LITTLE), POLICY)
    documents = [document for _, _, document in record.ledger.recorder.read(0, record.log.size())]
    hidden = sum(b'"marking":"UNCLASSIFIED"' not in document for document in documents)
    assert hidden > CASES // 9 * 2
    assert report.absent == hidden
    assert report.events == record.log.size() - hidden
    assert report.withheld > CASES, "of the others what is protected, too"
    assert failed(tmp_path / "some.zip", complete=True).layer is Layer.BYTES
    with zipfile.ZipFile(tmp_path / "some.zip") as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist())
    assert b'"marking":"SECRET' not in everything
    assert b'"marking":"CUI' not in everything
    assert b"What Model" not in everything, "a summary is protected"


def test_a_part_of_the_record_needs_no_more_of_the_tree_than_leads_to_it(record, tmp_path):
    wanted = {300, 301}
    path = exported(record, tmp_path / "two.zip", filters={"case_id": "x"}, positions=wanted.intersection)
    report = verify(path, POLICY)
    assert (report.events, report.absent) == (2, record.log.size() - 2)
    assert report.manifest.asked == {"case_id": "x"}
    with opened(path) as archive:
        tiles = [name for name in archive.names() if name.startswith("tile/0/")]
    last = (record.log.size() - 1) // 256
    assert tiles == ["tile/0/001", f"tile/0/{last:03}.p/{record.log.size() - last * 256}"]


def test_an_export_that_is_streamed_is_the_same(made, record, tmp_path):
    path = tmp_path / "streamed.zip"
    path.write_bytes(b"".join(streamed(asked(record), source(record))))
    with zipfile.ZipFile(path) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == made.members()
    assert verify(path, POLICY, complete=True).events == made.size


def test_asked_again_it_is_the_same_bytes(made, record, tmp_path):
    assert exported(record, tmp_path / "again.zip").read_bytes() == made.path.read_bytes()


def test_the_manifest_says_what_is_in_it(made):
    manifest = msgspec.json.decode(made.members()[MANIFEST], type=Manifest)
    assert (manifest.reader, manifest.asked, manifest.ledger) == ("office/gao", {}, LEDGER)
    assert isinstance(verify(made.path, POLICY), Report)
