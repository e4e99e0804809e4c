"""Two invented lives of duties of the order, one of them joint, and an office's own hardening: facts and requests."""

from datetime import UTC, date, datetime

from domain.commands.tasking import (
    AmendTasking,
    AssignTasking,
    AwaitSomebody,
    ClaimCompletion,
    ExplainDelay,
    FailVerification,
    RecordTaskingDeadline,
    ReportProgress,
    RescindTasking,
    ResumeTasking,
    VerifyCompletion,
)
from domain.events.record import InstrumentRevoked
from domain.events.tasking import (
    HardeningRow,
    StatusOwed,
    TaskingAmended,
    TaskingAssigned,
    TaskingCompletionClaimed,
    TaskingCompletionVerified,
    TaskingDeadlinePassed,
    TaskingDelayExplained,
    TaskingKind,
    TaskingProgressReported,
    TaskingRescinded,
    TaskingResumed,
    TaskingVerificationFailed,
    TaskingWaiting,
    WaitingOn,
)
from domain.values import (
    Citation,
    Digest,
    EventId,
    Evidence,
    InstrumentCode,
    OfficeCode,
    ReportId,
    TaskingCode,
)
from tests.domain.cast import CLOCK, DHS, GAO, NSA, OMB, ONCD, SECRETARIAT, TREASURY, Somebody, named
from tests.domain.given import DAY, FOUNDED, NOON, Fact, on
from tests.domain.once import Once, story
from tests.domain.requests import but

JOINT, SINGLE, OWN = TaskingCode("EO14409-3-A"), TaskingCode("EO14409-2-D"), TaskingCode("DHS-MAIL-1")
CLEARINGHOUSE_DUE = datetime(2026, 7, 3, 4, tzinfo=UTC)
"""The end of Thursday 2 July 2026 in New York: 30 days."""
DUE = datetime(2026, 8, 2, 4, tzinfo=UTC)
"""The end of Saturday 1 August 2026 in New York: 60 days."""
OWN_DUE = datetime(2026, 7, 21, 4, tzinfo=UTC)
"""The end of 20 July in New York: 14 days after 6 July."""
LATER_DUE = datetime(2026, 9, 16, 4, tzinfo=UTC)
EO_DAYS, STATUS = Citation("POLICY:EO-DAYS-1"), Citation("POLICY:TASKING-STATUS-1")
FIRST_STATUS = StatusOwed(due_at=datetime(2026, 9, 1, 4, tzinfo=UTC), policy=STATUS)
"""30 days after the last day in time, to the end of the day."""
FROM_NOON = StatusOwed(due_at=datetime(2026, 8, 6, 4, tzinfo=UTC), policy=STATUS)
"""30 days after 6 July, where the due date lies behind."""
T, N, D = (each.office for each in (TREASURY, NSA, DHS))
REPORT, EXPLANATION = ReportId(named("report", "tasking")), ReportId(named("report", "delay"))
ROW = HardeningRow(policy=Citation("POLICY:HARDENING-1"), row="bod-26-04-1")
CHIEFS = tuple(map(OfficeCode, ("chief-of-staff", "oncd", "ostp", "commerce")))


def proof(of: str) -> Evidence:
    digest = Digest("sha256:" + of[0] * 64)
    return Evidence(digest=digest, holder="Treasury (invented)", marking="CUI", media_type="application/pdf")


assign = AssignTasking(
    tasking=JOINT,
    kind=TaskingKind.ORDER_DUTY,
    provision=Citation("EO14409:3(a)"),
    title="Develop and maintain a classified benchmarking process",
    words="develop and maintain a classified benchmarking process (shortened for this test)",
    leads=(T, N, D),
    consulted=CHIEFS,
    days=60,
)
harden = AssignTasking(
    tasking=OWN,
    kind=TaskingKind.HARDENING,
    provision=Citation("EO14409:2(c)"),
    hardening=ROW,
    title="Mail gateways (invented)",
    words="Remediate what is known to be exploited in the mail gateways.",
    leads=(D,),
)
amend = AmendTasking(
    tasking=JOINT,
    title=assign.title,
    leads=assign.leads,
    consulted=assign.consulted,
    due_on=date(2026, 9, 15),
    reason="The classified network is delivered in August.",
)
rescind = RescindTasking(tasking=OWN, reason="The gateways were switched off.")
report = ReportProgress(tasking=JOINT, report_id=REPORT, report="Half of it is built.", evidence=(proof("a"),))
wait = AwaitSomebody(tasking=JOINT, waiting_on=WaitingOn.OFFICE, waiting_for=ONCD.office, reason="Its comments.")
wait_for_money = AwaitSomebody(tasking=JOINT, waiting_on=WaitingOn.APPROPRIATIONS)
resume = ResumeTasking(tasking=JOINT)
claim = ClaimCompletion(tasking=JOINT, evidence=(proof("b"),), statement="Our part is done.")
verify = VerifyCompletion(tasking=JOINT, note="We looked at all three.")
fail = FailVerification(tasking=JOINT, not_sustained=(N,), reason="The benchmark does not run.")
record_deadline = RecordTaskingDeadline(tasking=JOINT)
explain = ExplainDelay(
    tasking=JOINT, report_id=EXPLANATION, expected_on=date(2026, 9, 1), reason="The network came late."
)

assigned = TaskingAssigned(
    tasking=JOINT,
    kind=assign.kind,
    provision=assign.provision,
    hardening=None,
    title=assign.title,
    assigned_by=SECRETARIAT.office,
    leads=assign.leads,
    consulted=CHIEFS,
    coordinated=(),
    days=60,
    due_at=DUE,
    due_policy=EO_DAYS,
    next_status=FIRST_STATUS,
    words=assign.words,
)
hardening_assigned = TaskingAssigned(
    tasking=OWN,
    kind=harden.kind,
    provision=harden.provision,
    hardening=ROW,
    title=harden.title,
    assigned_by=D,
    leads=(D,),
    consulted=(),
    coordinated=(),
    days=14,
    due_at=OWN_DUE,
    due_policy=Citation("POLICY:TASKING-DAYS-1"),
    next_status=StatusOwed(due_at=datetime(2026, 8, 20, 4, tzinfo=UTC), policy=STATUS),
    words=harden.words,
)
clearinghouse = but(
    assigned,
    tasking=SINGLE,
    provision=Citation("EO14409:2(d)"),
    title="Form an AI cybersecurity clearinghouse",
    leads=(T,),
    days=30,
    due_at=CLEARINGHOUSE_DUE,
    next_status=StatusOwed(due_at=datetime(2026, 8, 2, 4, tzinfo=UTC), policy=STATUS),
)
amended = TaskingAmended(
    tasking=JOINT,
    title=assign.title,
    leads=assign.leads,
    consulted=CHIEFS,
    coordinated=(),
    due_at=LATER_DUE,
    previous_due_at=DUE,
    next_status=StatusOwed(due_at=datetime(2026, 10, 16, 4, tzinfo=UTC), policy=STATUS),
    reason=amend.reason,
)
rescinded = TaskingRescinded(tasking=OWN, replaced_by=None, reason=rescind.reason)
reported = TaskingProgressReported(
    tasking=JOINT,
    report_id=REPORT,
    office=T,
    evidence=report.evidence,
    next_status=FIRST_STATUS,
    report=report.report,
)
waiting = TaskingWaiting(
    tasking=JOINT,
    office=T,
    waiting_on=WaitingOn.OFFICE,
    waiting_for=ONCD.office,
    next_status=FIRST_STATUS,
    reason=wait.reason,
)
resumed = TaskingResumed(
    tasking=JOINT, office=T, waited_on=WaitingOn.OFFICE, waited_for=ONCD.office, next_status=FIRST_STATUS
)
explained = TaskingDelayExplained(
    tasking=JOINT,
    report_id=EXPLANATION,
    office=T,
    due_at=DUE,
    expected_on=explain.expected_on,
    next_status=FIRST_STATUS,
    reason=explain.reason,
)
passed = TaskingDeadlinePassed(tasking=JOINT, due_at=DUE, unclaimed=(T, N, D))
verified = TaskingCompletionVerified(
    tasking=SINGLE,
    office=OMB.office,
    verifier=OMB.id,
    claims=(EventId(named("event", "claim")),),
    completed_at=FOUNDED,
    due_at=CLEARINGHOUSE_DUE,
    late=False,
    note=None,
)
failed = TaskingVerificationFailed(
    tasking=JOINT,
    office=OMB.office,
    verifier=OMB.id,
    claims=(EventId(named("event", "claim")),),
    not_sustained=(N,),
    next_status=FIRST_STATUS,
    reason=fail.reason,
)


def claimed(by: Somebody, outstanding: tuple[OfficeCode, ...] = (), **more: object) -> TaskingCompletionClaimed:
    """A lead's claim, in time."""
    made = TaskingCompletionClaimed(
        tasking=JOINT,
        office=by.office,
        claimant=by.id,
        evidence=claim.evidence,
        outstanding=outstanding,
        due_at=DUE,
        late=False,
        statement=claim.statement,
    )
    return but(made, **more)


given_it: tuple[Fact, ...] = (on(FOUNDED, assigned),)
two_claims = (*given_it, on(FOUNDED + DAY, claimed(TREASURY, (N, D))), on(FOUNDED + 2 * DAY, claimed(NSA, (D,))))
all_claims = (*two_claims, on(FOUNDED + 3 * DAY, claimed(DHS)))
hardened = (on(NOON - DAY, hardening_assigned, by=DHS),)
"""Stretches of their lives, to begin a test with."""

ONCE = [
    Once(harden, DHS),
    Once(amend, SECRETARIAT, given_it),
    Once(rescind, DHS, hardened),
    Once(report, TREASURY, given_it),
    Once(wait, TREASURY, given_it),
    Once(resume, TREASURY, (*given_it, waiting), again="not-waiting"),  # it may wait and go on many times
    Once(claim, TREASURY, given_it),
    Once(verify, OMB, all_claims),
    Once(fail, OMB, all_claims),
    Once(record_deadline, CLOCK, given_it, DUE),
    Once(explain, TREASURY, given_it),
]

STORIES = {
    "tasking-code": story(asks=but(assign, tasking=TaskingCode("DHS-3-A")), by=SECRETARIAT),
    "due-unclear": story(asks=but(harden, days=3), by=DHS),
    "date-in-past": story(*given_it, asks=but(amend, due_on=date(2026, 7, 5)), by=SECRETARIAT),
    "row-unknown": story(asks=but(harden, hardening=but(ROW, row="bod-26-04-16")), by=DHS),
    "not-a-lead": story(*given_it, asks=claim, by=GAO),
    "verified-by-lead": story(*all_claims, asks=verify, by=NSA),
    "tasking-ended": story(*hardened, rescinded, asks=but(claim, tasking=OWN), by=DHS),
    "waiting-unclear": story(*given_it, asks=but(wait, waiting_for=None), by=TREASURY),
    "not-waiting": story(*given_it, asks=resume, by=TREASURY),
    "not-claimed": story(*two_claims, asks=verify, by=OMB),
    "no-due-date": story(
        on(FOUNDED, but(assigned, days=None, due_at=None, due_policy=None, next_status=None)),
        asks=explain,
        by=TREASURY,
    ),
    "deadline-not-passed": story(*given_it, asks=record_deadline, by=CLOCK),
}
ORDER_REVOKED = InstrumentRevoked(instrument=InstrumentCode("EO14409"), revoked_on=date(2026, 7, 1))
