"""What one append stores, what it refuses, and how it is read again, in a file as in a database."""

from contextlib import closing

import pytest
from eventsourcing.persistence import DataError, IntegrityError, StoredEvent

from domain.ledger.recorder import ActKnown, ActRow, Attached, LedgerRecorder, StaleRead
from tests.domain.ledger.some_appends import all_of, event, opened_at

ACT, OTHER = "5b1e1d3e-0000-5000-8000-000000000001", "5b1e1d3e-0000-5000-8000-000000000002"


def test_an_empty_ledger_says_so(recorder: LedgerRecorder) -> None:
    assert recorder.head() == 0
    assert recorder.max_notification_id() is None
    assert all_of(recorder) == []
    assert recorder.act(ACT) is None
    assert recorder.insert_events([]) == []


def test_an_act_over_two_streams_is_stored_with_all_that_belongs_to_it(recorder: LedgerRecorder) -> None:
    events = [
        event("case-1", 1, b"one"),
        event("office-nsa", 1, b"two", "office.registered.v1"),
        event("case-1", 2, b"three"),
    ]
    beside = Attached(act=ACT, disclosures=((b"WyJh", b"WyJi"), (), (b"WyJj",)), reads={"office-gao": 0})
    assert recorder.insert_events(events, attached=beside) == [1, 2, 3]
    assert recorder.head() == 3
    assert all_of(recorder) == [
        (1, "case.submitted.v1", b"one"),
        (2, "office.registered.v1", b"two"),
        (3, "case.submitted.v1", b"three"),
    ]
    assert recorder.read(1, 1) == [(2, "office.registered.v1", b"two")]
    assert recorder.read_stream("case-1") == [(1, 1, b"one"), (3, 2, b"three")]
    assert recorder.read_stream("case-1", after_version=1) == [(3, 2, b"three")]
    assert recorder.read_stream("case-1", upto_position=2) == [(1, 1, b"one")]
    assert recorder.documents([3, 1, 9]) == {1: b"one", 3: b"three"}
    assert recorder.disclosures([1, 2, 3]) == {1: (b"WyJh", b"WyJi"), 3: (b"WyJj",)}
    assert recorder.act(ACT) == ActRow(first=1, last=3, head=3, digest=None)


def test_an_act_that_changed_nothing_leaves_its_digest_and_uses_no_position(recorder: LedgerRecorder) -> None:
    recorder.insert_events([event("case-1", 1)])
    assert recorder.insert_events([], attached=Attached(act=ACT, nothing_new=b"salted", reads={"case-1": 1})) == []
    assert recorder.act(ACT) == ActRow(first=None, last=None, head=1, digest=b"salted")
    assert recorder.head() == 1
    with pytest.raises(StaleRead):
        recorder.insert_events([], attached=Attached(act=OTHER, nothing_new=b"salted", reads={"case-1": 2}))
    assert recorder.act(OTHER) is None


def test_a_version_that_is_taken_is_stale_and_uses_no_position(recorder: LedgerRecorder) -> None:
    recorder.insert_events([event("case-1", 1)])
    with pytest.raises(StaleRead) as stale:
        recorder.insert_events([event("case-2", 1), event("case-1", 1)], attached=Attached(act=ACT))
    assert stale.value.moved == {"case-1": 1}
    assert isinstance(stale.value, IntegrityError)
    assert recorder.act(ACT) is None
    assert recorder.read_stream("case-2") == []
    assert recorder.insert_events([event("case-1", 2)]) == [2]


@pytest.mark.parametrize("versions", [[2], [3], [1, 3], [1, 1]])
def test_a_stream_has_no_gap_and_no_version_twice(recorder: LedgerRecorder, versions: list[int]) -> None:
    with pytest.raises(StaleRead):
        recorder.insert_events([event("case-1", version) for version in versions])
    assert recorder.head() == 0


def test_a_delegation_revoked_meanwhile_refuses(recorder: LedgerRecorder) -> None:
    recorder.insert_events([event("office-nsa", 1, b"delegated")])
    decided_on = {"case-1": 0, "office-nsa": 1}
    recorder.insert_events([event("office-nsa", 2, b"revoked")])
    with pytest.raises(StaleRead, match=r"office-nsa \(now at 2\)") as stale:
        recorder.insert_events([event("case-1", 1)], attached=Attached(act=ACT, reads=decided_on))
    assert stale.value.moved == {"office-nsa": 2}
    assert recorder.read_stream("case-1") == []
    decided_on["office-nsa"] = 2
    assert recorder.insert_events([event("case-1", 1)], attached=Attached(act=ACT, reads=decided_on)) == [3]


def test_a_stream_that_was_not_there_when_it_was_read_may_not_be_there_now(recorder: LedgerRecorder) -> None:
    recorder.insert_events([event("refusal-1", 1)])
    with pytest.raises(StaleRead):
        recorder.insert_events([event("case-1", 1)], attached=Attached(reads={"refusal-1": 0}))


def test_an_act_is_answered_once_even_where_its_streams_have_moved(recorder: LedgerRecorder) -> None:
    first = Attached(act=ACT, reads={"case-1": 0})
    recorder.insert_events([event("case-1", 1)], attached=first)
    with pytest.raises(ActKnown) as known:  # not StaleRead: whoever repeats an act gets its first receipt
        recorder.insert_events([event("case-1", 1)], attached=first)
    assert known.value.act == ACT
    assert isinstance(known.value, IntegrityError)
    with pytest.raises(ActKnown):
        recorder.insert_events([], attached=Attached(act=ACT, nothing_new=b"salted"))
    assert recorder.act(ACT) == ActRow(first=1, last=1, head=1, digest=None)


@pytest.mark.parametrize(
    ("stored", "attached"),
    [
        ([StoredEvent("case-1", 2**70, "t", b"")], None),
        ([StoredEvent("case-1", -1, "t", b"")], None),
        ([StoredEvent("case-1", originator_version=True, topic="t", state=b"")], None),
        ([StoredEvent("case-1", 1, "t", "text")], None),  # type: ignore[arg-type]
        ([StoredEvent("case-\0", 1, "t", b"")], None),
        ([StoredEvent("case-1", 1, "\ud800", b"")], None),
        ([StoredEvent(7, 1, "t", b"")], None),  # type: ignore[arg-type]
        ([event("case-1", 1)], Attached(disclosures=((), ()))),
        ([event("case-1", 1)], Attached(disclosures=((b"a~b",),))),
        ([event("case-1", 1)], Attached(disclosures=((b"",),))),
        ([event("case-1", 1)], Attached(act=ACT, nothing_new=b"salted")),
        ([event("case-1", 1)], Attached(reads={"case-1": "0"})),  # type: ignore[arg-type]
        ([], Attached(nothing_new=b"salted")),
        ([], Attached(act=7)),  # type: ignore[arg-type]
    ],
)
def test_what_no_store_can_hold_is_turned_away(
    recorder: LedgerRecorder, stored: list[StoredEvent], attached: Attached | None
) -> None:
    with pytest.raises(DataError):
        recorder.insert_events(stored, attached=attached)
    assert recorder.head() == 0


def test_text_of_any_language_is_kept(recorder: LedgerRecorder) -> None:
    recorder.insert_events([event("case-Ω", 1, "Ж".encode(), "типа")])
    assert all_of(recorder) == [(1, "типа", "Ж".encode())]


def test_each_document_is_verified_with_its_disclosures_before_it_is_stored(where: str) -> None:
    seen = []

    def verify(document: bytes, disclosures: tuple[bytes, ...]) -> None:
        seen.append((document, disclosures))
        if document == b"bad":
            raise ValueError("no document of ours")

    with closing(opened_at(where, verify=verify)) as recorder:
        with pytest.raises(ValueError, match="no document of ours"):
            recorder.insert_events(
                [event("case-1", 1, b"good"), event("case-1", 2, b"bad")], attached=Attached(disclosures=((b"Wy",), ()))
            )
        assert seen == [(b"good", (b"Wy",)), (b"bad", ())]
        assert recorder.head() == 0


def test_a_ledger_that_is_opened_again_goes_on(where: str) -> None:
    with closing(opened_at(where)) as recorder:
        recorder.insert_events([event("case-1", 1)], attached=Attached(act=ACT))
    with closing(opened_at(where)) as recorder:
        assert recorder.insert_events([event("case-1", 2)]) == [2]
        assert recorder.act(ACT) == ActRow(1, 1, 1, None)
