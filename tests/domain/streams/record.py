"""What is said of one invented event: that a scan was asked for by Homeland Security. Its schedule is invented, too."""

from datetime import UTC, datetime
from typing import Any

from domain.commands.record import (
    AnswerChallenge,
    ChallengeMarking,
    DestroyPayload,
    FileErratum,
    PlaceHold,
    ProposeDestruction,
    ReleaseHold,
)
from domain.events.record import (
    ChallengeAnswered,
    ChallengeOutcome,
    DestructionProposed,
    ErratumFiled,
    HoldPlaced,
    HoldReleased,
    MarkingChallenged,
    PayloadDestroyed,
    PolicyPublished,
    Scheduled,
)
from domain.values import ChallengeId, Citation, DestructionId, ErratumId, HoldId, PolicyCode, record_id
from tests.domain.cast import DHS, GAO, SECRETARIAT, TREASURY, named
from tests.domain.given import BEFORE, DAY, MINUTE, NOON, Fact, given, on
from tests.domain.once import Once, story
from tests.domain.requests import but
from tests.domain.streams.scan import FIRST, PUMPS, requested

ERRATUM, CHALLENGE, HOLD, DESTRUCTION = (
    named("record", name) for name in ("erratum", "challenge", "hold", "destruction")
)
asked_for = requested(FIRST, PUMPS, by=DHS)[0]
_world = given(asked_for).world
event = _world.log[-1]
place: dict[str, Any] = {"stream": event.stream, "version": event.version}
about: dict[str, Any] = {
    "record_id": record_id(event.stream, event.version),
    "about": _world.facts(event).about,
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


def scheduled(*rows: tuple[str, str, str, str, str]) -> Fact:
    """The next version of the schedule, with these rows."""
    return on(
        BEFORE,
        PolicyPublished(
            policy=PolicyCode("RETENTION"),
            policy_version=2,
            title="An invented schedule",
            kind="retention",
            columns=("event", "item", "starts_with", "days", "disposition"),
            rows=rows,
        ),
    )


DISPOSITION = "DAA-0000-2026-0001-0001 (invented)"
schedule = scheduled(
    ("scan.requested", "scans-10", "scan.requested", "90", DISPOSITION),
    ("scan.deconflicted", "scans-10", "scan.requested", "90", DISPOSITION),
    ("scan.completed", "scans-20", "scan.completed", "40", DISPOSITION),
)
ELAPSED = datetime(2026, 10, 5, 4, tzinfo=UTC)
"""The end of the 90th day after it was asked for, in New York."""
LATER = ELAPSED + DAY
propose = ProposeDestruction(destruction_id=DestructionId(DESTRUCTION), reason="It names the pumps.", **place)
destroy = DestroyPayload(destruction_id=DestructionId(DESTRUCTION), **place)
why = Scheduled(
    schedule=Citation("POLICY:RETENTION-2"), item="scans-10", disposition=DISPOSITION, retained_until=ELAPSED
)
proposed = on(
    NOON,
    DestructionProposed(
        destruction_id=propose.destruction_id, scheduled=why, proposer=DHS.id, reason=propose.reason, **about
    ),
    by=DHS,
)
gone = on(
    NOON,
    PayloadDestroyed(destruction_id=destroy.destruction_id, proposed_for=event.id, scheduled=why, **about),
    by=SECRETARIAT,
)

ONCE = [
    Once(erratum, DHS, (asked_for,)),
    Once(challenge, TREASURY, (asked_for,)),
    Once(answer, DHS, (asked_for, challenged)),
    Once(hold, GAO, (asked_for,)),
    Once(release, GAO, (asked_for, held)),
    Once(propose, DHS, (asked_for, schedule), LATER),
    Once(destroy, SECRETARIAT, (asked_for, schedule, proposed), LATER),
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
    "not-scheduled": story(asked_for, asks=propose, by=DHS, at=LATER),
    "never-destroyed": story(
        asked_for,
        schedule,
        proposed,
        asks=but(propose, stream=f"record-{about['record_id']}", version=1),
        by=DHS,
        at=LATER,
    ),
    "retention-running": story(asked_for, schedule, asks=propose, by=DHS, at=ELAPSED - MINUTE),
    "event-held": story(asked_for, schedule, proposed, held, asks=destroy, by=SECRETARIAT, at=LATER),
    "payload-destroyed": story(
        asked_for,
        schedule,
        proposed,
        gone,
        asks=but(propose, destruction_id=DestructionId(named("record", "other"))),
        by=DHS,
        at=LATER,
    ),
}
