"""Access of offices to a model: on terms, inside one window that nothing stretches (EO14409:3(b)(ii))."""

from itertools import product

from domain.commands.case import AgreeAccessTerms, CloseAccess, OpenAccess, ReportBreach, ReturnCopies
from domain.errors import Refused
from domain.events import Event
from domain.events.case import (
    AccessClosed,
    AccessOpened,
    AccessTermsAgreed,
    Basis,
    ClosedBecause,
    CopiesReturned,
    Subject,
    TermKind,
    TermsBreached,
)
from domain.rules.asked import Asked
from domain.rules.case.state import Case
from domain.rules.citing import Text, cited
from domain.rules.due import due
from domain.rules.policy import WINDOW
from domain.rules.seen import Seen
from domain.values import OfficeCode


def agree_terms(state: Case, command: AgreeAccessTerms, asked: Asked, seen: Seen) -> list[Event]:
    if not seen.office(command.office).known:
        raise Refused("office-unknown")
    if {(term.subject, term.kind) for term in command.terms} != set(product(Subject, TermKind)):
        raise Refused("terms-incomplete")
    if state.terms.get(command.office) == command.text:
        return []
    return [
        AccessTermsAgreed(
            case_id=command.case_id,
            office=command.office,
            terms=command.terms,
            text=command.text,
            framework=cited(Text.FRAMEWORK, command.framework, asked, seen, in_force=False),
        )
    ]


def open_access(state: Case, command: OpenAccess, office: OfficeCode, asked: Asked, seen: Seen) -> list[Event]:
    if command.basis is Basis.COVERED_MODEL and not state.covered():
        raise Refused("not-covered")
    window = due(WINDOW, asked, seen, pinned=state.window_policy)
    # what was taken in first may be recorded second: the earlier opening, and its ceiling, are in force
    first = min(asked.taken_in_at, state.first_opened_at or asked.taken_in_at)
    ceiling = min(window.at, state.ceiling_at or window.at)
    return [
        AccessOpened(
            case_id=command.case_id,
            office=office,
            basis=command.basis,
            first_opened_at=first,
            ceiling_at=ceiling,
            window_policy=window.policy,
            roster_count=len(command.roster),
            roster=command.roster,
        )
    ]


def close_access(command: CloseAccess, asked: Asked) -> list[Event]:
    return [AccessClosed(case_id=command.case_id, cause=ClosedBecause.BY_DEVELOPER, closed_at=asked.taken_in_at)]


def return_copies(state: Case, command: ReturnCopies, office: OfficeCode) -> list[Event]:
    if office in state.copies_returned:
        return []
    return [
        CopiesReturned(case_id=command.case_id, office=office, evidence=command.evidence, statement=command.statement)
    ]


def report_breach(state: Case, command: ReportBreach, asked: Asked) -> list[Event]:
    if (known := state.breaches.get(command.breach_id)) is not None:
        if known != (str(asked.by), command.subject, command.occurred_at, command.evidence):
            raise Refused("id-used")
        return []
    return [
        TermsBreached(
            case_id=command.case_id,
            breach_id=command.breach_id,
            subject=command.subject,
            occurred_at=command.occurred_at,
            evidence=command.evidence,
            description=command.description,
        )
    ]
