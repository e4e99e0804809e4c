"""Which ids a command makes: a new one is suggested for these alone, for every other names what is there already."""

from collections.abc import Mapping
from typing import Final

from fastapi import Request

from api.pages.asking import Asking
from domain.events.office import OfficeKind

MAKES: Final[Mapping[str, tuple[str, ...]]] = {
    "case.report-breach.v1": ("breach_id",),
    "case.assert-publicity.v1": ("assertion_id",),
    "case.propose-assessment.v1": ("assessment_id",),
    "case.request-information.v1": ("request_id",),
    "case.convey-concern.v1": ("concern_id",),
    "case.file-dissent.v1": ("dissent_id",),
    "case.issue-determination.v1": ("determination_id",),
    "case.report-programme-participants.v1": ("report_id",),
    "case.propose-trusted-partner.v1": ("selection_id",),
    "consultation.open.v1": ("consultation_id",),
    "lease.open.v1": ("lease_id",),
    "scan.request.v1": ("scan_id",),
    "oversight.request.v1": ("inquiry_id",),
    "oversight.note.v1": ("inquiry_id",),
    "oversight.produce.v1": ("production_id",),
    "oversight.withhold.v1": ("withholding_id",),
    "office.grant-delegation.v1": ("delegation_id",),
    "vulnerability.report.v1": ("vulnerability_id", "reporter"),
    "vulnerability.contact-vendor.v1": ("party_id",),
    "vulnerability.propose-embargo.v1": ("embargo_id",),
    "vulnerability.observe-exploitation.v1": ("observation_id",),
    "vulnerability.report-remediation.v1": ("remediation_id",),
    "vulnerability.distribute-patch.v1": ("distribution_id",),
    "vulnerability.refer-equities.v1": ("referral_id",),
    "record.file-erratum.v1": ("erratum_id",),
    "record.challenge-marking.v1": ("challenge_id",),
    "record.place-hold.v1": ("hold_id",),
    "record.propose-destruction.v1": ("destruction_id",),
    "tasking.report-progress.v1": ("report_id",),
    "tasking.explain-delay.v1": ("report_id",),
}
"""Type of command → the fields with the ids that are new with it; a reporter's pseudonym is one."""
_REQUESTS, _NOTES = "oversight.request.v1", "oversight.note.v1"
_MOST = 100


async def whose(ask: Asking, request: Request, command: str) -> list[str]:
    """The offices whose code the id of what a command makes may begin with: whoever is asked, or whoever notes."""
    if command == _NOTES:
        kind, _, code = (await ask(request, "/v1/me"))["actor"].partition("/")
        return [code] if kind == "office" else []
    if command != _REQUESTS:
        return []
    items = (await ask(request, "/v1/offices", limit=_MOST))["items"]
    return sorted(each["office"] for each in items if each["kind"] != OfficeKind.OVERSIGHT)
