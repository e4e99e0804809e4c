"""One row for each standard, framework and threshold. Participants may know the framework, which concerns them."""

from typing import Final

from domain.events import Event
from domain.recorded import Recorded
from domain.values import ReferenceCode
from projections.known import ByStream, begun, code_of
from projections.parts import Adds, add
from projections.texts.rows import FRAMEWORK, STANDARD, THRESHOLD, Signed, Threshold
from projections.view import EVERYBODY, Key, Matter


class SignedTexts(ByStream[Signed]):
    """Texts that offices sign, by their code."""

    row = Signed
    version = 1
    adds: Adds
    known_by: str | None = None
    """The scope of a row."""

    def keys(self, recorded: Recorded[Event]) -> tuple[Key, ...]:
        return (code_of(recorded),) if type(recorded.event) in self.adds else ()

    def evolve(self, row: Signed | None, position: int, recorded: Recorded[Event]) -> Signed:
        event = recorded.event
        if row is None and event.type.endswith(".proposed.v1"):
            row = Signed(
                marking=recorded.marking,
                scope=self.known_by,
                began=position,
                code=ReferenceCode(code_of(recorded)),
            )
        made = begun(row, recorded)
        add(self.adds, made, position, recorded)
        return made


class Standards(SignedTexts):
    """Every standard of evaluation: among offices."""

    name = "standards"
    matter = Matter("key", "standard")
    adds = STANDARD


class Frameworks(SignedTexts):
    """The voluntary framework: everybody may know its versions, and which is in force."""

    name = "frameworks"
    adds = FRAMEWORK
    known_by = EVERYBODY


class Thresholds(ByStream[Threshold]):
    """Every threshold: among offices."""

    name = "thresholds"
    version = 1
    row = Threshold
    matter = Matter("key", "threshold")

    def keys(self, recorded: Recorded[Event]) -> tuple[Key, ...]:
        return (code_of(recorded),) if type(recorded.event) in THRESHOLD else ()

    def evolve(self, row: Threshold | None, position: int, recorded: Recorded[Event]) -> Threshold:
        if row is None:
            row = Threshold(marking=recorded.marking, began=position, code=ReferenceCode(code_of(recorded)))
        add(THRESHOLD, row, position, recorded)
        return row


STANDARDS: Final = Standards()
FRAMEWORKS: Final = Frameworks()
THRESHOLDS: Final = Thresholds()
