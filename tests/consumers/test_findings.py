"""Real documents of four formats become findings; what is wrong with one is said, and no document breaks a reader."""

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consumers.acts.intake import Malformed
from consumers.findings import asking, reading, report
from consumers.findings.finding import Finding, Format, Point, Product, Status
from consumers.findings.withdrawn import Withdrawn
from domain import vers
from domain.commands.vulnerability import ReportVulnerability
from domain.errors import TurnedAway
from domain.markings import TLP

DATA = Path(__file__).parents[1] / "data" / "findings"
CVES = sorted(DATA.glob("cve/*.json"))
OSVS = sorted(DATA.glob("osv/*.json"))
CATALOGUE = json.loads(next(DATA.glob("kev/*.json")).read_bytes())
ENTRIES = CATALOGUE["vulnerabilities"]
WRONG = {"nointroduced-CVE-2023-41045.json", "nondistinct-CVE-2018-5407.json", "withdrawn.osv.json"}


def found_in(body: bytes) -> tuple[Finding, ...]:
    document = reading.document(body)
    return reading.findings(document, reading.recognised(document))


def one(name: str) -> Finding:
    (found,) = found_in((DATA / name).read_bytes())
    return found


@pytest.mark.parametrize("path", CVES, ids=lambda path: path.stem)
def test_every_cve_record_is_one_finding(path):
    found = one(f"cve/{path.name}")
    assert (found.format, found.id, found.public) == (Format.CVE, path.stem, True)
    assert found.title
    assert found.products


@pytest.mark.parametrize("path", [path for path in OSVS if path.name not in WRONG], ids=lambda path: path.stem)
def test_every_osv_entry_that_says_something_is_one_finding(path):
    assert one(f"osv/{path.name}").format is Format.OSV


def test_a_score_stands_with_the_cna_with_another_or_nowhere():
    sources = {path.stem: [score.source for score in one(f"cve/{path.name}").scores] for path in CVES}
    assert sources["CVE-2024-47575"] == ["fortinet"]
    assert sources["CVE-2024-5274"] == ["CISA-ADP"]
    assert sources["CVE-2024-9953"] == []


def test_what_was_written_and_what_it_means_are_both_kept():
    first = {path.stem: one(f"cve/{path.name}").points[0] for path in CVES}
    assert first["CVE-2024-3400"] == Point(point="ssvc:E:1.1.0", raw="Active", value="A")
    assert first["CVE-2024-5274"] == Point(point="ssvc:E:1.1.0", raw="active", value="A")


def test_a_point_that_no_table_has_is_kept_as_it_came():
    document = json.loads((DATA / "cve" / "CVE-2024-5274.json").read_bytes())
    (metric,) = (
        metric["other"]
        for container in document["containers"]["adp"]
        for metric in container.get("metrics", ())
        if metric.get("other", {}).get("type") == "ssvc"
    )
    metric["content"]["options"] = [{"Exploitation": "rampant"}, {"Weather": "fair"}]
    (found,) = reading.findings(document, Format.CVE)
    assert found.points == (
        Point(point="Exploitation", raw="rampant", value=None),
        Point(point="Weather", raw="fair", value=None),
    )


def test_the_exploited_are_those_that_the_record_calls_known_exploited():
    assert {path.stem for path in CVES if one(f"cve/{path.name}").exploited} == {
        "CVE-2024-3400",
        "CVE-2024-47575",
        "CVE-2024-5274",
    }


def test_a_product_that_is_not_affected_is_no_product_of_the_finding():
    assert "Cloud NGFW" not in {product.product for product in one("cve/CVE-2024-3400.json").products}


def test_a_record_that_was_rejected_reports_nothing():
    document = json.loads((DATA / "cve" / "CVE-2024-5274.json").read_bytes())
    provider = document["containers"]["cna"]["providerMetadata"]
    document["cveMetadata"]["state"] = "REJECTED"
    said = [{"lang": "en", "value": "Not one."}]
    document["containers"] = {"cna": {"providerMetadata": provider, "rejectedReasons": said}}
    with pytest.raises(Withdrawn):
        reading.findings(document, Format.CVE)


def test_packages_have_the_package_url_that_their_ecosystem_gives_them():
    requests = one("osv/PYSEC-2023-74.json")
    assert requests.aliases == ("PYSEC-2023-74", "CVE-2023-32681", "GHSA-j8r2-6x86-q33q")
    assert requests.products[1].package == "pkg:pypi/requests"
    assert requests.products[1].versions[0] == "vers:pypi/>=2.3.0|<2.31.0"
    assert one("osv/GO-2020-0001.json").products[0].package == "pkg:golang/github.com/gin-gonic/gin"
    assert one("osv/GHSA-9v2f-6vcg-3hgv.json").products[0].versions == ("4.36.1", "4.36.-1")


@pytest.mark.parametrize("name", ["RHSA-2022_0216.json", "SUSE-FU-2022_0444-1.json"])
def test_an_entry_without_packages_is_a_finding_all_the_same(name):
    assert one(f"osv/{name}").products == ()


@pytest.mark.parametrize(
    ("name", "at"),
    [
        ("nointroduced-CVE-2023-41045.json", "/affected/0/ranges/0/events"),
        ("nondistinct-CVE-2018-5407.json", "/affected/6/ranges/1/events"),
    ],
)
def test_a_range_that_says_nothing_is_turned_away_with_its_place(name, at):
    with pytest.raises(Malformed) as turned_away:
        one(f"osv/{name}")
    assert at in [wrong.pointer for wrong in turned_away.value.errors]


def test_an_entry_that_was_withdrawn_reports_nothing():
    with pytest.raises(Withdrawn):
        one("osv/withdrawn.osv.json")


def test_every_entry_of_the_catalogue_is_an_exploited_finding():
    assert len(ENTRIES) == CATALOGUE["count"] == 1404
    for entry in ENTRIES:
        (found,) = reading.findings(entry, reading.recognised(entry))
        assert (found.id, found.exploited, found.public) == (entry["cveID"], True, True)


def test_a_due_date_before_its_date_is_kept_as_it_was_given():
    early = [entry for entry in ENTRIES if entry["dueDate"] < entry["dateAdded"]]
    assert len(early) == 15
    for entry in early:
        (found,) = reading.findings(entry, Format.KEV)
        assert dict(found.dates) == {"dateAdded": entry["dateAdded"], "dueDate": entry["dueDate"]}


def test_a_csaf_document_is_a_finding_for_each_of_its_vulnerabilities():
    first, second = found_in((DATA / "csaf" / "advisory.json").read_bytes())
    assert (first.id, second.id, first.document) == ("CVE-2026-0001", "EWC-77", "EWC-2026-001")
    assert first.tlp is TLP.GREEN
    assert (first.exploited, second.exploited, first.public) == (True, False, False)
    assert first.products == (
        Product(
            vendor="Example Water Controls",
            product="Pump Controller",
            cpe="cpe:2.3:a:example_water:pump_controller:*:*:*:*:*:*:*:*",
            versions=("vers:generic/<2.4.1",),
        ),
    )
    assert (first.scores[0].system, first.weaknesses) == ("CVSS:3.1", ("CWE-306",))


def test_vex_says_also_which_products_are_not_affected():
    found = one("csaf/vex.json")
    assert found.products == ()
    assert found.statuses == (
        Status(product="PUMP-FIXED", status="known_not_affected"),
        Status(product="PUMP-OLD", status="under_investigation"),
    )


def test_a_product_that_the_document_does_not_have_is_named_by_its_place():
    document = json.loads((DATA / "csaf" / "vex.json").read_bytes())
    document["vulnerabilities"][0]["product_status"]["known_affected"] = ["PUMP-NEW"]
    with pytest.raises(Malformed) as turned_away:
        reading.findings(document, Format.CSAF)
    assert [wrong.pointer for wrong in turned_away.value.errors] == ["/vulnerabilities/0/product_status"]


@pytest.mark.parametrize(
    "body",
    [b"", b"7", b"[]", b"{}", b'{"a":1,"a":2}', b'{"id":1e999,"modified":""}', b"\xff", b"{" * 99, b'{"x":'],
    ids=lambda body: body[:12].decode(errors="replace"),
)
def test_what_is_no_document_is_turned_away(body):
    with pytest.raises(Malformed):
        found_in(body)


def test_what_has_no_room_is_counted_and_the_rest_fits_a_document():
    (found,) = found_in((DATA / "osv" / "SUSE-FU-2022_0444-1.json").read_bytes())
    said, left = report.data(found, digest="sha256:" + "0" * 64, holder="its author")
    assert len(said["references"]) == 40
    assert left == {"references": len(found.references) - 40}
    many = tuple(Product(product="p" * 200, cpe="c" * 1000, versions=(f"{number:01000}",)) for number in range(300))
    wide = Finding(format=Format.OSV, document="X", id="X", title="X", products=many)
    said, left = report.data(wide, digest="sha256:" + "0" * 64, holder="its author")
    assert 0 < len(said["affected"]) < 100
    assert left == {"affected": 300 - len(said["affected"])}
    assert len(json.dumps(said)) < report.BYTES


def test_more_versions_than_fit_one_entry_are_in_the_next():
    versions = tuple(map(str, range(100)))
    found = Finding(
        format=Format.OSV, document="X", id="X", title="X", products=(Product(product="p", versions=versions),)
    )
    said, left = report.data(found, digest="sha256:" + "0" * 64, holder="its author")
    assert [len(entry["versions"]) for entry in said["affected"]] == [40, 40, 20]
    assert left == {}


scheme = st.from_regex(r"[a-z0-9]{1,9}", fullmatch=True)
constraints = st.lists(
    st.tuples(st.sampled_from(["", "<", "<=", ">", ">=", "!="]), st.text(min_size=1, max_size=20)), max_size=5
)


@given(scheme=scheme, said=constraints)
def test_a_range_that_is_written_is_read_as_it_was(scheme, said):
    assert vers.read(vers.write(scheme, said)) == (scheme, tuple(said))


texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)
BATCH = asking.Batch(id="0199aaaa-0000-4000-8000-00000000ba7c", actor="office/treasury", marking="CUI//TLP:RED")
SAMPLES = [
    (DATA / "cve" / "CVE-2024-3400.json").read_bytes(),
    (DATA / "osv" / "PYSEC-2023-74.json").read_bytes(),
    (DATA / "osv" / "CVE-2018-5407.json").read_bytes(),
    (DATA / "csaf" / "advisory.json").read_bytes(),
    (DATA / "csaf" / "vex.json").read_bytes(),
    json.dumps(ENTRIES[0]).encode(),
]


def places(value, path=()):
    yield path
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(inner, (*path, key))


@st.composite
def spoiled(draw):
    """A real document in which a few places hold something else, or nothing."""
    document = json.loads(draw(st.sampled_from(SAMPLES)))
    format = reading.recognised(document)
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from([path for path in places(document) if path]))
        holder = document
        for key in path[:-1]:
            holder = holder[key]
        if isinstance(holder, dict) and draw(st.booleans()):
            del holder[path[-1]]
        else:
            holder[path[-1]] = draw(anything)
    return format, document


@given(spoiled())
def test_whatever_a_document_holds_it_is_turned_away_or_asks_for_an_act_that_has_its_form(said):
    format, document = said
    found: tuple[Finding, ...] = ()
    with suppress(TurnedAway):
        found = reading.findings(document, format)
    if found:
        asked = asking.items(BATCH, json.dumps(document).encode())
        assert [item.document for item in asked] == [each.document for each in found]
        for item in asked:
            assert isinstance(item.act.command, ReportVulnerability)
            assert all(each.vendor or each.product or each.package or each.cpe for each in item.act.command.affected)


@given(
    document=st.dictionaries(
        st.sampled_from(["id", "modified", "cveID", "dateAdded", "document", "dataType"]), anything
    )
)
def test_any_json_is_read_or_turned_away(document):
    with suppress(TurnedAway):
        assert reading.findings(document, reading.recognised(document))
