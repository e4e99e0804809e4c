"""Who acts in the tests: offices through their people, developers, clocks and the installation. All are invented."""

from dataclasses import dataclass, field, replace

from domain.act import Actor, ActorKind, Attestation
from domain.events.office import Algorithm
from domain.markings import AUDIENCES, EVERY_CATEGORY, TLP, Classification, Clearance
from domain.needs import ALL, Needs, needs
from domain.rules.asked import Signed
from domain.values import Citation, DelegationId, KeyId, OfficeCode, ParticipantId, PersonId, PostCode, derived

EVERYTHING = Clearance(
    classification=Classification.TOP_SECRET, cui=EVERY_CATEGORY, controls=AUDIENCES, country="USA", tlp=TLP.RED
)
NOTHING = Clearance(
    classification=Classification.UNCLASSIFIED, cui=None, controls=frozenset(), country="USA", tlp=TLP.CLEAR
)


def named(kind: str, *words: str) -> str:
    """An id that is the same in every run."""
    return derived(kind, *words)


@dataclass(frozen=True, kw_only=True)
class Somebody:
    """Who asks, and what the asking rests on."""

    actor: Actor
    person: PersonId | None = None
    clearance: Clearance = field(default=EVERYTHING, repr=False)
    needs: Needs = field(default=ALL, repr=False)
    authority: Citation | None = None
    post: PostCode | None = None
    delegation: DelegationId | None = None
    attestation: Attestation = Attestation.OIDC
    signed: Signed | None = None

    @property
    def office(self) -> OfficeCode:
        assert self.actor.office is not None, f"{self.actor} is no office"
        return self.actor.office

    @property
    def participant(self) -> ParticipantId:
        assert self.actor.participant is not None, f"{self.actor} is no participant"
        return self.actor.participant

    @property
    def id(self) -> PersonId:
        assert self.person is not None, f"{self.actor} acts without a person"
        return self.person

    def citing(self, authority: str) -> "Somebody":
        return replace(self, authority=Citation(authority))

    def as_(self, post: str) -> "Somebody":
        return replace(self, post=PostCode(post))

    def by(self, delegation: str) -> "Somebody":
        return replace(self, delegation=DelegationId(delegation))

    def signing(self, key: str, *, by: Algorithm = Algorithm.ED25519, holds: bool = True) -> "Somebody":
        return replace(self, signed=Signed(key=KeyId(key), algorithm=by, holds=holds))

    def over_kafka(self) -> "Somebody":
        return replace(self, attestation=Attestation.OFFICE)

    def cleared_for_nothing(self) -> "Somebody":
        return replace(self, clearance=NOTHING)

    def needing(self, *names: str) -> "Somebody":
        """The same, confined to these matters."""
        return replace(self, needs=needs(names))


def of_office(code: str, who: str = "lead") -> Somebody:
    """Somebody of an office."""
    person = PersonId(named("person", code, who))
    return Somebody(actor=Actor(kind=ActorKind.OFFICE, id=code, name=f"Office {code} (invented)"), person=person)


def of_participant(name: str) -> Somebody:
    """Somebody of a participant."""
    actor = Actor(kind=ActorKind.PARTICIPANT, id=named("participant", name), name=f"{name} (invented)")
    return Somebody(actor=actor, person=PersonId(named("person", name)))


SECRETARIAT = of_office("secretariat")
NSA = of_office("nsa", "director")
"""Through its Director, who holds the post."""
NSA_ANALYST = of_office("nsa", "analyst")
NSA_LEAD = of_office("nsa", "lead")
TREASURY, TREASURY_ANALYST = of_office("treasury"), of_office("treasury", "analyst")
"""The first holds the post `assessment-lead`; the second holds none."""
DHS, DHS_ANALYST = of_office("dhs"), of_office("dhs", "analyst")
COMMERCE, COMMERCE_ANALYST = of_office("commerce"), of_office("commerce", "analyst")
DOD, DOD_ANALYST = of_office("dod"), of_office("dod", "analyst")
ONCD, OSTP, OMB = of_office("oncd"), of_office("ostp"), of_office("omb")
JUSTICE, GAO = of_office("justice"), of_office("gao")
NOBODY_KNOWN = of_office("astrology")
"""An office that is not registered."""
LEADS = (DOD, COMMERCE, DHS, TREASURY, NSA)
HOLDERS: dict[tuple[str, str], Somebody] = {
    ("nsa", "director"): NSA,
    ("nsa", "assessment-lead"): NSA_LEAD,
    **{(lead.office, "assessment-lead"): lead for lead in (TREASURY, DHS, COMMERCE, DOD)},
    ("secretariat", "secretary"): SECRETARIAT,
}
"""Who holds which post as a test begins."""

DEVELOPER, RIVAL = of_participant("Quill"), of_participant("Orrery")
OPERATOR = of_participant("Prairie Water")
STRANGER = of_participant("Stranger")
"""A participant that has not enrolled."""
CLOCK = Somebody(actor=Actor(kind=ActorKind.CLOCK, id="timer", name="Timer"))
INSTALLATION = Somebody(actor=Actor(kind=ActorKind.INSTALLATION, id="installation", name="Installation"))
