"""What is sent is what its owner may see at that moment, each event once, in order, until it is taken or given up."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler
from threading import Event
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from api.identity import Unauthenticated
from api.subscriptions.backoff import DELAYS, GIVEN_UP_AFTER, JITTER
from api.subscriptions.desk import OVERLAP
from domain import wire
from tests.api.knocking import CASE, NSA, SECRETARIAT, developer, digest, named_id, office, submission
from tests.api.subscriptions.conftest import UNREADABLE, Delivering, Opens
from tests.api.subscriptions.receiving import Receiver, receiver, status

OTHER = named_id("other developer")
UNCLEARED = office("treasury", "U. Example", clearance='clearance="UNCLASSIFIED"')


def until(there: Callable[[], bool], why: str, patience_s: float = 30.0) -> None:
    end = time.monotonic() + patience_s
    while not there():
        assert time.monotonic() < end, why
        time.sleep(0.02)


SUBMITTED = {"types": ["case.submitted.v1"]}


def offered(delivering: Delivering, many: int, **more: Any) -> list[int]:
    """So many cases; the positions of their submissions."""
    head = delivering.door.recorder.head()
    for number in range(many):
        manifest = digest(f"{delivering.door.acts}-{number}")
        answer = delivering.door.act(
            "case.submit.v1", developer(), submission(manifest=manifest, model=f"m-{number}"), **more
        )
        assert answer.status_code == 201, answer.text
    return [at for at, type, _ in delivering.door.recorder.read(head, 1000) if type == "case.submitted.v1"]


def test_each_event_is_sent_once_in_order_as_reading_gives_it(delivering: Delivering, to: Receiver) -> None:
    delivering.door.enrolled()
    made = delivering.subscribe(NSA, to.url, after=0)
    offered(delivering, 20)
    head = delivering.door.recorder.head()
    to.wait(lambda: to.positions[-1:] == [head])
    assert to.positions == list(range(1, head + 1))
    for sent in to.sent:
        read = delivering.door.read(f"/v1/audit/events/{sent.position}", NSA).json()
        said = sent.verified(made["secret"])
        assert said.keys() >= {"position", "event", "withheld"}
        assert said == {name: read[name] for name in said}
        assert sent.id == read["event"]["id"] == sent.headers["ce-id"]
        assert sent.headers["ce-type"] == read["event"]["type"]
        assert sent.headers["ce-specversion"] == "1.0"
    until(lambda: delivering.of(NSA, made["id"])["delivered"] == head, "it is written down")
    assert delivering.of(NSA, made["id"])["position"] == head


@pytest.mark.parametrize(
    ("wanted", "types"),
    [
        ({"types": ["participant.enrolled.v1"]}, {"participant.enrolled.v1"}),
        ({"streams": [f"case-{CASE}"]}, {"case.submitted.v1", "case.accepted.v1"}),
        ({"cases": [CASE]}, {"case.submitted.v1", "case.accepted.v1", "participant.case-noted.v1"}),
        ({"offices": ["secretariat"]}, {"case.accepted.v1"}),
        ({"cases": [CASE], "types": ["case.accepted.v1"]}, {"case.accepted.v1"}),
        ({"offices": ["treasury"]}, set()),
    ],
)
def test_filters_let_through_what_passes_all_of_them(
    delivering: Delivering, to: Receiver, wanted: dict[str, Any], types: set[str]
) -> None:
    head = delivering.door.recorder.head()
    delivering.subscribe(NSA, to.url, after=head, **wanted)
    delivering.door.submitted()
    delivering.door.act("case.accept.v1", SECRETARIAT, {"case_id": CASE})
    everything = delivering.subscribe(NSA, f"{to.url}/all", after=head)
    last = delivering.door.recorder.head()
    to.wait(lambda: [each.position for each in to.sent if each.path == "/hook/all"][-1:] == [last])
    assert everything["position"] == head
    mine = [each for each in to.sent if each.path == "/hook"]
    to.wait(lambda: {each.headers["ce-type"] for each in to.sent if each.path == "/hook"} == types)
    assert len(mine) <= len(types)


def test_each_owner_is_sent_what_it_may_see_and_no_more(delivering: Delivering, to: Receiver) -> None:
    """Of the same events: an office with clearance, one without, the developer, and another developer."""
    door = delivering.door
    head = door.recorder.head()
    door.submitted(marking="CUI//SP-PROPIN")
    door.act("case.withdraw.v1", developer(), {"case_id": CASE}, marking="UNCLASSIFIED", protected_marking="CUI")
    owners = {"cleared": NSA, "uncleared": UNCLEARED, "own": developer(), "other": developer(OTHER)}
    for name, by in owners.items():
        delivering.subscribe(by, f"{to.url}/{name}", after=head)
    last = door.recorder.head()
    to.wait(lambda: [each.position for each in to.sent if each.path == "/hook/cleared"][-1:] == [last])
    to.wait(lambda: [each.position for each in to.sent if each.path == "/hook/own"][-1:] == [last])
    to.wait(lambda: any(each.path == "/hook/uncleared" for each in to.sent))
    for name, by in owners.items():
        given = {each.position: each.said for each in to.sent if each.path == f"/hook/{name}"}
        for position in range(head + 1, last + 1):
            read = door.read(f"/v1/audit/events/{position}", by)
            assert (position in given) == (read.status_code == 200), (name, position)
            if position in given:
                assert given[position] == {each: read.json()[each] for each in given[position]}, (name, position)
    assert not any(each.path == "/hook/other" for each in to.sent)
    uncleared = [each for each in to.sent if each.path == "/hook/uncleared"]
    assert not any(b"acme-1" in each.body for each in uncleared)
    assert "by" in uncleared[-1].said["withheld"]


def test_what_is_given_to_whoever_receives_later_is_what_its_owner_may_see_by_then(
    delivering: Delivering, to: Receiver
) -> None:
    delivering.door.enrolled()
    head = delivering.door.recorder.head()
    to.answer = status(503)
    made = delivering.subscribe(NSA, to.url, after=head, **SUBMITTED)
    (hidden,) = offered(delivering, 1, marking="CUI")
    to.wait(lambda: len(to.sent) == 1)
    assert b"m-0" in to.sent[0].body
    until(lambda: delivering.of(NSA, made["id"])["attempts"] == 1, "it is written down")
    delivering.roster.now(NSA, 'office/nsa; name="N. Example"; clearance="UNCLASSIFIED"')
    to.answer = status(204)
    delivering.door.clock.later(seconds=10)
    (seen,) = offered(delivering, 1, marking="UNCLASSIFIED")
    to.wait(lambda: len(to.sent) > 1)
    assert to.positions == [hidden, seen], "its clearance was taken away, and with it the event that waited"
    assert delivering.of(NSA, made["id"])["state"] == "active"


@pytest.mark.parametrize(
    ("means", "reason"),
    [
        (Unauthenticated("gone"), "owner-not-known"),
        ('office/nsa; name="Somebody else"', "owner-changed"),
        ('office/treasury; name="N. Example"', "owner-changed"),
        ('office/nowhere; name="N. Example"', "owner-changed"),
    ],
)
def test_whoever_loses_the_right_is_sent_nothing_more_and_it_says_why(
    delivering: Delivering, to: Receiver, means: str | Exception, reason: str
) -> None:
    delivering.door.enrolled()
    made = delivering.subscribe(NSA, to.url, **SUBMITTED)
    positions = offered(delivering, 1)
    to.wait(lambda: len(to.sent) == 1)
    until(lambda: delivering.of(NSA, made["id"])["delivered"] == 1, "it is written down")
    delivering.roster.now(NSA, means)
    positions += offered(delivering, 3)
    until(lambda: delivering.of(NSA, made["id"])["state"] == "disabled", "it ends")
    now = delivering.of(NSA, made["id"])
    assert now["reason"] == reason
    assert now["because"]
    assert len(to.sent) == 1
    delivering.roster.changed.clear()
    assert delivering.does(NSA, made["id"], "resume").json()["state"] == "active"
    to.wait(lambda: len(to.sent) == 4)
    assert to.positions == positions, "nothing of it was lost"


def test_while_nobody_can_tell_who_the_owner_is_nothing_is_sent(delivering: Delivering, to: Receiver) -> None:
    delivering.door.enrolled()
    made = delivering.subscribe(NSA, to.url, **SUBMITTED)
    delivering.roster.now(NSA, UNREADABLE)
    offered(delivering, 1)
    time.sleep(0.5)
    assert not to.sent
    assert delivering.of(NSA, made["id"])["state"] == "active"
    delivering.roster.changed.clear()
    to.wait(lambda: len(to.sent) == 1)


def test_what_is_not_taken_is_tried_again_when_its_time_comes_and_nothing_overtakes_it(
    delivering: Delivering, to: Receiver
) -> None:
    delivering.door.enrolled()
    to.answer = status(500)
    made = delivering.subscribe(NSA, to.url, **SUBMITTED)
    began = delivering.door.clock.now
    first, *others = offered(delivering, 3)
    for attempt, delay in enumerate(DELAYS[:4], start=1):
        until(lambda: delivering.of(NSA, made["id"])["attempts"] == attempt, "it was tried")  # noqa: B023 - at once
        now = delivering.of(NSA, made["id"])
        assert (now["last_outcome"], len(to.sent)) == ("status-500", attempt)
        again = delivering.door.clock.now
        assert again + delay <= _instant(now["next_attempt_at"]) <= again + delay * (1 + JITTER)
        assert _instant(now["failing_since"]) == began
        delivering.door.clock.now = _instant(now["next_attempt_at"])
    to.answer = status(204)
    to.wait(lambda: len(to.sent) == 7)
    assert to.positions == [first] * 5 + others, "nothing overtook it"
    assert len({each.id for each in to.sent if each.position == first}) == 1, "it is known again by its id"
    until(lambda: delivering.of(NSA, made["id"])["delivered"] == 3, "it is written down")
    assert delivering.of(NSA, made["id"])["failing_since"] is None


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_what_is_never_taken_becomes_a_dead_letter_and_what_comes_after_it_goes_on(
    delivering: Delivering, to: Receiver
) -> None:
    delivering.door.enrolled()
    head = delivering.door.recorder.head()
    made = delivering.subscribe(NSA, to.url, **SUBMITTED)

    def picky(handler: BaseHTTPRequestHandler) -> None:
        status(422 if to.sent[-1].position == head + 1 else 204)(handler)

    to.answer = picky
    poison, good = offered(delivering, 2)
    assert poison == head + 1
    for attempt in range(1, len(DELAYS) + 1):
        until(lambda: delivering.of(NSA, made["id"])["attempts"] == attempt, f"attempt {attempt}")  # noqa: B023 - at once
        delivering.door.clock.now = _instant(delivering.of(NSA, made["id"])["next_attempt_at"])
    to.wait(lambda: to.positions[-1:] == [good])
    letters = delivering.door.client.get(f"/v1/subscriptions/{made['id']}/dead-letters", headers=NSA).json()["items"]
    assert [(each["position"], each["attempts"], each["last_outcome"]) for each in letters] == [
        (poison, len(DELAYS) + 1, "status-422")
    ]
    assert letters[0]["event"] == to.sent[0].id
    assert letters[0]["type"] == "case.submitted.v1"

    to.answer = status(204)
    delivering.does(NSA, made["id"], "replay", after=poison - 1)
    to.wait(lambda: to.positions[-2:] == [poison, good])
    until(lambda: delivering.of(NSA, made["id"])["position"] == good, "it is written down")
    assert delivering.door.client.get(f"/v1/subscriptions/{made['id']}/dead-letters", headers=NSA).json() == {
        "items": []
    }


def test_of_dead_letters_nobody_is_told_more_than_it_may_still_see(delivering: Delivering, to: Receiver) -> None:
    delivering.door.enrolled()
    to.answer = status(500)
    made = delivering.subscribe(NSA, to.url, **SUBMITTED)
    offered(delivering, 1, marking="CUI")
    for attempt in range(1, len(DELAYS) + 1):
        until(lambda: delivering.of(NSA, made["id"])["attempts"] == attempt, f"attempt {attempt}")  # noqa: B023 - at once
        delivering.door.clock.now = _instant(delivering.of(NSA, made["id"])["next_attempt_at"])
    path = f"/v1/subscriptions/{made['id']}/dead-letters"
    until(lambda: delivering.door.client.get(path, headers=NSA).json()["items"] != [], "there is one")
    lowered = office("nsa", "N. Example", clearance='clearance="UNCLASSIFIED"')
    assert delivering.door.client.get(path, headers=lowered).json() == {"items": []}


def test_a_receiver_that_takes_nothing_for_long_is_sent_nothing_more(delivering: Delivering, to: Receiver) -> None:
    delivering.door.enrolled()
    to.answer = status(500)
    made = delivering.subscribe(NSA, to.url, **SUBMITTED)
    offered(delivering, 2)
    until(lambda: delivering.of(NSA, made["id"])["attempts"] == 1, "it was tried")
    delivering.door.clock.later(days=GIVEN_UP_AFTER / timedelta(days=1))
    until(lambda: delivering.of(NSA, made["id"])["state"] == "disabled", "it ends")
    now = delivering.of(NSA, made["id"])
    assert (now["reason"], now["last_outcome"], now["next_attempt_at"]) == ("receiver-failing", "status-500", None)
    to.answer = status(204)
    delivering.does(NSA, made["id"], "resume")
    to.wait(lambda: len(set(to.positions)) == 2)


def test_a_receiver_that_is_gone_is_sent_nothing_more(delivering: Delivering, to: Receiver) -> None:
    delivering.door.enrolled()
    to.answer = status(410)
    made = delivering.subscribe(NSA, to.url, **SUBMITTED)
    offered(delivering, 2)
    until(lambda: delivering.of(NSA, made["id"])["reason"] == "receiver-gone", "it ends")
    assert len(to.sent) == 1


def test_a_host_that_was_taken_off_the_list_is_sent_nothing_more(opens: Opens, to: Receiver) -> None:
    before = opens(to.host)
    made = before.subscribe(NSA, to.url)
    before.stop()
    after = opens("127.0.0.1:1")
    after.door.enrolled()
    until(lambda: after.of(NSA, made["id"])["reason"] == "receiver-not-listed", "it ends")
    assert not to.sent


def test_what_its_owner_pauses_waits_and_what_came_meanwhile_is_sent_later(
    delivering: Delivering, to: Receiver
) -> None:
    delivering.door.enrolled()
    made = delivering.subscribe(NSA, to.url, **SUBMITTED)
    paused = delivering.does(NSA, made["id"], "pause").json()
    assert (paused["state"], paused["reason"]) == ("paused", "by-owner")
    offered(delivering, 2)
    time.sleep(0.5)
    assert not to.sent
    assert delivering.does(NSA, made["id"], "resume").json()["state"] == "active"
    to.wait(lambda: len(to.sent) == 2)


def test_what_is_deleted_is_sent_nothing_more(delivering: Delivering, to: Receiver) -> None:
    delivering.door.enrolled()
    made = delivering.subscribe(NSA, to.url, **SUBMITTED)
    assert delivering.door.client.delete(f"/v1/subscriptions/{made['id']}", headers=NSA).status_code == 204
    offered(delivering, 2)
    time.sleep(0.5)
    assert not to.sent


def test_replaying_sends_everything_again_with_the_same_ids(delivering: Delivering, to: Receiver) -> None:
    delivering.door.enrolled()
    made = delivering.subscribe(NSA, to.url, after=0)
    head = delivering.door.recorder.head()
    until(lambda: delivering.of(NSA, made["id"])["position"] == head, "all of it was taken")
    assert delivering.does(NSA, made["id"], "replay", after=head - 2).json()["position"] == head - 2
    to.wait(lambda: len(to.sent) >= head + 2)
    assert to.positions == [*range(1, head + 1), head - 1, head]
    assert to.sent[-1].id == to.sent[head - 1].id
    wrong = delivering.does(NSA, made["id"], "replay", after=head + 1)
    assert (wrong.status_code, wrong.json()["code"]) == (409, "position-ahead")


def test_after_a_change_of_secrets_both_will_do_for_a_day(delivering: Delivering, to: Receiver) -> None:
    delivering.door.enrolled()
    made = delivering.subscribe(NSA, to.url, **SUBMITTED)
    old, new = made["secret"], delivering.does(NSA, made["id"], "rotate").json()["secret"]
    assert old != new
    offered(delivering, 1)
    to.wait(lambda: len(to.sent) == 1)
    for secret in (old, new):
        assert to.sent[0].verified(secret)
    delivering.door.clock.later(hours=OVERLAP / timedelta(hours=1))
    offered(delivering, 1)
    to.wait(lambda: len(to.sent) == 2)
    assert "," in to.sent[1].headers["webhook-signature"]
    assert " " not in to.sent[1].headers["webhook-signature"]
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify(to.sent[1].body, to.sent[1].headers)


def test_a_slow_receiver_keeps_nobody_else_waiting(delivering: Delivering, opens: Opens, to: Receiver) -> None:
    release = Event()
    with receiver() as slow:

        def waits(handler: BaseHTTPRequestHandler) -> None:
            release.wait(30)
            status(204)(handler)

        slow.answer = waits
        door = opens(to.host, slow.host)
        delivering.stop()
        door.door.enrolled()
        for _ in range(3):
            door.subscribe(SECRETARIAT, slow.url, **SUBMITTED)
        door.subscribe(NSA, to.url, **SUBMITTED)
        offered(door, 10)
        to.wait(lambda: len(to.sent) == 10)
        slow.wait(lambda: len(slow.sent) == 3)
        assert len(slow.sent) == 3, "each waits for its first answer"
        release.set()
        slow.wait(lambda: len(slow.sent) == 30)


def test_how_subscriptions_fare_is_told_in_figures(delivering: Delivering, to: Receiver) -> None:
    delivering.door.enrolled()
    delivering.subscribe(NSA, to.url, **SUBMITTED)
    paused = delivering.subscribe(NSA, to.url, **SUBMITTED)["id"]
    delivering.does(NSA, paused, "pause")
    offered(delivering, 2)

    def figures() -> str:
        text: str = delivering.door.client.get("/metrics").text
        return text

    until(lambda: 'docket_webhooks_total{outcome="accepted"} 2.0' in figures(), "two were sent")
    until(lambda: 'docket_subscriptions{state="paused"} 1.0' in figures(), "one is paused")
    assert 'docket_subscriptions{state="active"} 1.0' in figures()
    assert delivering.door.client.get("/readyz").json()["wrong"].get("subscriptions") is None


def test_where_it_stopped_it_goes_on_and_nothing_is_missing(delivering: Delivering, opens: Opens, to: Receiver) -> None:
    delivering.door.enrolled()
    delivering.subscribe(NSA, to.url, after=0)
    offered(delivering, 5)
    to.wait(lambda: len(to.sent) >= 3)
    delivering.stop()
    offered(delivering, 5)
    again = opens(to.host)
    head = again.door.recorder.head()
    to.wait(lambda: to.positions[-1:] == [head])
    assert sorted(set(to.positions)) == list(range(1, head + 1))
    assert to.positions == sorted(to.positions)


def test_what_is_sent_to_an_overseer_is_recorded_first_or_not_sent(delivering: Delivering, to: Receiver) -> None:
    gao, reads = office("gao", "G. Example"), delivering.door.docket.readings.recorder
    delivering.door.enrolled()
    delivering.subscribe(gao, to.url, **SUBMITTED)
    opened = offered(delivering, 2)
    hidden = offered(delivering, 2, marking="CUI")
    to.wait(lambda: to.positions == [*opened, *hidden])
    found = [wire.load(document).event for _, type, document in reads.read(1, 100)]
    assert [(each.way, each.highest, each.first_position) for each in found] == [("stream", "CUI", at) for at in hidden]  # type: ignore[union-attr]
    reads.close()
    more = offered(delivering, 1) + offered(delivering, 1, marking="CUI") + offered(delivering, 1)
    to.wait(lambda: to.positions[-1] == more[0])
    time.sleep(0.5)
    assert to.positions[-1] == more[0], "what cannot be recorded is not sent, and what follows it waits"
