"""Policies are tables of data, published in versions that say one thing for ever."""

from dataclasses import dataclass, field, replace
from typing import Final, assert_never

from domain import clocks
from domain.commands.record import PolicyCommand, PublishPolicy
from domain.errors import Refused
from domain.events.record import PolicyEvent, PolicyPublished
from domain.recorded import Recorded
from domain.rules.asked import Asked
from domain.rules.policy.schedule import Item, Schedule
from domain.rules.policy.table import NOTHING, WINDOW, ZONE, Limits, Parsed, Row, Signers, cited, keeps_the_law, parsed
from domain.rules.seen import Seen
from domain.rules.stream import Rules
from domain.values import Citation, PolicyCode

__all__ = [
    "AUTHORITY",
    "INITIAL",
    "NOTHING",
    "RETENTION",
    "RULES",
    "WINDOW",
    "ZONE",
    "Item",
    "Policy",
    "Row",
    "Signers",
    "Version",
    "cited",
    "decide",
    "evolve",
    "may",
    "published",
    "separated",
    "who_may",
]

AUTHORITY: Final = PolicyCode("AUTHORITY")
"""The one table that says who may do what."""
RETENTION: Final = PolicyCode("RETENTION")
"""The one schedule that says what may be destroyed, and when."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of a policy, as its table says."""

    cited: Citation
    kind: str
    table: Parsed


@dataclass(frozen=True, slots=True)
class Policy:
    """Every version that was published, oldest first."""

    versions: tuple[Version, ...] = field(default=())

    @property
    def latest(self) -> Version:
        """The version in force. Raises Refused where none is published."""
        if not self.versions:
            raise Refused("policy-missing")
        return self.versions[-1]

    def clock(self, cited: Citation | None = None) -> clocks.Terms:
        """The terms of the clock in force, or of the version that is cited. Raises Refused where there is none."""
        version = self.latest if cited is None else self.version(cited)
        if not isinstance(version.table, clocks.Terms):
            raise Refused("policy-missing", f"{version.cited} is not a clock.")
        return version.table

    def calendar(self, cited: Citation) -> clocks.Calendar:
        """The calendar of the version that is cited. Raises Refused where there is none."""
        if not isinstance(table := self.version(cited).table, clocks.Calendar):
            raise Refused("policy-missing", f"{cited} is not a calendar.")
        return table

    def limit(self, name: str) -> int:
        """A limit in force. Raises Refused where there is none of this name."""
        if not isinstance(table := self.latest.table, Limits) or name not in table.values:
            raise Refused("policy-missing", f"{self.latest.cited} does not limit {name}.")
        return table.values[name]

    def item(self, event_type: str) -> Item | None:
        """What the schedule in force says of events of this type; None where they are permanent.

        Raises Refused where no schedule is published.
        """
        if not isinstance(table := self.latest.table, Schedule):
            raise Refused("policy-missing", f"{self.latest.cited} is no schedule.")
        return table.item(event_type)

    def version(self, cited: Citation) -> Version:
        """The version that is cited. Raises Refused where it is not published."""
        for version in self.versions:
            if version.cited == cited:
                return version
        raise Refused("policy-missing", f"{cited} is not published.")


INITIAL: Final = Policy()


def evolve(state: Policy, recorded: Recorded[PolicyEvent]) -> Policy:
    event = recorded.event
    match event:
        case PolicyPublished():
            version = Version(cited=cited(event.policy, event.policy_version), kind=event.kind, table=parsed(event))
            return replace(state, versions=(*state.versions, version))
        case _:
            assert_never(event)


def may(state: Policy, command: type[PolicyCommand], asked: Asked, seen: Seen) -> None:
    """Nothing but the authority table stands in the way of publishing."""


def decide(state: Policy, command: PolicyCommand, asked: Asked, seen: Seen) -> list[PolicyEvent]:
    match command:
        case PublishPolicy():
            event = published(command)
            if command.policy_version <= len(state.versions):
                return _again(state, event)
            if command.policy_version != len(state.versions) + 1:
                raise Refused("policy-version")
            if state.versions and state.latest.kind != command.kind:
                raise Refused("policy-table", f"{command.policy} is a table of kind {state.latest.kind}.")
            return [event]
        case _:
            assert_never(command)


def published(command: PublishPolicy) -> PolicyPublished:
    """The event that publishes a policy. Raises Refused where the table does not fit its kind, or breaks a law."""
    event = PolicyPublished(
        policy=command.policy,
        policy_version=command.policy_version,
        title=command.title,
        kind=command.kind,
        columns=command.columns,
        rows=command.rows,
    )
    keeps_the_law(event, parsed(event))
    return event


def who_may(command_type: str, policy: Policy) -> Row:
    """Who may give a command. Raises Refused where the table in force does not say."""
    table = policy.latest.table
    if not isinstance(table, dict) or not isinstance(found := table.get(command_type), Row):
        raise Refused("policy-missing", f"{policy.latest.cited} does not say who may do this.")
    return found


def _again(state: Policy, event: PolicyPublished) -> list[PolicyEvent]:
    before = state.versions[event.policy_version - 1]
    if (before.kind, before.table) != (event.kind, parsed(event)):
        raise Refused("exists")
    return []


def separated(policy: Policy, first: str, second: str) -> bool:
    """Whether two commands about one thing need two persons."""
    table = policy.latest.table
    return isinstance(table, frozenset) and (first, second) in table


RULES: Final = Rules(
    commands=PolicyCommand,
    events=PolicyEvent,
    id_field="policy",
    initial=INITIAL,
    evolve=evolve,
    may=may,
    decide=decide,
)
