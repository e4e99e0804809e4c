"""A participant takes part by its own choice."""

from domain.events.participant import (
    BudgetSet,
    ParticipantEnrolled,
    ParticipantKind,
    ParticipantTermsAccepted,
    ParticipantWithdrawn,
    SectorsDeclared,
)
from tests.domain.cast import DEVELOPER, RIVAL, STRANGER
from tests.domain.facts import cited
from tests.domain.given import given
from tests.domain.requests import accept_framework, but, declare_sectors, enrol, leave, set_budget

enrolled = ParticipantEnrolled(
    participant=STRANGER.participant, name=STRANGER.actor.name, kind=ParticipantKind.DEVELOPER
)
terms_accepted = ParticipantTermsAccepted(participant=DEVELOPER.participant, framework=cited("FRAMEWORK"))
sectors_declared = SectorsDeclared(participant=DEVELOPER.participant, sectors=("energy",))
budget_set = BudgetSet(participant=DEVELOPER.participant, maintainer="libexample", reports_per_month=20)
left = ParticipantWithdrawn(participant=DEVELOPER.participant, reason=None)


def test_somebody_enrols() -> None:
    given().when(enrol, by=STRANGER).then(enrolled)
    given(enrolled).when(enrol, by=STRANGER).then()
    given(enrolled).when(but(enrol, kind=ParticipantKind.OPERATOR), by=STRANGER).then_refused("exists")


def test_a_participant_accepts_a_version_of_the_framework() -> None:
    given().when(accept_framework, by=DEVELOPER).then(terms_accepted)
    given(terms_accepted).when(accept_framework, by=DEVELOPER).then()


def test_a_participant_declares_its_sectors() -> None:
    given().when(but(declare_sectors, sectors=("energy", "astrology")), by=DEVELOPER).then_refused("sector-unknown")
    given().when(declare_sectors, by=DEVELOPER).then(sectors_declared)
    given(sectors_declared).when(but(declare_sectors, sectors=()), by=DEVELOPER).then(but(sectors_declared, sectors=()))


def test_a_participant_says_how_many_reports_its_maintainers_can_handle() -> None:
    given().when(set_budget, by=DEVELOPER).then(budget_set)
    given(budget_set).when(set_budget, by=DEVELOPER).then()
    fewer = but(set_budget, reports_per_month=5)
    given(budget_set).when(fewer, by=DEVELOPER).then(but(budget_set, reports_per_month=5))


def test_a_participant_leaves_and_may_come_back() -> None:
    given().when(leave, by=DEVELOPER).then(left)
    given(left).when(leave, by=DEVELOPER).then()
    given(left).when(set_budget, by=DEVELOPER).then_refused("participant-withdrawn")
    again = but(enrol, participant=DEVELOPER.participant, name="Quill Two (invented)")
    given(left).when(again, by=DEVELOPER).then(
        but(enrolled, participant=DEVELOPER.participant, name="Quill Two (invented)")
    )


def test_who_is_not_enrolled_does_nothing_else() -> None:
    given().when(but(leave, participant=STRANGER.participant), by=STRANGER).then_refused("not-enrolled")


def test_another_participant_is_answered_like_one_that_does_not_exist() -> None:
    for command in (leave, set_budget, declare_sectors, accept_framework):
        given().when(command, by=RIVAL).then_refused("not-cleared", told="not-found")
        nobody = but(command, participant=STRANGER.participant)
        given().when(nobody, by=RIVAL).then_refused("not-cleared", told="not-found")
    given().when(enrol, by=RIVAL).then_refused("not-cleared", told="not-found")
