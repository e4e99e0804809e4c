"""Two invented versions of public criteria."""

from datetime import UTC, date, datetime
from typing import Any

from domain.commands.criteria import PublishCriteria
from domain.events.criteria import CriteriaPublished, Factor, Pointer, Step
from domain.values import Citation, ReferenceCode
from tests.domain.cast import NSA_ANALYST
from tests.domain.given import NOON, on
from tests.domain.once import Once, story
from tests.domain.requests import but

CODE = ReferenceCode("EARLY-LOOK")
LIKELY, UNLIKELY, ASK = (Step(factor=None, pointer=pointer) for pointer in Pointer)
BECAUSE = "They say what the standard says (invented)."


def leads_to(code: str) -> Step:
    return Step(factor=code, pointer=None)


exploits = Factor(
    code="exploits",
    question="Does the model find or write working exploits?",
    text="Measured or not: what you know of it.",
    yes=LIKELY,
    no=leads_to("scale"),
    unknown=leads_to("scale"),
)
scale = Factor(
    code="scale",
    question="Is it larger than any model that you offered before?",
    text="By the computation of its training.",
    yes=ASK,
    no=UNLIKELY,
    unknown=ASK,
)
_SAID: Any = {
    "code": CODE,
    "title": "Which models will be looked at (invented)",
    "process": "An offer is checked for completeness, then offices may ask for access.",
    "withheld_count": 2,
}
publish_criteria = PublishCriteria(
    **_SAID,
    version=1,
    factors=(exploits, scale),
    effective_on=date(2026, 7, 6),
    no_consultation_because=BECAUSE,
)
changed = but(publish_criteria, version=2, factors=(exploits, but(scale, no=ASK)), effective_on=date(2026, 9, 1))
published_criteria = CriteriaPublished(
    **_SAID,
    version=1,
    factors=(exploits, scale),
    effective_on=date(2026, 7, 6),
    effective_at=NOON,
    notice_ends_at=None,
    notice_policy=None,
    consultation=None,
    no_consultation_because=BECAUSE,
    supersedes=None,
)
changed_criteria = CriteriaPublished(
    **_SAID,
    version=2,
    factors=changed.factors,
    effective_on=date(2026, 9, 1),
    effective_at=datetime(2026, 9, 1, 4, tzinfo=UTC),
    notice_ends_at=datetime(2026, 8, 6, 4, tzinfo=UTC),
    notice_policy=Citation("POLICY:CRITERIA-NOTICE-1"),
    consultation=None,
    no_consultation_because=BECAUSE,
    supersedes=1,
)
made_public = on(NOON, published_criteria, by=NSA_ANALYST)

ONCE = [Once(publish_criteria, NSA_ANALYST)]
STORIES = {
    "criteria-form": story(asks=but(publish_criteria, factors=(scale, exploits)), by=NSA_ANALYST),
    "criteria-not-public": story(asks=publish_criteria, by=NSA_ANALYST, marking="CUI"),
    "notice-too-short": story(made_public, asks=but(changed, effective_on=date(2026, 8, 1)), by=NSA_ANALYST),
}
