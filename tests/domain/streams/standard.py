"""Two invented standards, one signed by all who have to and one by some; a threshold, and the framework."""

from typing import Any, TypeAlias

from domain.commands.consultation import OpenConsultation
from domain.commands.framework import AdoptFramework, ProposeFramework, SignOffFramework, WithholdSignOffFramework
from domain.commands.standard import AdoptStandard, ProposeStandard, SignOffStandard, WithholdSignOffStandard
from domain.commands.threshold import DetermineThreshold
from domain.events import Event
from domain.events.consultation import SubjectKind
from domain.events.framework import FrameworkAdopted, FrameworkProposed, FrameworkSignedOff
from domain.events.standard import (
    StandardAdopted,
    StandardProposed,
    StandardSignedOff,
    StandardSignOffWithheld,
)
from domain.events.threshold import ThresholdDetermined
from domain.values import Citation, ConsultationId, Digest, OfficeCode, Reference, ReferenceCode
from tests.domain.cast import DHS, DOD, LEADS, NSA, TREASURY, named
from tests.domain.facts import TEXT, under_way
from tests.domain.given import NOON, Fact, on
from tests.domain.once import Once, story
from tests.domain.requests import but, determine, propose

Facts: TypeAlias = tuple[Event | Fact, ...]
CODE, LINE = ReferenceCode("CYBER-EVAL"), ReferenceCode("CYBER-LINE")
FRAME = ReferenceCode("EARLY-ACCESS")
BODY, OTHER_BODY = Digest("sha256:" + "1" * 64), Digest("sha256:" + "2" * 64)
ALL_FIVE = tuple(OfficeCode(code) for code in ("dod", "commerce", "dhs", "treasury", "nsa"))
BRIEF = Citation("POLICY:SIGNOFF-BRIEF-1")
_TEXT: Any = {"holder": "office/nsa", "body_marking": "SECRET//NOFORN", "title": "A text (invented)"}
_FIRST: Any = {"code": CODE, "version": 1, "digest": BODY}
_FRAMEWORK: Any = {"code": FRAME, "version": 1, "digest": BODY}


def cites(code: str = CODE, version: int = 1, digest: Digest = BODY) -> Reference:
    return Reference(id=code, version=version, digest=digest)


propose_standard = ProposeStandard(**_FIRST, **_TEXT)
sign_standard = SignOffStandard(**_FIRST)
withhold_standard = WithholdSignOffStandard(**_FIRST, reasons="The harness is not described.")
adopt_standard = AdoptStandard(**_FIRST)
determine_threshold = DetermineThreshold(
    code=LINE, version=1, digest=BODY, **_TEXT, no_consultation_because="The offices could not be reached."
)
propose_framework = ProposeFramework(**_FRAMEWORK, **_TEXT)
sign_framework = SignOffFramework(**_FRAMEWORK)
withhold_framework = WithholdSignOffFramework(**_FRAMEWORK, reasons="Developers were not asked.")
adopt_framework = AdoptFramework(**_FRAMEWORK)
ask_about_threshold = OpenConsultation(
    consultation_id=ConsultationId(named("consultation", "threshold")),
    kind=SubjectKind.THRESHOLD,
    reference=cites(LINE, 2, OTHER_BODY),
    asked=(OfficeCode("oncd"),),
    question=TEXT,
)

proposed_standard = StandardProposed(
    **_FIRST, **_TEXT, proposed_by=OfficeCode("nsa"), signers=ALL_FIVE, policy=BRIEF, voided=()
)
signatures: Facts = tuple(on(NOON, StandardSignedOff(**_FIRST, office=lead.office), by=lead) for lead in LEADS)
withheld_signature = on(
    NOON, StandardSignOffWithheld(**_FIRST, office=DHS.office, reasons="The harness is not described."), by=DHS
)
adopted_standard = StandardAdopted(**_FIRST, signed=ALL_FIVE, supersedes=None)
superseding = StandardAdopted(code=CODE, version=2, digest=OTHER_BODY, signed=ALL_FIVE, supersedes=1)
in_force: Facts = (proposed_standard, *signatures, adopted_standard)
threshold_determined = ThresholdDetermined(
    code=LINE,
    version=1,
    digest=BODY,
    **_TEXT,
    consultation=None,
    no_consultation_because="The offices could not be reached.",
    supersedes=None,
)
proposed_framework = FrameworkProposed(
    **_FRAMEWORK, **_TEXT, proposed_by=OfficeCode("nsa"), signers=ALL_FIVE, policy=BRIEF, voided=()
)
framework_signatures: Facts = tuple(
    on(NOON, FrameworkSignedOff(**_FRAMEWORK, office=lead.office), by=lead) for lead in LEADS
)
adopted_framework = FrameworkAdopted(**_FRAMEWORK, signed=ALL_FIVE, supersedes=None)

ONCE = [
    Once(propose_standard, NSA),
    Once(sign_standard, TREASURY, (proposed_standard,)),
    Once(withhold_standard, DHS, (proposed_standard,)),
    Once(adopt_standard, NSA, (proposed_standard, *signatures)),
    Once(determine_threshold, NSA),
    Once(propose_framework, DOD),
    Once(sign_framework, TREASURY, (proposed_framework,)),
    Once(withhold_framework, DHS, (proposed_framework,)),
    Once(adopt_framework, NSA, (proposed_framework, *framework_signatures)),
]
OF_THIS = but(propose, standard=cites())
STORIES = {
    "version-gap": story(asks=but(propose_standard, version=2), by=NSA),
    "body-marking-unknown": story(asks=but(propose_standard, body_marking="VERY SECRET"), by=NSA),
    "not-proposed": story(*in_force, asks=but(sign_standard, version=2), by=DHS),
    "not-a-signer": story(
        StandardProposed(
            **_FIRST,
            **_TEXT,
            proposed_by=OfficeCode("nsa"),
            signers=(OfficeCode("nsa"),),
            policy=Citation("POLICY:SIGNOFF-ORDER-1"),
            voided=(),
        ),
        asks=sign_standard,
        by=DHS,
    ),
    "sign-off-missing": story(proposed_standard, *signatures[1:], asks=adopt_standard, by=NSA),
    "already-adopted": story(*in_force, asks=withhold_standard, by=DHS),
    "reference-differs": story(
        *under_way, *in_force, asks=but(propose, standard=cites(digest=OTHER_BODY)), by=TREASURY
    ),
    "version-not-in-force": story(*under_way, *in_force, superseding, asks=but(determine, standard=cites()), by=NSA),
}
