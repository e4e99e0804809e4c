"""Signed notes and checkpoints are those of Go's sumdb, of C2SP and of transparency-dev: held against their vectors."""

import pytest
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from projections.transparency.checkpoint import Checkpoint
from projections.transparency.notes import Key, Kind, Note, Signature, read_signatures, signed
from projections.transparency.policy import Grade, Policy
from projections.transparency.spelling import from_base64, is_name, to_base64
from projections.transparency.tiles import GrowingTiles, hashes_in
from projections.transparency.tree import EMPTY, Unproved, leaf_hash, root_of
from tests.projections.transparency.reading import VECTORS, raw, read
from tests.projections.transparency.signers import LOG_KEY, Held, HeldMLDSA, note, witness

NOTES = read("signed-note/notes.json")
BODIES = read("cosignature/checkpoint-bodies.json")
KEYS = read("cosignature/vkeys.json")
TESSERA = read("tessera-log/META.json")


@pytest.mark.parametrize("case", NOTES["cases"], ids=[case["name"] for case in NOTES["cases"]])
def test_notes_as_go_opens_them(case):
    keys = [Key.read(each) for each in case["vkeys"]]
    if case["want_ok"]:
        found = Note.read(raw(case["note_b64"]))
        assert len(found.signed_by(keys)) == case["want_verified"]
    else:
        with pytest.raises(Unproved):
            Note.read(raw(case["note_b64"])).signed_by(keys)


def test_a_note_is_signed_as_go_signs_it():
    _, _, name, _, encoded = NOTES["skey"].split("+", 4)
    private = Ed25519PrivateKey.from_private_bytes(raw(encoded)[1:])
    public = private.public_key().public_bytes_raw()

    class Signer:
        def __init__(self) -> None:
            self.public = public

        def sign(self, message: bytes) -> bytes:
            return private.sign(message)

    key = Key(name, Kind.LOG, public)
    assert str(key) == NOTES["good_vkey"]
    text = NOTES["sign_text"].encode()
    made = Note(text, (signed(text, key, Signer()),))
    assert bytes(made) == NOTES["want_signed"].encode()
    assert Note.read(bytes(made)) == made


def test_no_other_text_is_a_key():
    good = NOTES["good_vkey"]
    assert str(Key.read(good)) == good
    parts = {good[begin:end] for begin in range(len(good)) for end in range(begin, len(good) + 1)} - {good}
    changed = {good[:at] + chr(ord(good[at]) + 1) + good[at + 1 :] for at in range(len(good))}
    for wrong in parts | changed | set(NOTES["bad_vkeys"]) | set(KEYS["wrong_key_id"]):
        with pytest.raises(Unproved):
            Key.read(wrong)


@pytest.mark.parametrize("text", KEYS["ok"])
def test_keys_of_others(text):
    assert str(Key.read(text)) == text


def test_a_time_is_read_as_transparency_dev_writes_it():
    stamped = raw(KEYS["ts_sig"]["base64"])
    assert int.from_bytes(stamped[4:12], "big") == KEYS["ts_sig"]["unix"]


SMALL = [
    *("00" * 32, "01" + "00" * 31, "ec" + "ff" * 30 + "7f", "ed" + "ff" * 30 + "7f", "ee" + "ff" * 30 + "7f"),
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
]
"""Encodings of the points of small order of edwards25519, and of two that are no number below its prime."""


@pytest.mark.parametrize("public", [bytes.fromhex(each) for each in SMALL])
@pytest.mark.parametrize("sign", [0, 0x80])
def test_a_key_under_which_anything_fits_is_none(public, sign):
    public = public[:-1] + bytes([public[-1] | sign])
    with pytest.raises(Unproved, match="small order"):
        Key("x", Kind.LOG, public)
    assert Key("x", Kind.WITNESS_ML_DSA, public * 41).public, "of another kind it says nothing"


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u00a0b", "a\u2003b", "a\nb"])
def test_what_is_no_name_is_no_key_nor_origin(name):
    assert not is_name(name)
    with pytest.raises(Unproved, match="this is no key"):
        Key(name, Kind.LOG, Held("x").public)


@pytest.mark.parametrize("size", range(16))
def test_checkpoints_of_tessera(size):
    found = Note.read((VECTORS / f"tessera-log/checkpoint.{size}").read_bytes())
    assert found.signed_by([Key.read(TESSERA["vkey"])])
    growing = GrowingTiles(0, ())
    for leaf in TESSERA["leaves"][:size]:
        growing.append(leaf_hash(leaf.encode()))
    tiles = growing.taken()
    root = root_of(hashes_in(lambda _: tiles), size)
    said = Checkpoint.read(found.text)
    assert said == Checkpoint(origin="example.com/log/testdata", size=size, root=root)
    assert bytes(said) == found.text


@pytest.mark.parametrize("case", BODIES, ids=[case["desc"] for case in BODIES])
def test_checkpoints_of_others_are_read_or_not_as_they_say(case):
    body = case["body"].encode()
    if case["want_err"]:
        with pytest.raises(Unproved):
            Checkpoint.read(body)
        return
    # right as text; but their roots are not 32 bytes, so no SHA-256 tree has them
    with pytest.raises(Unproved):
        Checkpoint.read(body)
    origin, size, _, more = body.decode().split("\n", 3)
    whole = f"{origin}\n{size}\n{to_base64(EMPTY)}\n{more}".encode()
    if more.startswith("\n"):
        with pytest.raises(Unproved):  # an empty line would end the text of the note
            Checkpoint.read(whole)
    else:
        assert bytes(Checkpoint.read(whole)) == whole


@pytest.mark.parametrize(
    "text",
    [
        b"a\n01\n" + to_base64(EMPTY).encode() + b"\n",
        b"a\n9223372036854775808\n" + to_base64(EMPTY).encode() + b"\n",
        b"a\n0\n" + to_base64(bytes(32)).encode() + b"\n",
        b"a\n0\n" + to_base64(b"\xff" * 32).encode() + b"\n",
        b"a\n1\n\xff\n",
        b"a\n1\n" + to_base64(EMPTY).encode() + b"\n\xff\n",
        b"\n1\n" + to_base64(EMPTY).encode() + b"\n",
        b"a\n1\n" + to_base64(EMPTY)[:-1].encode() + b"\n",
        b"a\n1\n" + to_base64(EMPTY)[:-2].encode() + b"V=\n",
        b"\xff\n1\n" + to_base64(EMPTY).encode() + b"\n",
        b"a\n1\n" + to_base64(EMPTY).encode(),
    ],
)
def test_what_is_no_checkpoint(text):
    with pytest.raises(Unproved):
        Checkpoint.read(text)


def test_the_longest_log_that_a_checkpoint_can_say():
    assert is_name("docket.example/log")
    text = f"a\n{2**63 - 1}\n{to_base64(EMPTY)}\n".encode()
    assert Checkpoint.read(text).size == 2**63 - 1


def test_a_witness_signs_a_time_and_the_text():
    assert witness("gao").message(b"x\n", 5) == b"cosignature/v1\ntime 5\nx\n"
    read_again = Note.read(note(0, witnesses=("gao",), at=1_700_000_000))
    assert read_again.signed_by([LOG_KEY, witness("gao")]) == {LOG_KEY: None, witness("gao"): 1_700_000_000}
    assert read_again.signed_by([witness("gao"), witness("ig")]) == {witness("gao"): 1_700_000_000}
    line = read_again.signatures[1]
    for at in range(len(line.signature)):
        wrong = bytearray(line.signature)
        wrong[at] ^= 1
        spoiled = Note(read_again.text, (type(line)(line.name, line.key_id, bytes(wrong)),))
        with pytest.raises(Unproved, match=r"signature of gao|at no time"):
            spoiled.signed_by([witness("gao")])
    with pytest.raises(ValueError, match="says when"):
        signed(b"x\n", witness("gao"), Held("gao"))


def test_a_witness_signs_with_ml_dsa_its_name_a_time_and_the_log():
    """tlog-cosignature: label, name, time, origin, and the tree from its first leaf; no further line of the text."""
    held = HeldMLDSA("gao")
    key = held.key("gao.example/pq")
    root = leaf_hash(b"x")
    checkpoint = Checkpoint(origin="docket.example/log", size=7, root=root)
    text = bytes(checkpoint)
    assert key.message(text, 5) == (
        b"subtree/v1\n\0\x0egao.example/pq"
        + (5).to_bytes(8, "big")
        + b"\x12docket.example/log"
        + bytes(8)
        + (7).to_bytes(8, "big")
        + root
    )
    assert Key.read(str(key)) == key
    line = signed(text, key, held, at=1_700_000_000)
    assert len(line.signature) == 8 + 2420
    both = Note(text, (signed(text, LOG_KEY, Held("log")), line))
    assert Note.read(bytes(both)).signed_by([LOG_KEY, key]) == {LOG_KEY: None, key: 1_700_000_000}
    longer = Note(bytes(Checkpoint(origin=checkpoint.origin, size=7, root=root, more=("more",))), (line,))
    assert longer.signed_by([key]), "it says nothing of further lines"
    others = [
        Checkpoint(origin=checkpoint.origin, size=8, root=root),
        Checkpoint(origin=checkpoint.origin, size=7, root=leaf_hash(b"y")),
        Checkpoint(origin="another.example/log", size=7, root=root),
    ]
    for other in others:
        with pytest.raises(Unproved, match="signature of gao"):
            Note(bytes(other), (line,)).signed_by([key])
    renamed = held.key("ig.example/pq")
    for at in (0, 7, 8, 500, len(line.signature) - 1):
        wrong = bytearray(line.signature)
        wrong[at] ^= 1
        with pytest.raises(Unproved, match=r"signature of gao|at no time"):
            key.verify(text, bytes(wrong))
    for what in (line.signature[:-1], line.signature[:8], b""):
        with pytest.raises(Unproved, match="does not fit"):
            key.verify(text, what)
    with pytest.raises(Unproved, match="signature of ig"):
        renamed.verify(text, line.signature)
    with pytest.raises(Unproved, match="no checkpoint"):
        key.verify(b"no log\n", line.signature)
    with pytest.raises(Unproved, match="longer than"):
        held.key("x" * 256).message(text, 5)
    assert b"\xff" + b"x" * 255 in held.key("x" * 255).message(text, 5)


def test_a_key_of_ml_dsa_as_transparency_dev_writes_it_and_with_the_id_that_c2sp_gives_it():
    (wrong,) = KEYS["wrong_key_id"]
    name, _, encoded = wrong.split("+", 2)
    assert Key.read(f"{name}+31236897+{encoded}").kind is Kind.WITNESS_ML_DSA


@pytest.mark.parametrize(("kind", "length"), [(Kind.LOG, 31), (Kind.WITNESS, 33), (Kind.WITNESS_ML_DSA, 32)])
def test_a_key_has_the_length_of_its_kind(kind, length):
    with pytest.raises(Unproved, match="this is no key"):
        Key("x", kind, b"k" * length)


def test_who_signs_over_no_time_or_one_without_end_has_not_signed():
    """Even where the signature fits what is said."""
    held, text = Held("gao"), Note.read(note(3)).text
    key = witness("gao")
    for at in (0, 2**63):
        made = at.to_bytes(8, "big") + held.sign(key.message(text, at))
        with pytest.raises(Unproved, match="at no time"):
            key.verify(text, made)
    with pytest.raises(ValueError, match="says when"):
        signed(text, key, held, at=0)
    for at in (1, 2**63 - 1):
        assert key.verify(text, signed(text, key, held, at=at).signature) == at


def test_what_cannot_be_checked_here_is_not_believed(monkeypatch):
    held, text = HeldMLDSA("gao"), Note.read(note(3)).text
    key = held.key("gao.example/pq")
    line = signed(text, key, held, at=5)

    class Missing:
        @staticmethod
        def from_public_bytes(_: bytes) -> None:
            raise UnsupportedAlgorithm("not in this OpenSSL")

    monkeypatch.setattr("projections.transparency.notes.MLDSA44PublicKey", Missing)
    with pytest.raises(Unproved, match="cannot be checked on this machine"):
        key.verify(text, line.signature)


@pytest.mark.parametrize("public", [b"\2" + bytes(31), b"\7" + bytes(31)])
def test_what_is_no_point_of_the_curve_has_signed_nothing(public):
    with pytest.raises(Unproved, match="does not fit"):
        Key("x", Kind.LOG, public).verify(b"x\n", bytes(64))


def test_of_one_who_signed_twice_the_first_counts():
    held, key, text = Held("gao"), witness("gao"), Note.read(note(3)).text
    early, late = (signed(text, key, held, at=at) for at in (5, 9))
    assert Note(text, (early, late)).signed_by([key]) == {key: 5}
    wrong = Signature(key.name, key.id, late.signature[:-1])
    assert Note(text, (early, wrong)).signed_by([key]) == {key: 5}
    with pytest.raises(Unproved, match="does not fit"):
        Note(text, (wrong, early)).signed_by([key])


def test_a_note_without_a_text_or_with_what_is_not_shown_is_none():
    shown = [note(3).replace(b"docket", b"do%cket" % each) for each in (0, 9, 11, 13, 31)]
    for wrong in (*shown, note(3).split(b"\n\n")[1]):
        with pytest.raises(Unproved, match="no signed note"):
            Note.read(wrong)


def test_an_empty_line_of_a_text_does_not_end_it():
    text = b"first\n\nlast\n"
    whole = Note(text, (signed(text, LOG_KEY, Held("log")),))
    assert Note.read(bytes(whole)) == whole


def test_a_note_has_a_hundred_signatures_at_most():
    line = str(Note.read(note(3)).signatures[0])
    assert len(read_signatures(line * 100)) == 100
    with pytest.raises(Unproved, match="more than are read"):
        read_signatures(line * 101)


def test_a_witness_that_says_no_time_is_not_counted():
    """It makes no statement that the tree is the longest it has seen (tlog-cosignature)."""
    held = HeldMLDSA("gao")
    key, text = held.key("gao.example/pq"), Note.read(note(3)).text
    line = Signature(key.name, key.id, bytes(8) + held.sign(key.message(text, 0)))
    whole = Note(text, (*Note.read(note(3)).signatures, line))
    assert whole.signed_by([key]) == {key: None}
    policy = Policy.read(f"log {LOG_KEY}\nwitness gao {key}\nquorum gao")
    assert policy.graded(whole).witnessed == {}
    timed = Note(text, (*Note.read(note(3)).signatures, signed(text, key, held, at=9)))
    assert (policy.graded(timed).witnessed, policy.graded(timed).grade) == ({"gao": 9}, Grade.FINAL)


def test_a_signature_of_a_witness_is_none_of_a_log():
    """The same private key under both kinds: each has its own id, and signs something else."""
    text = Note.read(note(0)).text
    held = Held("both")
    as_log, as_witness = held.key("both", Kind.LOG), held.key("both", Kind.WITNESS)
    assert as_log.id != as_witness.id
    line = signed(text, as_witness, held, at=5)
    swapped = Note(text, (type(line)("both", as_log.id, line.signature),))
    with pytest.raises(Unproved, match="does not fit"):
        swapped.signed_by([as_log])


@given(st.data())
def test_a_note_with_one_byte_otherwise_is_not_what_was_signed(data):
    whole = note(7, leaf_hash(b"x"), witnesses=("gao",))
    at = data.draw(st.integers(0, len(whole) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda byte: byte != whole[at]))
    spoiled = whole[:at] + bytes([byte]) + whole[at + 1 :]
    before = Note.read(whole).signed_by([LOG_KEY, witness("gao")])
    try:
        found = Note.read(spoiled)
        after = found.signed_by([LOG_KEY, witness("gao")])
    except Unproved:
        return
    # a name or an id that is another's now: the line is nobody's, and the text is what it was
    assert len(after) < len(before)
    assert found.text == Note.read(whole).text


def test_a_signature_has_a_byte_at_least():
    assert read_signatures("— a AAAAAAA=\n") == (Signature("a", bytes(4), bytes(1)),)


@pytest.mark.parametrize(
    "text",
    [
        *("", "— a AAAAAAA=", "— a AAAAAAA=x", "- a AAAAAAA=\n", "\u2015 a AAAAAAA=\n", "— a AAAAAA==\n"),
        *("— a b AAAAAAA=\n", "—  AAAAAAA=\n"),
    ],
)
def test_what_is_no_signature(text):
    with pytest.raises(Unproved):
        read_signatures(text)


@pytest.mark.parametrize("text", ["A", "AA", "AA=", "AAA", "AB==", "AA==\n", " AA==", "AA-_", "É"])
def test_bytes_have_one_form(text):
    with pytest.raises(Unproved):
        from_base64(text)


def test_two_keys_of_one_name_and_id_are_not_told_apart():
    one = LOG_KEY
    other = Key(one.name, one.kind, Held("other").public)
    object.__setattr__(other, "id", one.id)
    with pytest.raises(Unproved, match="two keys"):
        Note.read(note(0)).signed_by([one, other])


def test_a_note_is_no_longer_than_a_note_may_be():
    whole = note(3)
    longest = b"x" * (1_000_000 - len(whole)) + whole
    assert len(bytes(Note.read(longest))) == 1_000_000
    with pytest.raises(Unproved, match="longer"):
        Note.read(b"x" + longest)
