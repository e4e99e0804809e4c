"""What is said of one invented event: that a scan was asked for by Homeland Security."""

from typing import Any

from domain.commands.record import AnswerChallenge, ChallengeMarking, FileErratum, PlaceHold, ReleaseHold
from domain.events.record import (
    ChallengeAnswered,
    ChallengeOutcome,
    ErratumFiled,
    HoldPlaced,
    HoldReleased,
    MarkingChallenged,
)
from domain.rules.record import facts_of
from domain.values import ChallengeId, ErratumId, HoldId, record_id
from tests.domain.cast import DHS, GAO, TREASURY, named
from tests.domain.given import BEFORE, given, on
from tests.domain.once import Once, story
from tests.domain.requests import but
from tests.domain.streams.scan import FIRST, PUMPS, requested

ERRATUM, CHALLENGE, HOLD = (named("record", name) for name in ("erratum", "challenge", "hold"))
asked_for = requested(FIRST, PUMPS, by=DHS)[0]
event = given(asked_for).world.log[-1]
place: dict[str, Any] = {"stream": event.stream, "version": event.version}
about: dict[str, Any] = {
    "record_id": record_id(event.stream, event.version),
    "about": facts_of(event).about,
}

erratum = FileErratum(erratum_id=ErratumId(ERRATUM), erratum="It is the other pump (invented).", **place)
challenge = ChallengeMarking(
    challenge_id=ChallengeId(CHALLENGE), proposed="CUI", reason="It says whose pumps they are.", **place
)
answer = AnswerChallenge(
    challenge_id=ChallengeId(CHALLENGE), outcome=ChallengeOutcome.KEPT, reason="That is known.", **place
)
hold = PlaceHold(hold_id=HoldId(HOLD), basis="Inquiry 7 (invented)", **place)
release = ReleaseHold(hold_id=HoldId(HOLD), **place)

filed = ErratumFiled(erratum_id=erratum.erratum_id, erratum=erratum.erratum, **about)
challenged = on(
    BEFORE,
    MarkingChallenged(challenge_id=challenge.challenge_id, proposed="CUI", reason=challenge.reason, **about),
    by=TREASURY,
)
answered = on(
    BEFORE,
    ChallengeAnswered(
        challenge_id=challenge.challenge_id,
        outcome=ChallengeOutcome.KEPT,
        handled_as=event.marking,
        reason=answer.reason,
        **about,
    ),
    by=DHS,
)
held = on(BEFORE, HoldPlaced(hold_id=hold.hold_id, basis=hold.basis, reason=None, **about), by=GAO)
released = on(BEFORE, HoldReleased(hold_id=hold.hold_id, **about), by=GAO)

ONCE = [
    Once(erratum, DHS, (asked_for,)),
    Once(challenge, TREASURY, (asked_for,)),
    Once(answer, DHS, (asked_for, challenged)),
    Once(hold, GAO, (asked_for,)),
    Once(release, GAO, (asked_for, held)),
]
STORIES = {
    "marking-too-low": story(
        on(BEFORE, asked_for.event, by=DHS, marking="CUI"), asks=erratum, by=DHS, marking="UNCLASSIFIED"
    ),
    "marking-unfit": story(asked_for, asks=but(challenge, proposed="HEARSAY"), by=TREASURY),
    "challenge-settled": story(
        asked_for,
        challenged,
        answered,
        asks=but(answer, outcome=ChallengeOutcome.TO_CHANGE, handled_as="CUI"),
        by=DHS,
    ),
}
