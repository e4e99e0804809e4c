"""Who takes part in the demonstration. Everybody and everything here is invented."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote
from uuid import UUID, uuid5

_STORY: Final = UUID("d0c4e700-0000-5000-8000-000000000000")


def named(*parts: object) -> str:
    """An id of the story, the same at every telling."""
    return str(uuid5(_STORY, "/".join(map(str, parts))))


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person who acts for an office or a participant."""

    actor: str
    """`office/nsa` or `participant/<uuid>`."""
    name: str

    @property
    def id(self) -> str:
        return named("person", self.actor, self.name)

    @property
    def source(self) -> str:
        """As the CloudEvents of the story say it."""
        return f"{self.actor}?person={self.id}&name={quote(self.name)}"


SECRETARY: Final = Somebody("office/secretariat", "Ines Example")
DIRECTOR: Final = Somebody("office/nsa", "Robin Example")
NSA_LEAD: Final = Somebody("office/nsa", "Sam Example")
NSA_AUTHOR: Final = Somebody("office/nsa", "Toni Example")
LEADS: Final = {
    "nsa": NSA_LEAD,
    "dod": Somebody("office/dod", "Alex Example"),
    "commerce": Somebody("office/commerce", "Kim Example"),
    "dhs": Somebody("office/dhs", "Lee Example"),
    "treasury": Somebody("office/treasury", "Pat Example"),
}
AUTHORS: Final = {
    "nsa": NSA_AUTHOR,
    "dod": Somebody("office/dod", "Blake Example"),
    "commerce": Somebody("office/commerce", "Charlie Example"),
    "dhs": Somebody("office/dhs", "Dana Example"),
    "treasury": Somebody("office/treasury", "Elliot Example"),
}
DEPUTY: Final = Somebody("office/dhs", "Finley Example")
ONCD: Final = Somebody("office/oncd", "Gale Example")
OSTP: Final = Somebody("office/ostp", "Harper Example")
OMB: Final = Somebody("office/omb", "Jules Example")
AUDITOR: Final = Somebody("office/gao", "Robin Example")


@dataclass(frozen=True, slots=True)
class Developer:
    """An invented developer with its models."""

    name: str
    models: tuple[str, ...]

    @property
    def id(self) -> str:
        return named("developer", self.name)

    @property
    def speaks(self) -> Somebody:
        return Somebody(f"participant/{self.id}", f"{self.name.split()[0]} Liaison")


DEVELOPERS: Final = (
    Developer("Halcyon Research (invented)", ("halcyon-9", "halcyon-9-mini", "halcyon-10")),
    Developer("Northlight Labs (invented)", ("aurora-3", "aurora-4", "aurora-4-code")),
    Developer("Tessellate AI (invented)", ("mosaic-large", "mosaic-xl", "mosaic-agents")),
    Developer("Quill & Anvil (invented)", ("smith-2", "smith-3")),
    Developer("Brightwater Systems (invented)", ("estuary-1", "estuary-2")),
    Developer("Orrery Intelligence (invented)", ("epicycle-5", "epicycle-6")),
)
