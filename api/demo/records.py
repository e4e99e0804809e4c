"""What is said afterwards of the invented story: an erratum, a challenge that is kept, one that is not, and a hold."""

from datetime import datetime, timedelta
from typing import Any, Final

from api.demo.cast import AUDITOR, LEADS, Somebody, named
from api.demo.leases import HOSPITAL
from api.demo.tell import NEW_YORK, OPEN, Told

_BEGAN: Final = datetime(2026, 9, 14, 11, 0, tzinfo=NEW_YORK)


def records(told: Told) -> None:
    """Of a scan and a lease that were recorded before."""
    whole, scanner = f"scan-{named('scan', 'whole')}", f"lease-{named('lease', 'scanner')}"

    def say(who: Somebody, days: float, command: str, stream: str, **data: Any) -> None:  # noqa: ANN401 - fields
        said = {"stream": stream, "version": 1, **data}
        told.say(who, _BEGAN + timedelta(days=days), f"record.{command}", said, OPEN)

    erratum = "The second half of the block belongs to the hospital's laboratory. Invented."
    say(LEADS["dhs"], 0, "file-erratum", whole, erratum_id=named("erratum", whole), erratum=erratum)
    high, low = named("challenge", whole), named("challenge", scanner)
    reason = "It names whose network it is. Invented."
    say(LEADS["treasury"], 1, "challenge-marking", whole, challenge_id=high, proposed="CUI", reason=reason)
    say(
        LEADS["dhs"],
        2,
        "answer-challenge",
        whole,
        challenge_id=high,
        outcome="kept",
        reason="The hospital had it printed. Invented.",
    )
    say(LEADS["commerce"], 3, "challenge-marking", scanner, challenge_id=low, proposed="CUI", reason=reason)
    say(
        LEADS["dhs"],
        5,
        "answer-challenge",
        scanner,
        challenge_id=low,
        outcome="to-change",
        handled_as="CUI",
        reason="So it is handled from now on. Invented.",
    )
    for hold, days in (("inquiry", 6), ("request", 7)):
        basis = f"The invented {hold} of September"
        say(AUDITOR, days, "place-hold", whole, hold_id=named("hold", hold), basis=basis)
    say(AUDITOR, 20, "release-hold", whole, hold_id=named("hold", "request"))
    say(HOSPITAL, 21, "file-erratum", scanner, erratum_id=named("erratum", scanner), erratum="It is not theirs.")
