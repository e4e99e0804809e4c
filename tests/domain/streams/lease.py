"""Two invented leases: a tool to an operator, and a covered model to an office."""

from datetime import date
from typing import Any

from domain.commands.lease import (
    AgreeToLease,
    AttestUse,
    CheckLease,
    EndAgreement,
    OpenLease,
    RecordLeaseExpiry,
    RevokeLease,
)
from domain.events.lease import (
    LeaseDeveloperAgreed,
    LeaseKind,
    LeaseOpened,
    LeaseRevoked,
    LeaseSubject,
    LeaseTaker,
)
from domain.values import Digest, LeaseId, OfficeCode
from tests.domain.cast import CLOCK, DEVELOPER, DHS, OPERATOR, STRANGER, TREASURY, named
from tests.domain.facts import CASE, TEXT, determined, under_way
from tests.domain.given import DAY, NOON, on
from tests.domain.once import Once, story
from tests.domain.requests import but

TOOL, MODEL = LeaseId(named("lease", "tool")), LeaseId(named("lease", "model"))
UNTIL = NOON + 60 * DAY
CHECK = Digest("sha256:" + "7" * 64)
_SAID: Any = {"purpose": "Defence of its pumps (invented)", "scope": "Its own networks", "terms": TEXT, "until": UNTIL}
BY_OPERATOR = LeaseTaker(office=None, participant=OPERATOR.participant)
BY_TREASURY = LeaseTaker(office=OfficeCode("treasury"), participant=None)
A_TOOL = LeaseSubject(kind=LeaseKind.TOOL, tool="scanner (invented)", case_id=None)
A_MODEL = LeaseSubject(kind=LeaseKind.COVERED_MODEL, tool=None, case_id=CASE)

lend_tool = OpenLease(
    lease_id=TOOL,
    participant=OPERATOR.participant,
    kind=LeaseKind.TOOL,
    tool="scanner (invented)",
    sector="water",
    **_SAID,
)
lend_model = OpenLease(
    lease_id=MODEL, office=OfficeCode("treasury"), kind=LeaseKind.COVERED_MODEL, case_id=CASE, **_SAID
)
agree = AgreeToLease(lease_id=MODEL)
end_agreement = EndAgreement(lease_id=MODEL)
check = CheckLease(lease_id=TOOL, check=CHECK)
attest = AttestUse(lease_id=TOOL, month_on=date(2026, 7, 1), statement="Twice, on our own pumps.")
revoke_lease = RevokeLease(lease_id=TOOL, reason="The tool has a flaw itself (invented).")
record_expiry = RecordLeaseExpiry(lease_id=TOOL)

tool_lent = on(
    NOON,
    LeaseOpened(
        lease_id=TOOL,
        opened_by=OfficeCode("dhs"),
        taker=BY_OPERATOR,
        subject=A_TOOL,
        developer=None,
        sector="water",
        **_SAID,
    ),
    by=DHS,
)
model_lent = on(
    NOON,
    LeaseOpened(
        lease_id=MODEL,
        opened_by=OfficeCode("dhs"),
        taker=BY_TREASURY,
        subject=A_MODEL,
        developer=DEVELOPER.participant,
        sector=None,
        **_SAID,
    ),
    by=DHS,
)
agreed = on(NOON, LeaseDeveloperAgreed(lease_id=MODEL), by=DEVELOPER)
taken_back = on(NOON, LeaseRevoked(lease_id=TOOL, reason="A flaw."), by=DHS)
covered = (*under_way, determined)

ONCE = [
    Once(lend_tool, DHS),
    Once(agree, DEVELOPER, (*covered, model_lent)),
    Once(end_agreement, DEVELOPER, (*covered, model_lent, agreed)),
    Once(check, OPERATOR, (tool_lent,)),
    Once(attest, OPERATOR, (tool_lent,)),
    Once(revoke_lease, DHS, (tool_lent,)),
    Once(record_expiry, CLOCK, (tool_lent,), UNTIL),
]
STORIES = {
    "taker-unclear": story(asks=but(lend_tool, office=OfficeCode("treasury")), by=DHS),
    "taker-unknown": story(asks=but(lend_tool, participant=STRANGER.participant), by=DHS),
    "lent-unclear": story(asks=but(lend_tool, tool=None), by=DHS),
    "lease-revoked": story(tool_lent, taken_back, asks=attest, by=OPERATOR),
    "lease-running": story(tool_lent, asks=record_expiry, by=CLOCK),
    "month-unfit": story(tool_lent, asks=but(attest, month_on=date(2026, 8, 1)), by=OPERATOR),
}
assert TREASURY.office == BY_TREASURY.office
