"""Whom to believe is said by whoever checks: keys, groups, a quorum; and a proof in a file is judged by it."""

from dataclasses import replace

import pytest

from projections.transparency.notes import Kind, Note, signed
from projections.transparency.policy import Grade, NoQuorum, Policy, PolicyWrong
from projections.transparency.proof import Proof
from projections.transparency.tree import Unproved, leaf_hash, node_hash
from tests.projections.transparency.reading import read
from tests.projections.transparency.signers import LOG, LOG_KEY, Held, note, witness

AGENCIES = ("treasury", "commerce", "dod", "dhs", "nsa")
OVERSIGHT = ("gao", "ig-dod", "ig-dhs", "congress")
FOUR_AND_THREE = "\n".join(
    [
        "# whom this auditor believes",
        f"log {LOG_KEY} https://docket.example",
        *(f"witness {name} {witness(name)}" for name in (*AGENCIES, *OVERSIGHT)),
        f"group agencies 4 {' '.join(AGENCIES)}",
        f"group oversight 3 {' '.join(OVERSIGHT)}",
        "group both all agencies oversight",
        "quorum both",
    ]
)
VECTORS = read("tlog-proof/parse.json")


@pytest.mark.parametrize(
    ("signing", "met"),
    [
        ((*AGENCIES[:4], *OVERSIGHT[:3]), True),
        ((*AGENCIES, *OVERSIGHT), True),
        ((*AGENCIES[1:], *OVERSIGHT[1:]), True),
        ((*AGENCIES[:3], *OVERSIGHT), False),
        ((*AGENCIES, *OVERSIGHT[:2]), False),
        (AGENCIES, False),
        ((), False),
    ],
)
def test_four_of_five_agencies_and_three_of_four_overseers(signing, met):
    policy = Policy.read(FOUR_AND_THREE)
    opened = policy.graded(Note.read(note(1, leaf_hash(b"x"), witnesses=signing)))
    assert opened.grade is (Grade.FINAL if met else Grade.PROVISIONAL)
    assert set(opened.witnessed) == set(signing)
    if met:
        assert policy.opened(note(1, leaf_hash(b"x"), witnesses=signing)) == opened
    else:
        with pytest.raises(NoQuorum, match=f"'both' is not met: {', '.join(sorted(signing)) or 'nobody'}"):
            policy.opened(note(1, leaf_hash(b"x"), witnesses=signing))


def test_without_a_quorum_the_log_alone_is_enough():
    policy = Policy.read(f"log {LOG_KEY}\nquorum none\n")
    assert policy.opened(note(0)).grade is Grade.FINAL


def test_of_two_keys_of_a_log_one_is_enough():
    policy = Policy.read(f"log {LOG_KEY}\nlog {Held('next').key(LOG_KEY.name, Kind.LOG)}\nquorum none")
    assert policy.opened(note(0)).grade is Grade.FINAL


def test_any_is_one():
    policy = Policy.read(
        f"log {LOG_KEY}\nwitness a {witness('a')}\nwitness b {witness('b')}\ngroup one any a b\nquorum one"
    )
    assert policy.met_by({"b"})
    assert not policy.met_by(())


def test_a_log_of_another_name_or_key_is_not_believed():
    other = Policy.read(f"log {LOG_KEY}\nquorum none".replace(str(LOG_KEY), read("tessera-log/META.json")["vkey"]))
    with pytest.raises(Unproved, match="no key of"):
        other.opened(note(0))
    for name in ("a.example", "z.example"):
        both = Policy.read(f"log {LOG_KEY}\nlog {Held(name).key(name, Kind.LOG)}\nquorum none")
        text = Note.read(note(0)).text
        with pytest.raises(Unproved, match="nobody signed"):
            both.graded(Note(text, (signed(text, Held(name).key(name, Kind.LOG), Held(name)),)))
    policy = Policy.read(f"log {LOG_KEY}\nwitness gao {witness('gao')}\nquorum gao")
    whole = Note.read(note(0, witnesses=("gao",)))
    with pytest.raises(Unproved, match="has not signed it"):
        policy.graded(Note(whole.text, whole.signatures[1:]))


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ([], "no line says which quorum"),
        *(([f"quorum {name}"], "neither witness nor group") for name in ("gao", "zz")),
        (["quorum none", "quorum none"], "one too many"),
        (["log x", "quorum none"], "this is no key"),
        ([f"log {witness('gao')}"], "no log's"),
        ([f"log {LOG_KEY}", f"log {LOG_KEY}"], "twice"),
        ([f"witness gao {LOG_KEY}"], "no witness's"),
        ([f"witness gao {witness('gao')}", f"witness ig {witness('gao')}"], "twice"),
        ([f"witness gao {witness('gao')}", f"witness gao {witness('ig')}"], "taken"),
        ([f"witness none {witness('gao')}"], "taken"),
        ([f"log {LOG_KEY}", f"witness gao {LOG.key('gao.example', Kind.WITNESS)}"], "twice"),
        ([f"witness gao {witness('gao')}", "group gao all gao"], "taken"),
        *(
            ([f"witness gao {witness('gao')}", f"group g {least} gao"], "no number")
            for least in ("2", "0", "-1", "+1", "1_0", "some", "\u0661")
        ),
        ([f"witness gao {witness('gao')}", "group g all gao gao"], "in a group already"),
        ([f"witness gao {witness('gao')}", "group g all gao", "group h all gao"], "in a group already"),
        (["group g all g"], "not known above"),
        (["group g all"], "no line of a policy"),
        (["wittness x"], "no line of a policy"),
        (["quorum \x07"], "control character"),
        *((["quorum none" + each], "control character") for each in ("\x7f", "\r", "\x1f")),
        ([f"log {LOG_KEY} https://docket.example more"], "no line of a policy"),
        ([f"witness gao {witness('gao')} https://gao.example more"], "no line of a policy"),
    ],
)
def test_what_is_no_policy_says_where(lines, why):
    with pytest.raises(PolicyWrong, match=why):
        Policy.read("\n".join(lines))


def test_a_policy_says_the_line_that_is_wrong():
    with pytest.raises(PolicyWrong, match=r"^line 1: "):
        Policy.read("quorum nobody")
    with pytest.raises(PolicyWrong, match=r"^line 3: "):
        Policy.read("#for people\n\nquorum nobody\n")


def test_words_are_apart_by_tabs_too_and_a_group_may_need_one_or_all_by_number():
    keys = {name: witness(name) for name in ("a", "b")}
    lines = [f"witness\t{name} {key} https://{name}.example" for name, key in keys.items()]
    for least, met in ((1, {"a"}), (2, {"a", "b"})):
        policy = Policy.read("\n".join([f"log {LOG_KEY}", *lines, f"group g {least} a b", "quorum g"]))
        assert policy.witnesses["a"].address == "https://a.example"
        assert policy.met_by(met)
        assert policy.met_by({"b"}) is (least == 1)


def test_grades_are_called_what_is_published():
    assert [*Grade] == ["provisional", "final"]


@pytest.mark.parametrize("vector", VECTORS["good"], ids=lambda vector: str(vector["index"]))
def test_proofs_as_transparency_dev_writes_them(vector):
    found = Proof.read(vector["text"].encode())
    assert found.index == vector["index"]
    assert len(found.path) == len(vector["hashes"])
    assert found.checkpoint == vector["checkpoint"].encode()
    assert bytes(found) == vector["text"].encode()


@pytest.mark.parametrize("vector", VECTORS["bad"], ids=lambda vector: vector["name"])
def test_what_is_no_proof(vector):
    with pytest.raises(Unproved):
        Proof.read(vector["text"].encode())


LARGEST = Proof(index=10**19 - 1, path=(bytes(32),) * 63, checkpoint=note(0), extra=b"x")


def test_the_largest_proof_is_read_as_it_is_written():
    assert Proof.read(bytes(LARGEST)) == LARGEST


@pytest.mark.parametrize(
    "wrong",
    [
        bytes(replace(LARGEST, path=(bytes(32),) * 64)),
        bytes(replace(LARGEST, index=10**19)),
        *(bytes(replace(LARGEST, path=(bytes(length),))) for length in (31, 33)),
        bytes(replace(LARGEST, index=7)).replace(b"index 7", b"index 07"),
        bytes(replace(LARGEST, extra=b"")),
        bytes(replace(LARGEST, path=())).replace(b"\n\n", b"\n\xff\n\n", 1),
    ],
)
def test_a_proof_has_one_form(wrong):
    with pytest.raises(Unproved):
        Proof.read(wrong)


def test_a_proof_is_judged_by_the_policy():
    first, second = b"first", b"second"
    root = node_hash(leaf_hash(first), leaf_hash(second))
    policy = Policy.read(f"log {LOG_KEY}\nwitness gao {witness('gao')}\nquorum gao")

    def proof(*witnesses: str) -> Proof:
        return Proof(index=1, path=(leaf_hash(first),), checkpoint=note(2, root, witnesses=witnesses))

    read_again = Proof.read(bytes(proof("gao")))
    assert read_again.verify(second, policy).checkpoint.size == 2
    with pytest.raises(Unproved, match="another root"):
        read_again.verify(first, policy)
    with pytest.raises(NoQuorum):
        proof().verify(second, policy)
