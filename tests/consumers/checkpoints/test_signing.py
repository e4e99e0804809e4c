"""What is signed of a log always goes on from what was signed of it before, whoever signs, and whatever dies."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from importlib.resources import files
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from consumers.apart import MIGRATIONS, Ask
from consumers.apart.postgres import PostgresApart
from consumers.apart.sqlite import SQLiteApart
from consumers.checkpoints.kept import Checkpoints
from consumers.checkpoints.key import BadKey, KeyFile, make_key
from consumers.checkpoints.opening import Behind, LogFiles, signed_here
from consumers.checkpoints.signing import Forked, Signing
from domain.values import LedgerId
from projections.stores.tables import NotBuilt
from projections.transparency.checkpoint import Checkpoint
from projections.transparency.log import FollowedLog
from projections.transparency.notes import Note
from projections.transparency.notes import signed as signature_of
from projections.transparency.policy import Grade, Policy, PolicyWrong
from projections.transparency.tree import leaf_hash, verify_consistency
from tests.consumers.checkpoints.signing_log import NOON, signed
from tests.projections.transparency.signers import LOG_KEY, ORIGIN, Held, witness


@pytest.fixture(params=["sqlite", "postgres"])
def apart(request, tmp_path):
    made: SQLiteApart | PostgresApart
    if request.param == "sqlite":
        made = SQLiteApart(tmp_path / "kept.db")
    else:
        made = PostgresApart(request.getfixturevalue("postgres").new_database())
    with closing(made):
        yield made


def test_a_log_is_signed_as_it_grows_and_never_twice(apart, tmp_path):
    with signed(tmp_path, apart) as made:
        first = made.sign()
        assert first.checkpoint == Checkpoint(origin=ORIGIN, size=made.log.size(), root=made.log.root(made.log.size()))
        assert first.note.signed_by([LOG_KEY])
        assert (first.grade, first.published_at) == (Grade.PROVISIONAL, NOON)
        assert made.signing.sign() == first
        size = made.grow(3)
        second = made.sign()
        assert second.checkpoint.size == size
        path = made.log.consistency(first.checkpoint.size, size)
        verify_consistency(first.checkpoint.size, size, path, first.checkpoint.root, second.checkpoint.root)
        assert made.kept.covering(1) == first
        assert made.kept.covering(size) == second
        assert made.kept.covering(size + 1) is None
        assert made.kept.latest(Grade.FINAL) is None


def test_of_many_that_sign_at_once_all_see_one_history(apart, tmp_path):
    with signed(tmp_path, apart) as made, ThreadPoolExecutor(6) as pool:
        for _ in range(5):
            made.grow()
            others = [Signing(made.log, made.kept, Held("log"), clock=lambda: NOON) for _ in range(6)]
            found = {bytes(each.note) for each in pool.map(lambda one: one.sign(), others) if each is not None}
            assert found == {bytes(made.latest().note)}
        rows = apart.ask("SELECT size FROM checkpoints ORDER BY size")
        assert len(rows) == 5


def test_a_log_that_went_back_is_not_signed(tmp_path):
    with signed(tmp_path) as made:
        made.grow(2)
        made.signing.sign()
        with signed(_folder(tmp_path / "older"), made.apart) as older:
            assert older.log.size() < made.log.size()
            with pytest.raises(Forked, match="it went back"):
                older.signing.sign()
            assert older.kept.latest() == made.kept.latest()


def test_another_history_is_not_signed(tmp_path):
    with signed(tmp_path) as made:
        made.signing.sign()
        made.grow(2)
        with signed(_folder(tmp_path / "other"), made.apart) as other:
            other.grow(5)
            with pytest.raises(Forked, match="another log of"):
                other.signing.sign()


class Counted(Held):
    """Knows how often it signed."""

    signed = 0

    def sign(self, message: bytes) -> bytes:
        self.signed += 1
        return super().sign(message)


class Rows:
    """A record of one event."""

    def __init__(self, document: bytes) -> None:
        self._rows = [(1, "x", document)]

    def read(self, after: int, limit: int) -> list[tuple[int, str, bytes]]:
        return self._rows[after:]


def test_a_log_of_one_event_is_signed_and_another_of_one_event_is_not(tmp_path):
    with closing(SQLiteApart(tmp_path / "kept.db")) as apart:
        kept, signer = Checkpoints(apart, ORIGIN), Counted("log")
        signing = Signing(FollowedLog(Rows(b"first")), kept, signer, clock=lambda: NOON)
        first = signing.sign()
        assert first is not None
        assert (signing.sign(), signer.signed) == (first, 1), "once"
        assert (first.checkpoint.size, first.checkpoint.root) == (1, leaf_hash(b"first"))
        with pytest.raises(Forked, match="another log of 1"):
            Signing(FollowedLog(Rows(b"other")), kept, Held("log"), clock=lambda: NOON).sign()


def test_while_there_is_no_log_what_was_signed_before_is_the_longest(tmp_path):
    class NotThere(FollowedLog):
        def size(self) -> int:
            raise NotBuilt("it is being built")

    with signed(tmp_path) as made:
        none = Signing(NotThere(Rows(b"")), made.kept, Held("log"), clock=lambda: NOON, every_s=60.0)
        assert none.sign() is None
        first = made.sign()
        assert none.sign() == first


def test_what_was_signed_is_compared_when_nothing_was_added(tmp_path):
    with signed(tmp_path) as made:
        made.signing.sign()
        with signed(_folder(tmp_path / "other"), made.apart) as other:
            assert other.log.size() == made.log.size()  # the same acts, with other salts
            with pytest.raises(Forked, match="another log of"):
                other.signing.sign()


def test_whoever_waits_is_answered_before_the_second_is_over(apart, tmp_path):
    with signed(tmp_path, apart) as made:
        slow = Signing(made.log, made.kept, Held("log"), clock=lambda: NOON, every_s=60.0)
        stop = Event()
        running = Thread(target=slow.run, args=(stop,))
        running.start()
        while not slow._moved._waiters:  # type: ignore[attr-defined]
            Event().wait(0.01)
        size = made.grow()
        found = slow.wait(size, 20.0)
        assert found is not None
        assert found.checkpoint.size == size
        assert Checkpoints(apart, ORIGIN).wait(size, 5.0) == found, "another process finds it"
        with ThreadPoolExecutor(1) as pool:
            later = pool.submit(slow.wait, size + 1, 20.0)
            longer = made.grow()
            assert later.result() is not None, "it was asked for before it was there"
        assert slow.wait(longer + 1, 0.1) is None
        stop.set()
        slow.wait(0, 0)
        running.join(70)


def test_signatures_of_witnesses_come_beneath_and_make_it_final(apart, tmp_path):
    policy = Policy.read(
        f"log {LOG_KEY}\nwitness a {witness('a')}\nwitness b {witness('b')}\ngroup both all a b\nquorum both"
    )
    with signed(tmp_path, apart, policy) as made:
        first = made.sign()
        text, size = first.note.text, first.checkpoint.size
        lines = [signature_of(text, witness(name), Held(name), at=5) for name in ("a", "b")]
        with ThreadPoolExecutor(2) as pool:
            assert all(pool.map(lambda line: made.kept.witnessed(size, line), lines)), "of two at once none is lost"
        final = made.kept.latest(Grade.FINAL)
        assert final is not None
        assert set(final.note.signatures) == {*first.note.signatures, *lines}
        assert made.kept.witnessed(size, lines[0]) == final, "again is not an error"
        assert made.kept.witnessed(size + 1, lines[0]) is None
        made.grow()
        made.signing.sign()
        assert made.latest().grade is Grade.PROVISIONAL
        assert made.kept.latest(Grade.FINAL) == final


def test_a_checkpoint_is_kept_only_after_the_longest(apart, tmp_path):
    with signed(tmp_path, apart) as made:
        made.signing.sign()
        longest = made.log.size()
        text = bytes(Checkpoint(origin=ORIGIN, size=longest + 1, root=leaf_hash(b"x")))
        note = Note(text, (signature_of(text, LOG_KEY, Held("log")),))
        assert not made.kept.add(note, NOON, after=longest - 1)
        assert not made.kept.add(note, NOON, after=None)
        assert made.latest().checkpoint.size == longest


class Within:
    """A store in the middle of a transaction."""

    def __init__(self, ask: Ask) -> None:
        self.ask = ask


@pytest.mark.parametrize("longest", [None, 7])
def test_of_two_that_sign_at_once_in_postgres_one_goes_on_from_the_longest(postgres, longest):
    """The first has not committed when the second looks: both find the same longest one."""

    def note(size: int) -> Note:
        text = bytes(Checkpoint(origin=ORIGIN, size=size, root=leaf_hash(b"x")))
        return Note(text, (signature_of(text, LOG_KEY, Held("log")),))

    with closing(PostgresApart(postgres.new_database())) as apart, ThreadPoolExecutor(1) as pool:
        kept = Checkpoints(apart, ORIGIN)
        if longest is not None:
            assert kept.add(note(longest), NOON, after=None)
        with apart.together() as ask:
            within: Any = Within(ask)
            assert Checkpoints(within, ORIGIN).add(note(20), NOON, after=longest)
            other = pool.submit(kept.add, note(15), NOON, after=longest)
            while not other.done() and apart.ask("SELECT count(*) FROM pg_locks WHERE NOT granted") == [(0,)]:
                Event().wait(0.01)
        assert not other.result(20)
        assert [size for (size,) in apart.ask("SELECT size FROM checkpoints ORDER BY size")] == [
            *([] if longest is None else [longest]),
            20,
        ]


def test_checkpoints_that_were_kept_before_go_on_from_one_another(apart):
    apart.ask("DROP INDEX checkpoints_in_a_row")
    for log, size in (("a", 5), ("a", 9), ("b", 9), ("a", 30)):
        apart.ask(
            "INSERT INTO checkpoints (log, size, note, grade, published_at) VALUES (?, ?, '', '', 0)", (log, size)
        )
    _, filled, index = files(MIGRATIONS).joinpath("0004_checkpoints_in_a_row.sql").read_text().split(";\n")[:3]
    apart.ask(filled)
    apart.ask(index)
    assert apart.ask("SELECT log, size, after_size FROM checkpoints ORDER BY log, size") == [
        ("a", 5, 0),
        ("a", 9, 5),
        ("a", 30, 9),
        ("b", 9, 0),
    ]


def test_two_logs_do_not_mix(apart, tmp_path):
    with signed(tmp_path, apart) as made:
        made.signing.sign()
        assert Checkpoints(apart, "another.example/log").latest() is None


def test_a_key_is_for_its_owner_alone(tmp_path: Path):
    path = tmp_path / "new" / "key.pem"
    make_key(path)
    first = KeyFile(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(first.sign(b"x")) == 64
    with pytest.raises(FileExistsError):
        make_key(path)
    assert KeyFile(path).public == first.public
    assert [each.name for each in path.parent.iterdir()] == ["key.pem"]
    path.chmod(0o640)
    with pytest.raises(BadKey, match="chmod 600"):
        KeyFile(path)
    path.write_bytes(b"no key")
    path.chmod(0o600)
    with pytest.raises(BadKey, match="no private key"):
        KeyFile(path)
    with pytest.raises(FileNotFoundError):
        KeyFile(tmp_path / "none")


def test_a_log_is_named_keyed_and_believed_as_files_say(tmp_path: Path):
    with signed(tmp_path) as made:
        reads, ledger = made.log._reads, LedgerId("11111111-1111-5111-8111-111111111111")
        own = tmp_path / "own.pem"
        here = signed_here(LogFiles(), made.apart, reads, ledger, clock=lambda: NOON, own_key=own)
        assert own.exists()
        assert here.signing.key.name == f"docket/{ledger}"
        again = signed_here(LogFiles(), made.apart, reads, ledger, clock=lambda: NOON, own_key=own)
        assert again.signing.key == here.signing.key
        assert again.witnessing is None
        with pytest.raises(FileNotFoundError):  # a key that is named is never made
            signed_here(
                LogFiles(key=tmp_path / "named.pem"), made.apart, reads, ledger, clock=lambda: NOON, own_key=own
            )
        with pytest.raises(ValueError, match="no key"):
            signed_here(LogFiles(), made.apart, reads, ledger, clock=lambda: NOON, own_key=None)
        with pytest.raises(ValueError, match="no name of a log"):
            LogFiles(origin="two words").named(ledger)
        policy = tmp_path / "policy"
        policy.write_text(f"log {LOG_KEY}\nquorum none")
        with pytest.raises(ValueError, match="does not believe this log"):
            signed_here(LogFiles(policy=policy), made.apart, reads, ledger, clock=lambda: NOON, own_key=own)
        policy.write_text(f"log {here.signing.key}\nquorum none")
        believed = signed_here(LogFiles(policy=policy), made.apart, reads, ledger, clock=lambda: NOON, own_key=own)
        assert believed.witnessing is not None
        policy.write_text("quorum nobody")
        with pytest.raises(PolicyWrong):
            LogFiles(policy=policy).believed()


def test_readiness_says_when_nothing_is_signed_for_long(tmp_path, monkeypatch):
    now = [0.0]
    monkeypatch.setattr("consumers.checkpoints.opening.monotonic", lambda: now[0])
    with signed(tmp_path) as made:
        behind = Behind(made.kept, made.ledger.recorder.head)
        assert behind() is None, "it has only just begun"
        now[0] += 31
        assert behind() == "nothing was signed behind position 0"
        made.signing.sign()
        assert behind() is None
        made.grow()
        size = made.latest().checkpoint.size
        assert behind() is None
        now[0] += 29
        assert behind() is None
        now[0] += 2
        assert behind() == f"nothing was signed behind position {size}"


def _folder(path: Path) -> Path:
    path.mkdir()
    return path
