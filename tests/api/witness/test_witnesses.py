"""Real witnesses over real connections: one is down, a quorum is, one dies, and an operator shows two histories."""

import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from threading import Event, Thread

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from api.witness.seen import NotOurs, SeenFile
from api.witness.server import Witness, witness_app
from consumers.checkpoints.kept import Checkpoints, Published
from consumers.checkpoints.signing import Signing
from consumers.checkpoints.witnessing import Witnessing
from projections.transparency.notes import Key, Kind, Note
from projections.transparency.policy import Grade, Policy
from projections.transparency.spelling import to_base64
from projections.transparency.witness import Seen
from tests.api.serving import served
from tests.consumers.checkpoints.signing_log import NOON, Signed, signed
from tests.projections.transparency.signers import LOG as KEY
from tests.projections.transparency.signers import LOG_KEY, ORIGIN, Held, HeldMLDSA

NAMES = ("treasury", "commerce", "gao")
TIME = 1_800_000_000


def named(name: str) -> str:
    return f"{name}.example/witness"


@contextmanager
def witness(name: str, folder: Path, port: int | None = None) -> Iterator[str]:
    """The address of a witness that keeps what it saw in a folder."""
    with closing(SeenFile(folder / f"{name}.db")) as seen:
        app = witness_app(Witness(named(name), Held(name), [LOG_KEY], seen, lambda: TIME))
        with served(app, port) as address:
            yield address


def policy(addresses: dict[str, str], quorum: str = "group two 2 treasury commerce gao\nquorum two") -> Policy:
    keys = {name: Held(name).key(named(name), Kind.WITNESS) for name in addresses}
    lines = [f"witness {name} {keys[name]} {address}" for name, address in addresses.items()]
    return Policy.read("\n".join([f"log {LOG_KEY}", *lines, quorum]))


@contextmanager
def witnessed(folder: Path, addresses: dict[str, str]) -> Iterator[tuple[Signed, Witnessing]]:
    believed = policy(addresses)
    with signed(folder, policy=believed) as made:
        asking = Witnessing(made.log, made.kept, believed, again_s=0.1, patience_s=2.0)
        try:
            yield made, asking
        finally:
            asking.close()


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def final(published: Published | None) -> bool:
    return published is not None and published.grade is Grade.FINAL


def test_a_checkpoint_is_final_once_a_quorum_has_signed_it(tmp_path):
    with ExitStack() as stack:
        addresses = {name: stack.enter_context(witness(name, tmp_path)) for name in NAMES}
        made, asking = stack.enter_context(witnessed(tmp_path, addresses))
        for _ in range(3):
            made.grow(2)
            made.signing.sign()
            assert final(asking.once())
            opened = policy(addresses).opened(bytes(made.latest().note))
            assert opened.checkpoint == made.sign().checkpoint
            assert set(opened.witnessed.values()) == {TIME}
            assert len(opened.witnessed) >= 2


def test_a_witness_that_signs_with_ml_dsa_counts_like_the_others(tmp_path):
    """Over a real connection: what stands beneath the checkpoint then is some 3 KB."""
    held = HeldMLDSA("gao")
    key = held.key(named("gao"))
    with closing(SeenFile(tmp_path / "gao.db")) as seen:
        app = witness_app(Witness(named("gao"), held, [LOG_KEY], seen, lambda: TIME, kind=Kind.WITNESS_ML_DSA))
        with served(app) as address:
            believed = Policy.read(f"log {LOG_KEY}\nwitness gao {key} {address}\nquorum gao")
            with signed(tmp_path, policy=believed) as made:
                asking = Witnessing(made.log, made.kept, believed)
                for _ in range(2):
                    made.grow()
                    made.signing.sign()
                    assert final(asking.once())
                    assert believed.opened(bytes(made.latest().note)).witnessed == {"gao": TIME}
                asking.close()


def test_one_witness_that_is_down_holds_nobody_up(tmp_path):
    with ExitStack() as stack:
        addresses = {name: stack.enter_context(witness(name, tmp_path)) for name in NAMES[:2]}
        addresses["gao"] = f"http://127.0.0.1:{free_port()}"
        made, asking = stack.enter_context(witnessed(tmp_path, addresses))
        made.signing.sign()
        assert final(asking.once())
        assert named("gao") not in {each.name for each in made.latest().note.signatures}


def test_without_a_quorum_a_checkpoint_is_provisional_until_witnesses_are_back(tmp_path):
    port = free_port()
    with ExitStack() as stack:
        addresses = {"treasury": stack.enter_context(witness("treasury", tmp_path))}
        addresses |= {"commerce": f"http://127.0.0.1:{port}", "gao": f"http://127.0.0.1:{free_port()}"}
        made, asking = stack.enter_context(witnessed(tmp_path, addresses))
        made.signing.sign()
        found = asking.once()
        assert found is not None
        assert not final(found)
        assert set(asking.silent) == {named("commerce"), named("gao")}
        assert made.kept.latest(Grade.FINAL) is None

        made.grow()
        made.signing.sign()
        stop = Event()
        running = Thread(target=asking.run, args=(stop,))
        running.start()
        stack.enter_context(witness("commerce", tmp_path, port))
        until = Event()
        while made.kept.latest(Grade.FINAL) is None:
            assert not until.wait(0.05)
            assert running.is_alive()
        assert made.latest().checkpoint.size == made.log.size()
        stop.set()
        running.join(10)


def test_an_operator_that_forks_the_record_gets_no_quorum_for_the_second_history(tmp_path):
    """Two auditors, two histories, one key: of one size the witnesses sign one."""
    with ExitStack() as stack:
        addresses = {name: stack.enter_context(witness(name, tmp_path)) for name in NAMES}
        shown, asking = stack.enter_context(witnessed(tmp_path, addresses))
        shown.grow(3)
        shown.signing.sign()
        assert final(asking.once())

        hidden = tmp_path / "hidden"
        hidden.mkdir()
        other, asking_other = stack.enter_context(witnessed(hidden, addresses))
        other.grow(3)  # as long as the other, and then longer
        for more in (0, 2):
            other.grow(more)
            Signing(other.log, Checkpoints(other.apart, ORIGIN), KEY, clock=lambda: NOON).sign()
            found = asking_other.once()
            assert found is not None
            assert not final(found)
            assert set(asking_other.silent) == set(map(named, NAMES))
            assert found.note.signed_by([LOG_KEY]), "the operator's own word is the same for both"


def test_a_witness_that_has_seen_more_is_believed(tmp_path):
    with ExitStack() as stack:
        address = stack.enter_context(witness("gao", tmp_path))
        made, asking = stack.enter_context(
            witnessed(tmp_path, dict.fromkeys(NAMES[:2], "http://127.0.0.1:1") | {"gao": address})
        )
        made.signing.sign()
        asking.once()
        made.grow()
        made.signing.sign()
        again = Witnessing(
            made.log, made.kept, policy(dict.fromkeys(NAMES[:2], "http://127.0.0.1:1") | {"gao": address})
        )
        found = again.once()  # it does not remember what the witness saw, and is told
        assert found is not None
        assert named("gao") in {each.name for each in found.note.signatures}
        again.close()


@pytest.mark.parametrize(
    ("status", "content", "headers", "why"),
    [
        (200, "no signature", {}, "does not fit"),
        (200, f"\u2014 gao.example/witness {to_base64(b'x' * 76)}\n", {}, "another key"),
        (500, "", {}, "answers 500"),
        (302, "", {"location": "http://127.0.0.1:1/"}, "answers 302"),
        (409, "x\n", {"content-type": "text/x.tlog.size"}, "says no size"),
        (409, "99999\n", {"content-type": "text/x.tlog.size"}, "longer log"),
        (200, "x" * 100_000, {}, "more than anybody reads"),
    ],
)  # fmt: skip
def test_a_witness_that_answers_nonsense_has_not_signed(tmp_path, status, content, headers, why):
    def answer(_: object) -> Response:
        return Response(content, status, headers)

    nonsense = Starlette(routes=[Route("/add-checkpoint", answer, methods=["POST"])])
    with served(nonsense) as address, witnessed(tmp_path, dict.fromkeys(NAMES, address)) as (made, asking):
        made.signing.sign()
        found = asking.once()
        assert found is not None
        assert len(found.note.signatures) == 1
        assert all(why in said for said in asking.silent.values()), asking.silent
        assert len(asking.silent) == 3


def test_what_a_witness_saw_moves_forward_only(tmp_path):
    with closing(SeenFile(tmp_path / "seen.db")) as seen:
        assert seen.of("a") == Seen(0, seen.of("b").root)
        seen.move("a", lambda _: Seen(5, b"r" * 32))
        for statement in ("UPDATE seen SET size = 4", "DELETE FROM seen"):
            with pytest.raises(sqlite3.IntegrityError, match="no log"):
                seen._connection.execute(statement)
        with pytest.raises(ZeroDivisionError):
            seen.move("a", lambda _: Seen(1 // 0, b""))
        assert seen.of("a") == Seen(5, b"r" * 32)
    with closing(SeenFile(tmp_path / "seen.db")) as again:
        assert again.of("a") == Seen(5, b"r" * 32)


def test_a_file_of_something_else_is_left_as_it_is(tmp_path):
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as made:
        made.execute("CREATE TABLE t (x)")
    before = other.read_bytes()
    with pytest.raises(NotOurs):
        SeenFile(other)
    (tmp_path / "text.db").write_text("no database at all, but long enough to look like one" * 100)
    with pytest.raises(NotOurs):
        SeenFile(tmp_path / "text.db")
    assert other.read_bytes() == before


def command(folder: Path) -> list[str]:
    said = {"--name": named("gao"), "--log": str(LOG_KEY), "--folder": str(folder), "--port": "0"}
    return [sys.executable, "-m", "api", "witness", *(word for pair in said.items() for word in pair)]


class Process:
    """`docket witness` as somebody runs it."""

    def __init__(self, folder: Path) -> None:
        self.running = subprocess.Popen(
            command(folder),
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.running.stderr is not None
        self.said = self.running.stderr.readline()
        _, _, vkey, _, self.address = self.said.split()
        self.key = Key.read(vkey)


def test_a_witness_that_was_killed_signs_no_second_history(tmp_path):
    folder = tmp_path / "witness"
    with signed(tmp_path) as made:
        first = Process(folder)
        made.grow(2)
        published = made.sign()
        text = b"old 0\n\n" + bytes(published.note)
        with httpx2.Client() as client:
            assert client.post(f"{first.address}/add-checkpoint", content=text).status_code == 200
            first.running.send_signal(signal.SIGKILL)
            first.running.wait(10)

            second = Process(folder)
            assert second.key == first.key
            answer = client.post(f"{second.address}/add-checkpoint", content=text)
            assert (answer.status_code, answer.text) == (409, f"{published.checkpoint.size}\n")
            assert answer.headers["content-type"] == "text/x.tlog.size"
            same = text.replace(b"old 0", b"old %d" % published.checkpoint.size)
            answer = client.post(f"{second.address}/add-checkpoint", content=same)
            assert answer.status_code == 200
            line = Note(published.note.text, Note.read(bytes(published.note) + answer.content).signatures[1:])
            assert line.signed_by([second.key])
            assert client.get(f"{second.address}/add-checkpoint").status_code == 405
            second.running.send_signal(signal.SIGTERM)
            assert second.running.wait(10) == 0


@pytest.mark.parametrize("lost", ["witness-key.pem", "seen.db"])
def test_a_witness_that_lost_its_key_or_what_it_signed_does_not_begin_again(tmp_path, lost):
    folder = tmp_path / "witness"
    first = Process(folder)
    first.running.terminate()
    first.running.wait(10)
    (folder / lost).unlink()
    again = subprocess.run(command(folder), capture_output=True, text=True, timeout=60, check=False)
    assert again.returncode == 1
    assert again.stderr.count("\n") == 1
    assert "only one of" in again.stderr
