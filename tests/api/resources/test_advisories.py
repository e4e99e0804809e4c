"""What goes out is valid by its owner's schema, carries its TLP colour, and is read back as what went in."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import stix2
from hypothesis import given, settings
from hypothesis import strategies as st

from api.advisories import csaf, cve, osv, stix
from api.advisories.advisory import Advisory, Affected, Change, Remedy, Score
from consumers.findings import reading, schemas
from consumers.findings.finding import Finding, Format
from domain import vers
from domain.markings import TLP

ORIGIN = "https://docket.example"
ORGANISATION = "0199aaaa-0000-4000-8000-00000000c1ea"
DATA = Path(__file__).parents[2] / "data" / "findings"
REPORTED = datetime(2026, 9, 1, 14, 0, tzinfo=UTC)
words = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp", "Cn")), min_size=1, max_size=30
)
lines = words.map(str.strip).filter(bool).map(lambda said: " ".join(said.split()))
plain = st.from_regex(r"[0-9]{1,3}(\.[0-9]{1,3}){0,2}", fullmatch=True)
ends = st.sampled_from(["<", "<="])
ranges = st.builds(
    lambda scheme, begins, how, end: vers.write(scheme, [(">=", begins), (how, end)]),
    st.sampled_from(["semver", "generic", "pypi"]),
    plain.filter(lambda said: said != "0"),
    ends,
    plain,
)
versions = st.lists(plain | ranges, max_size=3, unique=True).map(tuple)
affected = st.builds(
    Affected,
    vendor=st.none() | lines,
    product=st.none() | lines,
    package=st.sampled_from(
        [None, "pkg:pypi/requests", "pkg:npm/%40angular/core", "pkg:maven/org.example/thing", "no purl"]
    ),
    cpe=st.sampled_from([None, "cpe:2.3:a:example:thing:*:*:*:*:*:*:*:*", "cpe:/o:example:thing", "no cpe"]),
    versions=versions,
)
scores = st.sampled_from(
    [
        Score(system="CVSS:3.1", vector="CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:H"),
        Score(system="CVSS:4.0", vector="CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"),
        Score(system="CVSS:2.0", vector="AV:N/AC:L/Au:N/C:N/I:N/A:C"),
        Score(system="CVSS:3.1", vector="nothing"),
        Score(system="Ubuntu", vector="high"),
    ]
)
remedies = st.builds(
    Remedy,
    kind=st.sampled_from(["fix", "mitigation", "workaround"]),
    fixed_versions=st.lists(plain, max_size=2).map(tuple),
    reference=st.sampled_from([None, "https://vendor.example/fix", "not an address"]),
    description=st.none() | lines,
)
advisories = st.builds(
    Advisory,
    id=st.just("0199aaaa-0000-4000-8000-000000000042"),
    marking=st.sampled_from(["UNCLASSIFIED//TLP:GREEN", "CUI//TLP:AMBER"]),
    tlp=st.none() | st.sampled_from(TLP),
    title=lines,
    description=st.none() | lines,
    aliases=st.lists(
        st.sampled_from(["CVE-2026-0001", "CVE-2026-12345", "GHSA-2222-3333-4444", "EWC-77"]), max_size=4, unique=True
    ).map(tuple),
    affected=st.lists(affected, max_size=4).map(tuple),
    scores=st.lists(scores, max_size=4).map(tuple),
    weaknesses=st.lists(st.sampled_from(["CWE-79", "CWE-306", "bad luck"]), max_size=3).map(tuple),
    references=st.lists(
        st.sampled_from(
            ["https://a.example/1", "https://b.example/?q=%20", "ftp://c.example", "no address", "https://ä.example/"]
        ),
        max_size=4,
    ).map(tuple),
    public=st.booleans(),
    exploited=st.booleans(),
    over=st.booleans(),
    answers=st.just({}),
    remedies=st.lists(remedies, max_size=3).map(tuple),
    changes=st.lists(lines, min_size=1, max_size=4).map(
        lambda said: tuple(
            Change(at=REPORTED + timedelta(hours=number), words=each) for number, each in enumerate(said)
        )
    ),
)

few = settings(max_examples=30)


def read_back(written: object) -> Finding:
    document = reading.document(json.dumps(written).encode())
    (found,) = reading.findings(document, reading.recognised(document))
    return found


def with_each_version(said: Iterator[tuple[str | None, str | None, tuple[str, ...]]]) -> set[object]:
    return {(*names, version) for *names, versions in said for version in versions or (None,)}


@few
@given(advisories)
def test_csaf_is_valid_and_read_back_as_it_was(advisory: Advisory):
    made = csaf.written(advisory, origin=ORIGIN)
    schemas.check("csaf-2.0", made)
    found = read_back(made)
    assert found.title == advisory.title
    assert set(found.aliases) - {advisory.named} == set(advisory.aliases)
    assert found.exploited == advisory.exploited
    assert set(advisory.links) <= set(found.references)
    named = [each for each in advisory.affected if each.vendor and each.product]
    went = with_each_version((each.vendor, each.product, each.versions) for each in named)
    came = with_each_version((each.vendor, each.product, each.versions) for each in found.products)
    assert went <= came


@few
@given(advisories)
def test_a_cve_record_is_valid_and_read_back_as_it_was(advisory: Advisory):
    made = cve.written(advisory, origin=ORIGIN, organisation=ORGANISATION)
    if advisory.cve is None:
        assert made is None
        return
    schemas.check("cve-5.1.1", made)
    found = read_back(made)
    assert (found.id, found.title) == (advisory.cve, advisory.title)
    assert set(found.weaknesses) == set(advisory.cwes)
    assert {score.system for score in found.scores} == {score.system for score in advisory.scores if score.worked_out()}
    named = [each for each in advisory.affected if each.vendor and each.product and each.versions]
    went = with_each_version((each.vendor, each.product, each.versions) for each in named)
    came = with_each_version((each.vendor, each.product, each.versions) for each in found.products)
    assert went <= came


@few
@given(advisories)
def test_an_osv_entry_is_valid_and_read_back_as_it_was(advisory: Advisory):
    made = osv.written(advisory)
    schemas.check("osv", made)
    found = read_back(made)
    assert (found.id, found.title) == (advisory.named, advisory.title)
    assert set(found.aliases) == {advisory.named, *advisory.aliases}
    assert set(found.weaknesses) == set(advisory.cwes)
    packaged = [each for each in advisory.affected if each.package == "pkg:pypi/requests"]
    assert {each.package for each in packaged} <= {each.package for each in found.products}


@few
@given(advisories)
def test_a_stix_bundle_is_valid_and_everything_in_it_is_marked(advisory: Advisory):
    made = json.loads(json.dumps(stix.written(advisory)))
    parsed = stix2.parse(made, version="2.1", allow_custom=False)
    kinds = {each["type"] for each in parsed.objects}
    assert {"identity", "vulnerability", "marking-definition"} <= kinds
    markings = {each["id"] for each in made["objects"] if each["type"] == "marking-definition"}
    assert (advisory.tlp is None) or (stix.TLP_2[advisory.tlp] in markings)
    for each in made["objects"]:
        assert each["type"] == "marking-definition" or set(each["object_marking_refs"]) == markings
    assert len({each["id"] for each in made["objects"]}) == len(made["objects"])


@few
@given(advisories)
def test_csaf_goes_no_further_than_the_colour_says(advisory: Advisory):
    found = read_back(csaf.written(advisory, origin=ORIGIN))
    assert (advisory.tlp is None) == (found.tlp is None)
    assert advisory.tlp is None or found.tlp is None or found.tlp >= advisory.tlp


@pytest.mark.parametrize("name", ["csaf/advisory.json", "cve/CVE-2024-3400.json", "osv/PYSEC-2023-74.json"])
def test_a_real_finding_goes_out_in_every_format(name):
    document = reading.document((DATA / name).read_bytes())
    found = reading.findings(document, reading.recognised(document))[0]
    advisory = Advisory(
        id="0199aaaa-0000-4000-8000-000000000042",
        marking="UNCLASSIFIED//TLP:GREEN",
        tlp=TLP.GREEN,
        title=found.title,
        description=found.description,
        aliases=found.aliases,
        affected=tuple(
            Affected(
                vendor=each.vendor, product=each.product, package=each.package, cpe=each.cpe, versions=each.versions
            )
            for each in found.products
        ),
        scores=tuple(Score(system=each.system, vector=each.vector) for each in found.scores),
        weaknesses=found.weaknesses,
        references=found.references,
        public=found.public,
        exploited=found.exploited,
        over=False,
        answers={},
        remedies=(),
        changes=(Change(at=REPORTED, words="reports"),),
    )
    schemas.check("csaf-2.0", csaf.written(advisory, origin=ORIGIN))
    schemas.check("cve-5.1.1", cve.written(advisory, origin=ORIGIN, organisation=ORGANISATION))
    schemas.check("osv", osv.written(advisory))
    stix2.parse(json.loads(json.dumps(stix.written(advisory))), version="2.1", allow_custom=False)
    assert found.format in Format
