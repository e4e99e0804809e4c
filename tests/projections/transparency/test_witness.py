"""A witness signs a log that only grew, and says of everything else why not, in the words of C2SP tlog-witness."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.transparency.checkpoint import Checkpoint
from projections.transparency.notes import Note, signed
from projections.transparency.spelling import to_base64
from projections.transparency.tiles import above
from projections.transparency.tree import Subtree, leaf_hash, prove_consistency
from projections.transparency.witness import MOST, NOTHING, Declined, Request, Seen, Why
from tests.projections.transparency.frontier import Frontier
from tests.projections.transparency.signers import LOG_KEY, ORIGIN, Held, note

LEAVES = [leaf_hash(b"%d" % number) for number in range(20)]


def root(size: int) -> bytes:
    frontier = Frontier()
    for leaf in LEAVES[:size]:
        frontier.append(leaf)
    return frontier.root()


def hashes(subtrees: Sequence[Subtree]) -> list[bytes]:
    return [above(b"".join(LEAVES[index << level : (index + 1) << level])) for level, index in subtrees]


def body(old: int, new: int, *, path: list[bytes] | None = None, of: bytes | None = None) -> bytes:
    lines = prove_consistency(hashes, old, new) if path is None else path
    proof = "".join(f"{to_base64(each)}\n" for each in lines)
    return f"old {old}\n{proof}\n".encode() + note(new, of or root(new))


def declined(why: Why, call: object, *args: object) -> Declined:
    with pytest.raises(Declined) as caught:
        call(*args)  # type: ignore[operator]
    assert caught.value.why is why
    return caught.value


@given(st.data())
def test_a_log_that_grows_is_signed_every_time(data):
    sizes = data.draw(st.lists(st.integers(0, 20), min_size=1, max_size=6).map(sorted))
    seen = NOTHING
    for size in sizes:
        request = Request.read(body(seen.size, size))
        request.trusted({ORIGIN: [LOG_KEY]})
        seen = request.after(seen)
        assert seen == Seen(size, root(size))


def test_another_size_than_was_seen_is_told():
    for old in (3, 7):
        answer = declined(Why.CONFLICT, Request.read(body(old, 9)).after, Seen(5, root(5)))
        assert (answer.seen, str(answer)) == (5, "this witness has seen another size")


@pytest.mark.parametrize("other", [bytes(32), b"\xff" * 32])
def test_another_root_of_a_size_that_was_seen_is_a_fork(other):
    forked = Request.read(body(5, 5, of=other))
    answer = declined(Why.CONFLICT, forked.after, Seen(5, root(5)))
    assert answer.seen == 5
    assert "forked" in str(answer)


def test_another_history_is_a_fork():
    seen = Seen(5, leaf_hash(b"what it saw"))
    declined(Why.INCONSISTENT, Request.read(body(5, 9)).after, seen)
    declined(Why.INCONSISTENT, Request.read(body(5, 9, path=[])).after, Seen(5, root(5)))
    declined(Why.INCONSISTENT, Request.read(body(0, 9, path=[root(1)])).after, NOTHING)


def test_what_was_seen_never_becomes_shorter():
    declined(Why.CONFLICT, Request.read(body(0, 3)).after, Seen(5, root(5)))
    shorter = Request.read(body(7, 5, path=[]))
    declined(Why.MALFORMED, shorter.trusted, {ORIGIN: [LOG_KEY]})
    declined(Why.INCONSISTENT, shorter.after, Seen(7, root(7)))


def test_a_log_is_known_by_its_name_and_its_keys():
    request = Request.read(body(0, 3))
    declined(Why.UNKNOWN_LOG, request.trusted, {"another.example": [LOG_KEY]})
    declined(Why.UNTRUSTED, request.trusted, {ORIGIN: [Held("another").key(ORIGIN, LOG_KEY.kind)]})
    text = bytes(Checkpoint(origin=ORIGIN, size=3, root=root(3)))
    forged = Note(text, (type(request.note.signatures[0])(LOG_KEY.name, LOG_KEY.id, b"\0" * 64),))
    declined(Why.UNTRUSTED, Request.read(b"old 0\n\n" + bytes(forged)).trusted, {ORIGIN: [LOG_KEY]})


def test_why_a_witness_does_not_sign_is_what_the_protocol_says():
    assert {each.name: each.value for each in Why} == {
        "MALFORMED": 400,
        "UNTRUSTED": 403,
        "UNKNOWN_LOG": 404,
        "CONFLICT": 409,
        "INCONSISTENT": 422,
    }


def test_a_request_has_64_kib_at_most():
    def long(by: int) -> bytes:
        text = bytes(Checkpoint(origin=ORIGIN, size=0, root=root(0), more=("x" * by,)))
        return b"old 0\n\n" + bytes(Note(text, (signed(text, LOG_KEY, Held("log")),)))

    room = 64 * 1024 - len(long(1)) + 1
    assert len(long(room)) == MOST
    assert Request.read(long(room)).old == 0
    assert "no request" in str(declined(Why.MALFORMED, Request.read, long(room + 1)))


def test_the_largest_request_is_read():
    lines = to_base64(bytes(32)).encode() + b"\n"
    read = Request.read(b"old %d\n" % (10**19 - 1) + lines * 63 + b"\n" + note(0))
    assert (read.old, read.path) == (10**19 - 1, (bytes(32),) * 63)


@pytest.mark.parametrize(
    "wrong",
    [
        b"",
        b"old 10000000000000000000\n\n" + note(0),
        b"old 0\n" + note(0),
        b"old 00\n\n" + note(0),
        b"old -1\n\n" + note(0),
        b"old 0\nnot base64\n\n" + note(0),
        b"old 0\n" + b"AAAA\n" * 64 + b"\n" + note(0),
        b"old 0\n\n" + note(0)[:-2],
        b"old 0\n\nno note\n",
        b"old 0\n\xff\n\n" + note(0),
        b"old 0\n\n" + bytes(Note(b"x\n", (signed(b"x\n", LOG_KEY, Held("log")),))),
        b"x" * (MOST + 1),
    ],
)
def test_what_is_no_request(wrong):
    declined(Why.MALFORMED, Request.read, wrong)
