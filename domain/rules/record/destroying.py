"""A payload is destroyed as a schedule says, by two persons, and for every event of its act at once.

The events of an act have its digest in common: what one of them kept of it would confirm a guess at the others.
"""

from collections.abc import Iterable

from domain import clocks
from domain.commands.record import DestroyPayload, ProposeDestruction
from domain.errors import Refused
from domain.events.record import DestructionProposed, PayloadDestroyed, RecordEvent, Scheduled
from domain.markings import parse
from domain.rules.asked import Asked
from domain.rules.policy import RETENTION, Item
from domain.rules.policy.schedule import NEVER, called
from domain.rules.record.state import EventFacts, Proposal, Said, known_to
from domain.rules.seen import Seen, of_event, of_first, of_policy, of_record
from domain.values import StreamId


def propose(state: Said, command: ProposeDestruction, event: EventFacts, asked: Asked, seen: Seen) -> list[RecordEvent]:
    if asked.person is None:
        raise Refused("separate-persons", "A person proposes, and another one destroys.")
    proposal = Proposal(by=str(asked.by), person=asked.person)
    if (known := state.proposals.get(command.destruction_id)) is not None:
        if known != proposal:
            raise Refused("id-used")
        return []
    together = _destructible(event, asked, seen)
    return [
        DestructionProposed(
            record_id=event.record,
            about=event.about,
            destruction_id=command.destruction_id,
            scheduled=together[event],
            proposer=asked.person,
            reason=command.reason,
        )
    ]


def destroy(state: Said, command: DestroyPayload, event: EventFacts, asked: Asked, seen: Seen) -> list[RecordEvent]:
    proposal = state.proposals.get(command.destruction_id)
    if proposal is None:
        raise Refused("reference-unknown", "There is no such proposal to destroy anything of this event.")
    if state.destroyed == command.destruction_id:
        return []
    if asked.person is None or asked.person == proposal.person:
        raise Refused("separate-persons", "Another person than who proposed it destroys.")
    return [
        PayloadDestroyed(
            record_id=each.record,
            about=each.about,
            destruction_id=command.destruction_id,
            proposed_for=event.id,
            scheduled=scheduled,
        )
        for each, scheduled in _destructible(event, asked, seen).items()
    ]


def reads(command: ProposeDestruction | DestroyPayload, seen: Seen) -> Iterable[StreamId]:
    """The schedule, the other events of the act, what is said of each, and what the retention of each starts with."""
    yield of_policy(RETENTION)
    if of_policy(RETENTION) not in seen or not seen.policy(RETENTION).versions:
        return
    if of_event(command.stream, command.version) not in seen:
        return
    event = seen.event(command.stream, command.version)
    if event is None or _item(event, seen) is None:
        return
    for each in event.act:
        yield of_event(*each)
        if of_event(*each) in seen and (sibling := seen.event(*each)) is not None:
            yield of_record(sibling.record)
            if (item := _item(sibling, seen)) is not None:
                yield of_first(each, item.terms.starts_with)


def _destructible(event: EventFacts, asked: Asked, seen: Seen) -> dict[EventFacts, Scheduled]:
    """The events of the act, the one that was named first, and what schedules each. Raises Refused."""
    items = {event: _scheduled_by(event, seen)}
    others = [other for place in event.act if (other := seen.event(*place)) is not None and other != event]
    for each in others:
        # answered as what is permanent: that something hidden was recorded with it is not told
        if not known_to(each, asked):
            raise Refused("not-scheduled")
        items[each] = _scheduled_by(each, seen)
    if not all(parse(each.marking) <= parse(asked.marking) for each in items):
        raise Refused("marking-too-low")
    said = [seen.said(each.record) for each in items]
    if any(each.destroyed is not None for each in said):
        raise Refused("payload-destroyed")
    if held := [hold for each in said for hold in each.lasting]:
        raise Refused("event-held", hidden=not any(asked.may_see(hold.marking) for hold in held))
    return {each: _elapsed(each, item, asked, seen) for each, item in items.items()}


def _scheduled_by(event: EventFacts, seen: Seen) -> Item:
    if called(event.type) in NEVER:
        raise Refused("never-destroyed")
    if (item := _item(event, seen)) is None:
        raise Refused("not-scheduled")
    return item


def _item(event: EventFacts, seen: Seen) -> Item | None:
    return seen.policy(RETENTION).item(event.type)


def _elapsed(event: EventFacts, item: Item, asked: Asked, seen: Seen) -> Scheduled:
    """What schedules it. Raises Refused unless its retention had elapsed as the act was taken in."""
    began = seen.first(event.place, item.terms.starts_with)
    ends_at = None if began is None else clocks.deadline(item.terms, began.recorded_at, None).ends_at
    if ends_at is None or asked.taken_in_at < ends_at:
        raise Refused("retention-running")
    return Scheduled(
        schedule=seen.policy(RETENTION).latest.cited,
        item=item.item,
        disposition=item.disposition,
        retained_until=ends_at,
    )
