"""What offices find out, ask, share and say of a model. Only advanced cyber capabilities are assessed."""

from typing import assert_never

from domain.commands.case import (
    ConveyConcern,
    DeclineInformation,
    DisagreeTrustedPartner,
    FileAssessment,
    FileDissent,
    KeepAssessment,
    ProposeAssessment,
    ProposeTrustedPartner,
    ProvideInformation,
    RequestInformation,
    SelectTrustedPartner,
    ShareAssessment,
)
from domain.errors import Refused
from domain.events import Event
from domain.events.case import (
    AssessmentFiled,
    AssessmentNotShared,
    AssessmentProposed,
    AssessmentShared,
    ConcernConveyed,
    DissentFiled,
    InformationDeclined,
    InformationProvided,
    InformationRequested,
    Side,
    TrustedPartnerNotAgreed,
    TrustedPartnerProposed,
    TrustedPartnerSelected,
)
from domain.markings import parse
from domain.rules.asked import Asked
from domain.rules.case.state import Assessment, Case, Selection
from domain.rules.citing import Text, cited
from domain.rules.seen import Seen
from domain.values import AssessmentId, OfficeCode, SelectionId, same


def propose(state: Case, command: ProposeAssessment, office: OfficeCode, asked: Asked, seen: Seen) -> list[Event]:
    if (person := asked.person) is None:
        raise Refused("not-your-act")
    if (known := state.assessments.get(command.assessment_id)) is not None:
        said = (known.office, known.author, same(known.standard), known.finding, known.severity, known.evidence)
        if said != (office, person, same(command.standard), command.finding, command.severity, command.evidence):
            raise Refused("id-used")
        return []
    proposed = AssessmentProposed(
        case_id=command.case_id,
        assessment_id=command.assessment_id,
        office=office,
        author=person,
        standard=cited(Text.STANDARD, command.standard, asked, seen),
        finding=command.finding,
        severity=command.severity,
        evidence=command.evidence,
        findings=command.findings,
        recommendation=command.recommendation,
    )
    return [proposed]


def file(state: Case, command: FileAssessment, office: OfficeCode, asked: Asked, *, separate: bool) -> list[Event]:
    proposal = _own(state, command.assessment_id, office)
    if proposal.filed:
        return []
    if separate and proposal.author == asked.person:
        raise Refused("separate-persons", "Somebody else than its author files an assessment.")
    earlier = [id for id, a in state.assessments.items() if a.office == office and a.filed and not a.superseded]
    return [
        AssessmentFiled(
            case_id=command.case_id,
            assessment_id=command.assessment_id,
            office=office,
            proposed_in=proposal.proposed_in,
            standard=proposal.standard,
            finding=proposal.finding,
            severity=proposal.severity,
            supersedes=earlier[-1] if earlier else None,
            late=state.window_ended(asked.taken_in_at),
        )
    ]


def share(state: Case, command: ShareAssessment, office: OfficeCode) -> list[Event]:
    known = _filed(state, command.assessment_id, office)
    if (command.shared_with, command.extent) in known.shared:
        return []
    return [
        AssessmentShared(
            case_id=command.case_id,
            assessment_id=command.assessment_id,
            shared_with=command.shared_with,
            extent=command.extent,
            reason=command.reason,
        )
    ]


def keep(state: Case, command: KeepAssessment, office: OfficeCode) -> list[Event]:
    known = _filed(state, command.assessment_id, office)
    if (command.not_shared_with, "none") in known.shared:
        return []
    return [
        AssessmentNotShared(
            case_id=command.case_id,
            assessment_id=command.assessment_id,
            not_shared_with=command.not_shared_with,
            reason=command.reason,
        )
    ]


def ask(state: Case, command: RequestInformation, office: OfficeCode) -> list[Event]:
    if (known := state.requests.get(command.request_id)) is not None:
        if (known.office, known.wished_by) != (office, command.wished_by):
            raise Refused("id-used")
        return []
    return [
        InformationRequested(
            case_id=command.case_id,
            request_id=command.request_id,
            office=office,
            wished_by=command.wished_by,
            question=command.question,
        )
    ]


def answer(state: Case, command: ProvideInformation | DeclineInformation) -> list[Event]:
    if (request := state.requests.get(command.request_id)) is None:
        raise Refused("reference-unknown")
    match command:
        case ProvideInformation():
            if request.answered == "provided" and request.evidence == command.evidence:
                return []
            # a developer may provide later what it first declined, and more than it first provided
            return [
                InformationProvided(
                    case_id=command.case_id,
                    request_id=command.request_id,
                    evidence=command.evidence,
                    note=command.note,
                )
            ]
        case DeclineInformation():
            if request.answered == "declined":
                return []
            if request.answered is not None:
                raise Refused("request-answered")
            return [InformationDeclined(case_id=command.case_id, request_id=command.request_id, reason=command.reason)]
        case _:
            assert_never(command)


def convey(state: Case, command: ConveyConcern, office: OfficeCode) -> list[Event]:
    if (known := state.concerns.get(command.concern_id)) is not None:
        if known != office:
            raise Refused("id-used")
        return []
    return [
        ConcernConveyed(case_id=command.case_id, concern_id=command.concern_id, office=office, concern=command.concern)
    ]


def dissent(state: Case, command: FileDissent, office: OfficeCode) -> list[Event]:
    if (known := state.dissents.get(command.dissent_id)) is not None:
        if known != (office, command.about):
            raise Refused("id-used")
        return []
    if command.about is not None and command.about not in state.determinations:
        raise Refused("reference-unknown")
    return [
        DissentFiled(
            case_id=command.case_id,
            dissent_id=command.dissent_id,
            office=office,
            about=command.about,
            reasons=command.reasons,
        )
    ]


def propose_partner(state: Case, command: ProposeTrustedPartner, side: Side) -> list[Event]:
    if (known := state.selections.get(command.selection_id)) is not None:
        if (known.partner, known.proposed_by) != (command.partner, side):
            raise Refused("id-used")
        return []
    return [
        TrustedPartnerProposed(
            case_id=command.case_id,
            selection_id=command.selection_id,
            partner=command.partner,
            proposed_by=side,
            purpose=command.purpose,
        )
    ]


def select_partner(state: Case, command: SelectTrustedPartner, side: Side, asked: Asked) -> list[Event]:
    selection = _proposed(state, command.selection_id, side, asked)
    if selection.settled == "selected":
        return []
    if selection.settled is not None:
        raise Refused("selection-settled")
    return [
        TrustedPartnerSelected(
            case_id=command.case_id,
            selection_id=command.selection_id,
            partner=selection.partner,
            agreed_by=side,
        )
    ]


def disagree_partner(state: Case, command: DisagreeTrustedPartner, side: Side, asked: Asked) -> list[Event]:
    selection = _proposed(state, command.selection_id, side, asked)
    if selection.settled == "not-agreed":
        return []
    if selection.settled is not None:
        raise Refused("selection-settled")
    return [
        TrustedPartnerNotAgreed(
            case_id=command.case_id,
            selection_id=command.selection_id,
            partner=selection.partner,
            not_agreed_by=side,
            reason=command.reason,
        )
    ]


def _own(state: Case, assessment: AssessmentId, office: OfficeCode) -> Assessment:
    if (known := state.assessments.get(assessment)) is None:
        raise Refused("reference-unknown")
    if known.office != office:
        raise Refused("not-your-assessment")
    return known


def _filed(state: Case, assessment: AssessmentId, office: OfficeCode) -> Assessment:
    known = _own(state, assessment, office)
    if not known.filed:
        raise Refused("assessment-not-filed")
    return known


def _proposed(state: Case, selection: SelectionId, side: Side, asked: Asked) -> Selection:
    """The proposal, whose partner the answer names again: it is marked no lower."""
    if (known := state.selections.get(selection)) is None or not asked.may_see(known.marking):
        raise Refused("reference-unknown")
    if known.proposed_by is side:
        raise Refused("own-proposal")
    if not parse(known.marking) <= parse(asked.marking):
        raise Refused("marking-too-low")
    return known
