"""A store that is lost comes back from the two topics alone: same positions, same bytes, same answers, same views."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from consumers.relay.restore import LostKey, Restore, Restored
from consumers.topics.cursor import Broken
from consumers.topics.sealing import CannotUnseal, Keyring
from consumers.topics.tail import Forked
from domain import wire
from domain.act import ActorKind
from domain.errors import TurnedAway
from domain.ledger import StoreError
from domain.ledger.postgres import PostgresRecorder
from domain.ledger.recorder import LedgerRecorder
from domain.ledger.sqlite import SQLiteRecorder
from domain.markings import EVERYTHING
from domain.values import ActId, act_id
from projections.catalogue import views
from projections.folding.runner import Runner
from projections.stores.sqlite import SQLiteViews
from tests.consumers.relaying import KEYRING, Between, Copied, everything
from tests.projections.destroying import destroyed, elapsed, scheduled
from tests.projections.small_ledger import ACME, DEVELOPER, LEDGER, Small, principal, small, uuid
from tests.services.kafka import Kafka

Open = Callable[[], Any]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Small]:
    """A ledger with accepted acts, one that was refused, and one that changed nothing."""
    made = small(tmp_path / "ledger.db")
    made.enrol()
    for model in ("Orion", "Lyra", "Vega"):
        case = made.submit(model)
        made.concern(case)
        made.accept(case)
        made.refused(case)
    yield made
    made.recorder.close()


@pytest.fixture
def between(kafka: Kafka, ledger: Small) -> Between:
    """Topics that hold all of it."""
    made = Between(kafka=kafka).made()
    made.catch_up(ledger.recorder)
    return made


@pytest.fixture(params=["sqlite", "postgres"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """Opens one empty store, again and again."""
    made: list[LedgerRecorder] = []
    dsn = "" if request.param == "sqlite" else request.getfixturevalue("postgres").new_database()

    def one() -> LedgerRecorder:
        path = tmp_path / "restored.db"
        made.append(PostgresRecorder(dsn, verify=wire.verify) if dsn else SQLiteRecorder(path, verify=wire.verify))
        return made[-1]

    yield one
    for each in made:
        each.close()


def restored(between: Between, recorder: Any, keyring: Keyring = KEYRING, **more: Any) -> Restored:
    restore = Restore(recorder=recorder, connection=between.connection, topics=between.topics, keyring=keyring, **more)
    return restore.run(lambda kept, whole: None)


def acts_of(recorder: LedgerRecorder) -> list[ActId]:
    """Every act that has an event, in order."""
    loaded = [wire.load(document) for _, _, document in recorder.read(0, 10_000)]
    return list(dict.fromkeys(act_id(LEDGER, each.actor, each.command_id) for each in loaded))


def digests(recorder: LedgerRecorder, path: Path) -> dict[str, str | None]:
    """What every view has in it, built anew."""
    store = SQLiteViews(path)
    runner = Runner(recorder, store, views())
    runner.catch_up()
    found = {view.name: runner.rebuild(view, compare=True).after for view in views()}
    store.close()
    return found


def test_a_restored_store_is_the_store_that_was_lost(ledger: Small, between: Between, opened: Open, tmp_path: Path):
    store, acts, head = opened(), acts_of(ledger.recorder), ledger.recorder.head()
    assert restored(between, store) == Restored(position=head, events=head, acts=len(acts), destroyed=0)
    assert everything(store) == everything(ledger.recorder)
    assert [store.act(id) for id in acts] == [ledger.recorder.act(id) for id in acts]
    assert digests(store, tmp_path / "one.db") == digests(ledger.recorder, tmp_path / "other.db")
    assert restored(between, store).events == 0, "again is not an error"


def test_a_restored_store_gives_the_first_answers_again(ledger: Small, between: Between, opened: Open):
    acts = acts_of(ledger.recorder)
    again = Small(opened(), now=ledger.now)
    restored(between, again.recorder)
    assert [again.ledger.receipt(id, EVERYTHING) for id in acts] == [
        ledger.ledger.receipt(id, EVERYTHING) for id in acts
    ]
    again.number = 1  # what comes has the id of the second act, which enrolled a developer
    again.enrol()
    assert everything(again.recorder) == everything(ledger.recorder)
    again.number = 1
    with pytest.raises(TurnedAway, match="id-reused"):
        again.enrol(principal(ActorKind.PARTICIPANT, DEVELOPER, "Acme under another name"))


def test_an_act_that_changed_nothing_is_decided_again(ledger: Small, between: Between, opened: Open):
    ledger.number += 1
    enrolled = acts_of(ledger.recorder)[1]
    ledger.enrol()
    nothing = act_id(LEDGER, str(ACME.actor), uuid(ledger.number))
    assert ledger.recorder.act(nothing) is not None
    assert ledger.recorder.act(enrolled) is not None
    store = opened()
    restored(between, store)
    assert store.act(nothing) is None
    assert store.act(enrolled) is not None


def test_a_restore_that_was_broken_off_goes_on(ledger: Small, between: Between, opened: Open):
    class Breaks:
        left = 2

        def __init__(self, recorder: LedgerRecorder) -> None:
            self.recorder = recorder

        def __getattr__(self, name: str) -> Any:
            return getattr(self.recorder, name)

        def insert_batch(self, acts: Any, *, at: int) -> Any:
            if not self.left:
                raise StoreError("the disk is full")
            self.left -= 1
            return self.recorder.insert_batch(acts, at=at)

    with pytest.raises(StoreError, match="full"):
        restored(between, Breaks(opened()), together=3)
    store = opened()
    had, head = store.head(), ledger.recorder.head()
    assert 0 < had < head
    assert restored(between, store).events == head - had
    assert everything(store) == everything(ledger.recorder)


def test_a_store_that_went_back_is_brought_forward(ledger: Small, between: Between, tmp_path: Path):
    ledger.recorder.backup(tmp_path / "earlier.db")
    before = ledger.recorder.head()
    ledger.concern(ledger.submit("Mira"))
    between.catch_up(ledger.recorder)
    earlier = SQLiteRecorder(tmp_path / "earlier.db", verify=wire.verify)
    assert restored(between, earlier).events == ledger.recorder.head() - before
    assert everything(earlier) == everything(ledger.recorder)
    earlier.close()


def forgotten(ledger: Small) -> int:
    """Where an event stands whose payload is destroyed now."""
    position = ledger.concern(ledger.submit("Mira")).position
    scheduled(ledger)
    elapsed(ledger)
    destroyed(ledger, position)
    return position


def test_what_was_destroyed_stays_destroyed(ledger: Small, between: Between, opened: Open, tmp_path: Path):
    store, ids = opened(), acts_of(ledger.recorder)
    position = ledger.concern(ledger.submit("Lynx")).position
    between.catch_up(ledger.recorder)  # its key lay on Kafka
    scheduled(ledger)
    elapsed(ledger)
    destroyed(ledger, position)
    between.catch_up(ledger.recorder)
    assert restored(between, store).destroyed == 1
    assert everything(store) == everything(ledger.recorder)
    assert position not in store.disclosures([position])
    assert digests(store, tmp_path / "one.db") == digests(ledger.recorder, tmp_path / "other.db")
    assert [store.act(id) for id in ids] == [ledger.recorder.act(id) for id in ids]


def test_what_was_destroyed_before_it_was_sent_comes_back_as_it_is(ledger: Small, between: Between, opened: Open):
    forgotten(ledger)
    between.catch_up(ledger.recorder)
    store = opened()
    assert restored(between, store).destroyed == 0, "its disclosures never were on Kafka"
    assert everything(store) == everything(ledger.recorder)


def test_an_event_that_says_so_destroys_what_a_key_still_opens(kafka: Kafka, ledger: Small, opened: Open):
    before = ledger.concern(ledger.submit("Lynx")).position
    whole = everything(ledger.recorder)
    scheduled(ledger)
    elapsed(ledger)
    destroyed(ledger, before)
    between = Between(kafka=kafka).made()
    between.send([*whole, *everything(ledger.recorder)[len(whole) :]])
    store = opened()
    restored(between, store)
    assert everything(store) == everything(ledger.recorder)


def test_an_older_store_that_is_brought_forward_forgets_what_was_destroyed_since(
    ledger: Small, between: Between, tmp_path: Path
):
    position = ledger.concern(ledger.submit("Lynx")).position
    ledger.recorder.backup(tmp_path / "earlier.db")
    scheduled(ledger)
    elapsed(ledger)
    destroyed(ledger, position)
    between.catch_up(ledger.recorder)
    earlier = SQLiteRecorder(tmp_path / "earlier.db", verify=wire.verify)
    assert position in earlier.disclosures([position])
    restored(between, earlier)
    assert everything(earlier) == everything(ledger.recorder)
    earlier.close()


@pytest.mark.parametrize("another", [False, True], ids=["nothing destroyed", "another destroyed"])
def test_a_key_that_is_missing_without_a_word_is_lost_and_ends_it(
    ledger: Small, between: Between, opened: Open, *, another: bool
):
    if another:
        forgotten(ledger)
    position = ledger.concern(ledger.submit("Lynx")).position
    between.catch_up(ledger.recorder)
    between.destroy(everything(ledger.recorder)[position - 1])
    store = opened()
    for _ in range(2):
        with pytest.raises(LostKey, match=f"position {position},"):
            restored(between, store)
        assert store.head() < position, "nothing is kept without what belongs to it"


def test_a_store_of_another_record_is_left_as_it_is(between: Between, ledger: Small, tmp_path: Path):
    stores = [small(tmp_path / "younger.db"), small(tmp_path / "older.db")]
    stores[1].enrol()
    for number in range(30):
        stores[1].submit(f"Another {number}")
    assert stores[0].recorder.head() < ledger.recorder.head() < stores[1].recorder.head()
    for store in stores:
        was = everything(store.recorder)
        with pytest.raises(Forked):
            restored(between, store.recorder)
        assert everything(store.recorder) == was
        store.recorder.close()


def test_a_keyring_that_lacks_the_key_opens_nothing(between: Between, opened: Open):
    for keyring in (Keyring.new("2026-11"), Keyring.new("another")):
        store = opened()
        with pytest.raises(CannotUnseal):
            restored(between, store, keyring)
        assert store.head() == 0


def a_hole(rows: list[Copied]) -> list[Copied]:
    return [*rows[:3], *rows[4:]]


def a_repetition(rows: list[Copied]) -> list[Copied]:
    return [*rows, rows[-1]._replace(disclosures=())]


def another_command(rows: list[Copied]) -> list[Copied]:
    """Every event after it is of the act that it was."""
    asked = wire.load(rows[-1].document).command_id.encode()
    return [*rows[:-1], rows[-1]._replace(document=rows[-1].document.replace(asked, uuid(999).encode()))]


def another_form(rows: list[Copied]) -> list[Copied]:
    """The same document as JSON, and not the same bytes."""
    return [*rows[:-1], rows[-1]._replace(document=rows[-1].document.replace(b'":"', b'": "', 1))]


def another_disclosure(rows: list[Copied]) -> list[Copied]:
    return [*rows[:-1], rows[-1]._replace(disclosures=rows[-2].disclosures)]


def another_ledger(rows: list[Copied]) -> list[Copied]:
    return [*rows[:-1], rows[-1]._replace(document=rows[-1].document.replace(LEDGER.encode(), uuid(999).encode()))]


@pytest.mark.parametrize(
    ("tampered", "refuses"),
    [
        (a_hole, Broken),
        (a_repetition, Broken),
        (another_command, Broken),
        (another_form, wire.Corrupt),
        (another_disclosure, wire.Corrupt),
        (another_ledger, Broken),
    ],
)
def test_a_topic_that_is_no_complete_copy_is_refused(
    kafka: Kafka, ledger: Small, tmp_path: Path, tampered: Any, refuses: type[Exception]
):
    between = Between(kafka=kafka).made()
    between.send(tampered(everything(ledger.recorder)))
    store = SQLiteRecorder(tmp_path / "restored.db", verify=wire.verify)
    with pytest.raises(refuses):
        restored(between, store)
    assert store.head() == 0
    store.close()
