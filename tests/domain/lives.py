"""Whatever somebody may ask: every command, from small pools of ids, by who fits it or not, sensible or not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from hypothesis import strategies as st

from domain.commands import Command
from domain.commands.case import (
    AnswerReconsideration,
    FileAssessment,
    IssueDetermination,
    KeepAssessment,
    OpenAccess,
    ProposeAssessment,
    ReportRelease,
    RequestReconsideration,
    ShareAssessment,
)
from domain.commands.office import VacatePost
from domain.events import Event
from domain.events.case import Answer, Audience, Basis, Extent, Finding, Ground, Result, SharedWith
from domain.events.consultation import View
from domain.events.office import SignedActs
from domain.rules.case import Case
from domain.values import (
    AssessmentId,
    ConsultationId,
    DeterminationId,
    Digest,
    OfficeCode,
    PostCode,
    RequestId,
    case_id,
)
from tests.domain import requests
from tests.domain.cast import (
    CLOCK,
    COMMERCE,
    DEVELOPER,
    DHS,
    DHS_ANALYST,
    GAO,
    NSA,
    NSA_ANALYST,
    NSA_LEAD,
    ONCD,
    OPERATOR,
    RIVAL,
    SECRETARIAT,
    TREASURY,
    TREASURY_ANALYST,
    Somebody,
    named,
    of_office,
)
from tests.domain.facts import (
    ASSESSMENT,
    CONSULTATION,
    MANIFEST,
    REQUEST,
    VARIANT,
    assessed,
    determined,
    evidence,
    in_access,
    information_requested,
    offered,
    partner_proposed,
    publicity_asserted,
    ready,
    reconsideration_requested,
    reference,
    under_way,
)
from tests.domain.given import FOUNDED, NOON
from tests.domain.requests import DELEGATION, ONWARD, but
from tests.domain.rules.test_case_access import SHORTER

OTHER = Digest("sha256:" + "d" * 64)
OFFERS = ((DEVELOPER, MANIFEST), (DEVELOPER, OTHER), (RIVAL, MANIFEST))
CASES = [case_id(by.participant, manifest, VARIANT) for by, manifest in OFFERS]
ASSESSMENTS = [ASSESSMENT, *(AssessmentId(named("assessment", n)) for n in "1234")]
DETERMINATIONS = [DeterminationId(named("determination", n)) for n in "1234"]
CONSULTATIONS = [CONSULTATION, ConsultationId(named("consultation", "1"))]
REQUESTS = [REQUEST, RequestId(named("request", "1"))]
DELEGATIONS = [DELEGATION, ONWARD]
CLERK = of_office("treasury", "clerk")
DEPUTIES = [TREASURY_ANALYST.by(DELEGATION), CLERK.by(ONWARD), TREASURY_ANALYST.by(ONWARD)]
ANYBODY = [
    *(SECRETARIAT, NSA, NSA_ANALYST, NSA_LEAD, TREASURY, TREASURY_ANALYST, DHS, DHS_ANALYST, COMMERCE, ONCD, GAO),
    *(DEVELOPER, RIVAL, OPERATOR, CLOCK, NSA.as_("director"), GAO.cleared_for_nothing(), *DEPUTIES),
]
LEADS = [TREASURY, TREASURY_ANALYST, DHS, DHS_ANALYST, NSA, NSA_LEAD]
AUTHORS = [TREASURY_ANALYST, DHS_ANALYST, NSA_ANALYST, TREASURY, DHS]
FILER = {TREASURY.office: TREASURY, DHS.office: DHS, NSA.office: NSA_LEAD}
FILERS = [TREASURY, DHS, NSA_LEAD, *DEPUTIES]
OFFICES = [*LEADS, ONCD, GAO, SECRETARIAT]
DEVELOPERS = [DEVELOPER, DEVELOPER, RIVAL]
NSA_PEOPLE = [NSA, NSA, NSA_ANALYST]

days = st.none() | st.dates(date(2026, 6, 1), date(2026, 9, 1))
instants = st.integers(0, 90 * 24).map(lambda hours: FOUNDED + timedelta(hours=hours))
kept = st.sampled_from([(), (evidence,)])
Asking = tuple[Command, Somebody]


class Record(Protocol):
    """Whoever can say how a stream stands."""

    def state(self, stream: str, /) -> Any: ...


@dataclass(frozen=True)
class Ask:
    """A kind of question, and by whom it is fitting."""

    command: Command
    fitting: list[Somebody]
    drawn: dict[str, st.SearchStrategy[Any]]

    def strategy(self, by: Sequence[Somebody]) -> st.SearchStrategy[Asking]:
        made = st.fixed_dictionaries(self.drawn).map(lambda fields: but(self.command, **fields))
        return st.tuples(made, st.sampled_from(by))


def asks(command: Command, fitting: list[Somebody], **drawn: st.SearchStrategy[Any]) -> Ask:
    """Such a command, with some of its fields drawn."""
    if hasattr(command, "case_id") and "case_id" not in drawn:
        drawn["case_id"] = st.sampled_from([CASES[0], *CASES])
    return Ask(command, fitting, drawn)


one_of = st.sampled_from
assessment, determination = one_of(ASSESSMENTS), one_of(DETERMINATIONS)
consultation = {"consultation_id": one_of(CONSULTATIONS)}
delegation, post = one_of(DELEGATIONS), one_of([PostCode("assessment-lead"), PostCode("director")])
office = one_of([OfficeCode("treasury"), OfficeCode("nsa")])
holder = one_of([TREASURY.id, TREASURY_ANALYST.id, NSA.id, NSA_ANALYST.id])
scope = one_of(
    [("case.file-assessment.v1",), ("case.file-assessment.v1", "case.share-assessment.v1"), ("case.close.v1",)]
)

IN_A_CASE = {
    "submit": asks(
        requests.submit,
        DEVELOPERS,
        manifest=one_of([MANIFEST, OTHER]),
        partners_on=days,
        replaces=one_of([None, *CASES]),
    ),
    "return": asks(requests.give_back, [SECRETARIAT], omissions=one_of([("contact-missing",), ("no-such",)])),
    "accept": asks(requests.accept, [SECRETARIAT]),
    "terms": asks(requests.agree_terms, DEVELOPERS, office=one_of([OfficeCode("treasury"), OfficeCode("dhs")])),
    "open": asks(requests.open_access, [TREASURY, DHS], basis=one_of(Basis)),
    "shut": asks(requests.close_access, DEVELOPERS),
    "copies": asks(requests.return_copies, [TREASURY, DHS]),
    "breach": asks(requests.report_breach, [*DEVELOPERS, TREASURY], evidence=kept),
    "plan": asks(requests.revise_plan, DEVELOPERS, partners_on=days),
    "release": asks(requests.report_release, DEVELOPERS, audience=one_of(Audience), released_at=instants),
    "withdraw": asks(requests.withdraw, DEVELOPERS),
    "assert": asks(requests.assert_publicity, [*OFFICES, *DEVELOPERS]),
    "confirm": asks(requests.confirm_publicity, [*OFFICES, *DEVELOPERS]),
    "propose": asks(requests.propose, AUTHORS, assessment_id=assessment, finding=one_of(Finding), evidence=kept),
    "file": asks(requests.file, FILERS, assessment_id=assessment),
    "share": asks(
        requests.share, LEADS, assessment_id=assessment, extent=one_of(Extent), shared_with=one_of(SharedWith)
    ),
    "keep": asks(requests.keep, LEADS, assessment_id=assessment),
    "ask": asks(requests.request_information, LEADS, request_id=one_of(REQUESTS)),
    "provide": asks(requests.provide, DEVELOPERS, request_id=one_of(REQUESTS), evidence=kept),
    "decline": asks(requests.decline, DEVELOPERS, request_id=one_of(REQUESTS)),
    "convey": asks(requests.convey, OFFICES),
    "dissent": asks(requests.dissent, OFFICES, about=st.none() | determination),
    "determine": asks(
        requests.determine,
        NSA_PEOPLE,
        determination_id=determination,
        result=one_of(Result),
        supersedes=st.none() | determination,
        ground=st.none() | one_of(Ground),
        assessments=one_of([(), (ASSESSMENTS[0],)]),
    ),
    "after consultation": asks(
        requests.determine,
        NSA_PEOPLE,
        determination_id=determination,
        consultation=one_of(CONSULTATIONS),
        no_consultation_because=one_of([None, None, "Nobody was there."]),
    ),
    "again": asks(requests.ask_to_reconsider, DEVELOPERS, determination_id=determination),
    "answer again": asks(
        requests.answer_reconsideration, NSA_PEOPLE, determination_id=determination, answer=one_of(Answer)
    ),
    "programme": asks(requests.report_programme, DEVELOPERS),
    "partner": asks(requests.propose_partner, [*DEVELOPERS, TREASURY]),
    "select": asks(requests.select_partner, [*DEVELOPERS, TREASURY]),
    "disagree": asks(requests.disagree_partner, [*DEVELOPERS, TREASURY]),
    "close": asks(requests.close, [SECRETARIAT]),
}
AROUND_IT = {
    "consult": asks(requests.consult, LEADS, **consultation, due_at=st.none() | instants),
    "consult on else": asks(
        but(requests.consult, kind="standard", reference=reference("STANDARD")),
        LEADS,
        **consultation,
        case_id=st.none(),
    ),
    "acknowledge": asks(requests.acknowledge, [DHS, ONCD, GAO], **consultation),
    "answer": asks(requests.answer, [DHS, ONCD, GAO], **consultation, view=one_of(View)),
    "decline to answer": asks(requests.decline_to_answer, [DHS, ONCD, GAO], **consultation),
    "close consultation": asks(requests.close_consultation, LEADS, **consultation),
    "assume": asks(requests.assume, [SECRETARIAT], office=office, post=post, holder=holder),
    "vacate": asks(requests.vacate, [SECRETARIAT], office=office, post=post, holder=holder),
    "grant": asks(
        requests.grant,
        [TREASURY],
        delegation_id=delegation,
        taker=one_of([TREASURY_ANALYST.id, CLERK.id]),
        scope=scope,
        onward=st.booleans(),
        valid_until=one_of([FOUNDED + timedelta(days=60), NOON + timedelta(days=7)]),
    ),
    "pass on": asks(
        requests.grant,
        DEPUTIES,
        delegation_id=delegation,
        parent=st.none() | delegation,
        taker=one_of([CLERK.id, TREASURY_ANALYST.id]),
        scope=scope,
    ),
    "revoke": asks(requests.revoke, [TREASURY, TREASURY_ANALYST], delegation_id=delegation),
    "key": asks(requests.register_key, OFFICES),
    "no key": asks(requests.revoke_key, OFFICES),
    "signed": asks(
        requests.require_signatures,
        [TREASURY, TREASURY.signing("key-1"), SECRETARIAT],
        acts=one_of([SignedActs.NONE, SignedActs.EVERY]),
    ),
    "register": asks(requests.register_office, [SECRETARIAT]),
    "rename": asks(requests.rename, [SECRETARIAT]),
    "enrol": asks(requests.enrol, DEVELOPERS, participant=one_of([DEVELOPER.participant, RIVAL.participant])),
    "framework": asks(requests.accept_framework, DEVELOPERS),
    "sectors": asks(requests.declare_sectors, DEVELOPERS),
    "budget": asks(requests.set_budget, DEVELOPERS),
    "leave": asks(requests.leave, DEVELOPERS),
    "instrument": asks(requests.issue_instrument, [SECRETARIAT]),
    "amend": asks(
        requests.amend_instrument, [SECRETARIAT], provisions=one_of([("3(a)", "3(b)"), ("3(a)", "3(b)(ii)")])
    ),
    "no instrument": asks(requests.revoke_instrument, [SECRETARIAT]),
    "policy": asks(requests.publish, [SECRETARIAT]),
    "shorter": asks(SHORTER, [SECRETARIAT]),
}
TIMERS = {
    "lapse": asks(requests.record_lapse, [CLOCK]),
    "end": asks(requests.record_end, [CLOCK]),
    "due": asks(requests.record_due, [CLOCK], **consultation),
}
MUCH_GOING_ON = (*under_way, information_requested, partner_proposed, publicity_asserted, determined)
STAGES = (
    *((), offered, under_way, ready, in_access, assessed),
    MUCH_GOING_ON,
    (*MUCH_GOING_ON, reconsideration_requested),
)
"""How far a case may be as its life here begins."""


def of_case(stage: Sequence[Event], number: int) -> list[Event]:
    """The facts of a stage, told of one of the cases."""
    by, manifest = OFFERS[number]
    changed: dict[str, Any] = {"case_id": CASES[number], "developer": by.participant, "manifest": manifest}
    changed["participant"] = by.participant
    return [but(fact, **{name: changed[name] for name in changed if hasattr(fact, name)}) for fact in stage]


UPHEAVAL = {
    "leave": AROUND_IT.pop("leave"),
    "amend": AROUND_IT.pop("amend"),
    "no instrument": AROUND_IT.pop("no instrument"),
    "withdraw": IN_A_CASE.pop("withdraw"),
    "close": IN_A_CASE.pop("close"),
    "new plan": IN_A_CASE["plan"],
    "no scrutiny": asks(
        but(requests.determine, result=Result.DOES_NOT_WARRANT), NSA_PEOPLE, determination_id=determination
    ),
}
"""What ends much, and is asked seldom."""


def fitting(every: dict[str, Ask]) -> st.SearchStrategy[Asking]:
    """Something that is asked by somebody whom it fits."""
    return st.one_of([each.strategy(each.fitting) for each in every.values()])


def anything() -> st.SearchStrategy[Asking]:
    """Something that is asked by anybody."""
    return st.one_of([each.strategy(ANYBODY) for kind in (IN_A_CASE, AROUND_IT, UPHEAVAL) for each in kind.values()])


def sensibly(asking: Asking, known: Record, now: datetime) -> Asking:
    """The same question, about something that is there, by somebody whose it is: so lives get far."""
    command, by = asking
    case: Case = known.state(f"case-{getattr(command, 'case_id', None)}")
    if isinstance(command, FileAssessment):
        waiting = [(id, each.office) for id, each in case.assessments.items() if not each.filed]
        return (but(command, assessment_id=waiting[0][0]), FILER[waiting[0][1]]) if waiting else asking
    return sensible(command, by, known, case, now), by


def sensible(command: Command, by: Somebody, known: Record, case: Case, now: datetime) -> Command:
    mine = {id: each for id, each in case.assessments.items() if each.office == by.actor.office}
    match command:
        case ShareAssessment() | KeepAssessment() if own := [id for id, each in mine.items() if each.filed]:
            return but(command, assessment_id=own[-1])
        case ProposeAssessment() if free := [id for id in ASSESSMENTS if id not in case.assessments]:
            return but(command, assessment_id=free[0])
        case IssueDetermination() if unused := [id for id in DETERMINATIONS if id not in case.determinations]:
            ground = None if case.in_force is None else command.ground or Ground.NEW_EVIDENCE
            filed = tuple(id for id, each in case.assessments.items() if each.filed)
            consulted = next(iter(case.consultations), None)
            return but(
                command,
                determination_id=unused[0],
                supersedes=case.in_force,
                ground=ground,
                assessments=filed,
                consultation=consulted,
                no_consultation_because="Nobody was there." if consulted is None else None,
            )
        case RequestReconsideration() if case.in_force is not None:
            return but(command, determination_id=case.in_force)
        case AnswerReconsideration():
            for id, each in case.determinations.items():
                if each.reconsideration_due_at is not None and each.reconsidered is None:
                    answer = Answer.STANDS if each.superseded_by is None else Answer.SUPERSEDED
                    return but(command, determination_id=id, answer=answer)
        case OpenAccess():
            return but(command, basis=Basis.COVERED_MODEL if case.covered() else Basis.TO_DETERMINE)
        case ReportRelease():
            return but(command, released_at=min(command.released_at, now))
        case VacatePost():
            holder = known.state(f"office-{command.office}").holders.get(command.post)
            return but(command, holder=holder or command.holder)
        case _:
            pass
    return command
