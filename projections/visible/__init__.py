"""Nothing leaves Docket except as a `Sight` gives it: what its reader may know (`deciding`), applied and noted."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from domain.act import Principal
from domain.events import Event
from domain.markings import TLP, Classification, Clearance
from domain.recorded import Recorded
from domain.values import ParticipantId
from projections.given import Given
from projections.view import Matter, Part, R
from projections.visible import deciding
from projections.visible.conditions import Condition, check, cleared
from projections.visible.deciding import Reader
from projections.visible.facts import OF_EVENT, OF_PART, Of
from projections.visible.portions import portioned
from projections.visible.sql import Columns, as_sql


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight(Reader):
    """What one reader is given. More clearance never shows less."""

    given: Given | None = field(default=None, compare=False, repr=False)
    """Where what it lets through is noted, if that is recorded."""
    known: Condition = field(init=False, compare=False, repr=False)
    """Of rows and events: whether it is told that they exist."""
    _knows: Callable[[Of], bool] = field(init=False, compare=False, repr=False)
    _sees: Callable[[Part], bool] = field(init=False, compare=False, repr=False)
    _joins: Callable[[Part], bool] = field(init=False, compare=False, repr=False)
    _discloses: Callable[[Of], bool] = field(init=False, compare=False, repr=False)
    disclosed: Condition = field(init=False, compare=False, repr=False)
    """Of protected values of events of which it is told: whether it is given them."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "known", deciding.known(self))
        object.__setattr__(self, "disclosed", deciding.disclosed(self))
        object.__setattr__(self, "_knows", check(self.known, OF_EVENT))
        object.__setattr__(self, "_sees", check(deciding.seen(self), OF_PART))
        object.__setattr__(self, "_joins", check(deciding.joined(self), OF_PART))
        object.__setattr__(self, "_discloses", check(self.disclosed, OF_EVENT))

    @classmethod
    def of(cls, principal: Principal, *, oversight: bool = False, given: Given | None = None) -> "Sight":
        """The sight of whoever asks; `oversight` where its office is registered as oversight."""
        actor = principal.actor
        return cls(
            clearance=principal.clearance,
            office=actor.office,
            participant=actor.participant,
            oversight=oversight and actor.office is not None,
            needs=principal.needs,
            given=given,
        )

    def marked(self, marking: str) -> bool:
        """Whether it is cleared for what is marked so; never for what is no marking."""
        return cleared(self.clearance, marking)

    def condition(
        self,
        markings: Iterable[str],
        *,
        prefix: str = "",
        table: str = "",
        shared: str = "",
        matter: Matter | None = None,
    ) -> tuple[str, tuple[object, ...]]:
        """SQL over the columns `marking` and `scope` that finds the rows it may know, and the values for its `?`.

        `markings` are those that occur in the table; one that is not among them is not seen. `shared` and `matter` are
        the view's.
        """
        columns = Columns(markings=[*markings], prefix=prefix, shared=shared.format(table=table), matter=matter)
        return as_sql(self.known, columns)

    def portions(self, row: R, position: int | None = None) -> R:
        """A row that it may know, without the parts that it may not see; they are counted in `withheld`.

        `position` is that of the last event that touched it.
        """
        self._took(row.marking, position)
        left, withheld = portioned(row, self._gives)
        left.withheld = withheld
        return left

    def part(self, part: Part) -> bool:
        """Whether it may see a part of a row that it may know."""
        return self._sees(part)

    def event(self, recorded: Recorded[Event], developer: str | None, position: int | None = None) -> bool:
        """Whether it is given an event; `developer` is whose case its stream is, if it is one."""
        if is_given := self._knows(Of(recorded, developer)):
            self._took(recorded.marking, position)
        return is_given

    def protected(self, part: Part) -> bool:
        """Whether protected values are joined to a part that it may see."""
        if is_joined := self._joins(part):
            self._took(part.protected_marking, part.position)
        return is_joined

    def disclosable(self, recorded: Recorded[Event], name: str, position: int | None = None) -> bool:
        """Whether the protected value of this name is joined to an event that it may know."""
        if is_disclosed := self._discloses(Of(recorded, name=name)):
            self._took(recorded.protected_marking, position)
        return is_disclosed

    def looked_at(self, markings: Iterable[str]) -> None:
        """Note what an answer counts or is found by, though it shows none of it."""
        for marking in markings:
            self._took(marking, None)

    def _gives(self, part: Part) -> bool:
        if is_given := self.part(part):
            self._took(part.marking, part.position)
        return is_given

    def _took(self, marking: str, position: int | None) -> None:
        if self.given is not None:
            self.given.took(marking, position)


ANYBODY: Final = Sight(
    clearance=Clearance(
        classification=Classification.UNCLASSIFIED, cui=None, controls=frozenset(), country="USA", tlp=TLP.CLEAR
    ),
    office=None,
    participant=ParticipantId("anybody"),
    oversight=False,
)
"""What somebody sees of whom nothing is known: what every participant may know, and nothing that is anybody's own."""
