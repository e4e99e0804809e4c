"""What a vulnerability is called, and what operators use, is found in every store by whoever may know it."""

from dataclasses import replace
from typing import Any

from domain.commands.participant import DeclareSectors, EnrolParticipant
from domain.commands.vulnerability import MatchOperator, ReportVulnerability
from domain.events.participant import ParticipantKind
from domain.events.vulnerability import Affected, MatchedBy
from domain.markings import TLP
from domain.values import Digest, ReporterId, VulnerabilityId
from projections.clearinghouse.queries import vulnerability
from projections.clearinghouse.suggestions import same, suggestions
from projections.reported import Known, named_so
from projections.visible import Sight
from tests.domain.cast import DEVELOPER, DHS, OPERATOR, RIVAL, TREASURY, named
from tests.domain.streams import vulnerability as it
from tests.projections.stage import Stage, sight

AMBER, GREEN = "UNCLASSIFIED//TLP:AMBER", "UNCLASSIFIED//TLP:GREEN"
FIRST, SECOND, THIRD = (VulnerabilityId(named(f"vulnerability {number}")) for number in range(3))
PUMP = Affected(vendor="Acme", product="Pump", package="pkg:generic/pump", cpe=None, versions=())


def report(id: VulnerabilityId, *aliases: str, **more: Any) -> ReportVulnerability:
    return ReportVulnerability(
        vulnerability_id=id, reporter=ReporterId(named("pseudonym")), title="Invented", aliases=aliases, **more
    )


def found(stage: Stage, by: Sight, *names: str, digests: tuple[Digest, ...] = ()) -> set[VulnerabilityId]:
    return {row.vulnerability_id for row in named_so(stage.seen(), by, names, digests)}


def test_a_report_is_found_by_its_names_however_they_are_written(stage: Stage) -> None:
    stage.do((report(FIRST, "GHSA-2222-3333-4444", "cve-2026-0001", "Own-7"), DHS), marking=GREEN)
    stage.do((report(SECOND, "CVE-2026-0002"), DHS), marking=GREEN)
    for name in ("cve-2026-0001", "ghsa-2222-3333-4444", "own-7"):
        assert found(stage, sight(TREASURY), name) == {FIRST}
    assert found(stage, sight(TREASURY), "cve-2026-0001", "cve-2026-0002") == {FIRST, SECOND}
    assert found(stage, sight(TREASURY), "cve-2026-9999") == set()
    assert found(stage, sight(TREASURY)) == set()


def test_a_report_is_found_by_the_document_that_it_was_read_from(stage: Stage) -> None:
    source = it.report.source
    assert source is not None
    stage.do((report(FIRST, source=source), DHS), marking=GREEN)
    assert found(stage, sight(TREASURY), digests=(source.digest,)) == {FIRST}


def test_a_participant_finds_its_own_reports_alone(stage: Stage) -> None:
    stage.do((report(FIRST, "CVE-2026-0001"), DEVELOPER), (report(SECOND, "CVE-2026-0001"), RIVAL), marking=GREEN)
    assert found(stage, sight(DEVELOPER), "cve-2026-0001") == {FIRST}
    assert found(stage, sight(TREASURY), "cve-2026-0001") == {FIRST, SECOND}


def test_what_somebody_is_not_cleared_for_is_not_found(stage: Stage) -> None:
    stage.do((report(FIRST, "CVE-2026-0001"), DHS), marking=AMBER)
    cleared = sight(TREASURY)
    narrow = replace(cleared, clearance=replace(cleared.clearance, tlp=TLP.GREEN))
    assert found(stage, narrow, "cve-2026-0001") == set()


def test_what_shares_a_name_or_a_document_is_the_same_and_nothing_is_the_same_as_itself() -> None:
    known, digest = Known(), "sha256:" + "0" * 64
    known.add(FIRST, ["CVE-2026-0001", "Own-7"], digest)
    known.add(SECOND, ["cve-2026-0001"], None)
    known.add(THIRD, [], digest)
    assert [(each.vulnerability_id, each.alias) for each in known.same(FIRST, ["CVE-2026-0001"], digest)] == [
        (SECOND, "cve-2026-0001"),
        (THIRD, None),
    ]
    assert known.same(SECOND, ["own-8"], None) == ()


def test_operators_are_suggested_by_what_was_confirmed_before_and_where_they_work(stage: Stage) -> None:
    enrol = EnrolParticipant(participant=OPERATOR.participant, name="Prairie Water", kind=ParticipantKind.OPERATOR)
    declare = DeclareSectors(participant=OPERATOR.participant, sectors=("water",))
    stage.do((enrol, OPERATOR), (declare, OPERATOR))
    stage.do((report(FIRST, "CVE-2026-0001"), DHS), marking=GREEN)
    match = MatchOperator(
        vulnerability_id=FIRST,
        operator=OPERATOR.participant,
        matched_by=MatchedBy.PACKAGE,
        matched_on="pkg:generic/pump",
    )
    stage.do((match, TREASURY), marking=GREEN)
    stage.do((report(SECOND, "CVE-2026-0001", affected=(PUMP,), sectors=("water",)), DHS), marking=GREEN)
    store, by = stage.seen(), sight(TREASURY)
    row = vulnerability(store, by, SECOND, stage.now)
    assert row is not None
    assert [(each.name, each.matched_by, each.confirmed) for each in suggestions(store, by, row.facts)] == [
        ("Prairie Water", "package", False),
        ("Prairie Water", "sector", False),
    ]
    assert [each.vulnerability_id for each in same(store, by, row.facts)] == [FIRST]
