"""A signature of an act is checked from the record alone, for ever; nothing but the key of the office makes one."""

import base64
import hashlib
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS

from consumers.acts import cloudevent
from domain import signing, wire
from domain.act import Acted, By
from domain.events.office import (
    Algorithm,
    KeyRegistered,
    KeyRevoked,
    OfficeKind,
    OfficeRegistered,
    SignaturesRequired,
    SignedActs,
)
from domain.message import WITHHELD
from domain.rules.office import Key
from domain.signing import NotASignature, Verdict
from domain.values import Digest, KeyId, LedgerId, OfficeCode, PersonId, PostCode
from tests.domain.signed import ED25519, ES256, EVENT, HERE, KEYS, LEDGER, PERSON, RFC_8037, Own, recorded, said, vector

OWN = pytest.mark.parametrize("own", KEYS.values(), ids=KEYS)
OTHER = LedgerId("00000000-0000-7000-8000-000000000001")
DIGEST, NOTHING = wire.act_digest(cloudevent.asked(EVENT)), Digest("sha256:" + "0" * 64)


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def by_hand(own: Own, header: bytes, payload: bytes | None = None) -> str:
    """A signature over whatever header, as it is written there."""
    algorithm = "EdDSA" if own is ED25519 else "ES256"
    signed = f"{b64(header)}.{b64(said() if payload is None else payload)}".encode()
    raw = signing._MADE[algorithm].sign(signed, own.private)
    return f"{b64(header)}..{b64(raw)}"


def holds(own: Own, text: str, payload: bytes | None = None, key: Key | None = None) -> bool:
    try:
        return signing.holds(signing.read(text), said() if payload is None else payload, key or own.public)
    except NotASignature:
        return False


# --- the bytes, for ever ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", KEYS)
def test_what_was_signed_once_is_the_same_for_ever(name):
    kept, made = json.loads((HERE / f"{name}.json").read_text(encoding="utf-8")), vector(KEYS[name])
    for what in ("act", "act_digest", "payload", "registration", "key"):
        assert made[what] == kept[what]
    header, _, value = kept["sent"]["signature"].split(".")
    assert made["sent"]["signature"].split(".")[0] == header
    if name == "ed25519":  # the other algorithm draws a number each time
        assert made == kept
    assert len(unb64(value)) == 64
    document, disclosures = kept["document"].encode(), [each.encode() for each in kept["disclosures"]]
    wire.verify(document, disclosures)
    keys = {KEYS[name].id: KEYS[name].public}
    assert signing.verdict(document, disclosures, ledger=LEDGER, keys=keys) is Verdict.VALID


@pytest.mark.parametrize("name", KEYS)
def test_an_auditor_needs_the_record_and_standards_and_nothing_of_docket(name):
    """RFC 9901, RFC 8785 and RFC 7515, by libraries that Docket does not check with."""
    kept = json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))
    document, registration = json.loads(kept["document"]), json.loads(kept["registration"])
    disclosed = {}
    for each in kept["disclosures"]:
        assert b64(hashlib.sha256(each.encode()).digest()) in document["data"]["_sd"]
        _, what, value = json.loads(unb64(each))
        disclosed[what] = value
    payload = {
        "act": disclosed["act"]["digest"],
        "actor": document["actor"],
        "id": document["commandid"],
        "ledger": document["source"],
        "person": disclosed["by"]["person"],
    }
    data, raw = registration["data"], unb64(registration["data"]["public_key"])
    public = {"kty": "OKP", "crv": "Ed25519", "x": b64(raw)}
    if data["algorithm"] == "ES256":
        public = {"kty": "EC", "crv": "P-256", "x": b64(raw[1:33]), "y": b64(raw[33:])}
    token = JWS()
    token.allowed_algs = [data["algorithm"]]
    token.deserialize(disclosed["act"]["signature"])
    token.verify(JWK(**public), detached_payload=json.dumps(payload, sort_keys=True, separators=(",", ":")).encode())
    assert token.jose_header == {"alg": data["algorithm"], "kid": data["key_id"], "typ": "docket-act.v1"}
    assert "sha256:" + hashlib.sha256(kept["act"].encode()).hexdigest() == payload["act"]


# --- who else makes and reads them --------------------------------------------------------------------------------


@pytest.mark.parametrize(("own", "name"), [(ED25519, "EdDSA"), (ED25519, "Ed25519"), (ES256, "ES256")])
def test_what_another_library_signs_holds(own, name):
    token = JWS(said())
    token.allowed_algs = [name]
    header = json.dumps({"typ": signing.TYPE, "kid": own.id, "alg": name}, indent=1)
    token.add_signature(JWK(**own.jwk), alg=None, protected=header)
    token.detach_payload()
    assert holds(own, token.serialize(compact=True))


@OWN
def test_another_library_reads_what_is_signed_here(own):
    token = JWS()
    token.allowed_algs = [own.algorithm.value]
    token.deserialize(signing.sign(said(), own.private, own.id))
    token.verify(JWK(**own.jwk), detached_payload=said())
    assert json.loads(token.objects["protected"])["kid"] == own.id


def test_nothing_is_signed_with_a_key_that_nobody_could_register():
    with pytest.raises(ValueError, match="neither a key of Ed25519 nor one of P-256"):
        signing.sign(b"", generate_private_key(SECP384R1()), ED25519.id)


# --- what does not hold -------------------------------------------------------------------------------------------


@OWN
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_no_bit_of_a_signature_may_be_another(own, data):
    good = signing.sign(said(), own.private, own.id)
    header, _, value = good.split(".")
    parts = {"header": unb64(header), "value": unb64(value), "payload": said()}
    which = data.draw(st.sampled_from([*parts]))
    bit = data.draw(st.integers(0, len(parts[which]) * 8 - 1))
    flipped = bytearray(parts[which])
    flipped[bit // 8] ^= 1 << bit % 8
    parts[which] = bytes(flipped)
    assert not holds(own, f"{b64(parts['header'])}..{b64(parts['value'])}", parts["payload"])
    assert holds(own, good)


@OWN
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_no_character_of_a_signature_may_be_another_missing_or_more(own, data):
    """Base64url has one text for what it says: the bits that a last character has to spare are zero."""
    good = signing.sign(said(), own.private, own.id)
    at = data.draw(st.integers(0, len(good) - 1))
    put = data.draw(st.sampled_from([*"ABab01-_.=+/ \n~é", ""]))
    for changed in (good[:at] + put + good[at + 1 :], good[:at] + put + good[at:]):
        assert changed == good or not holds(own, changed)


@settings(max_examples=300, deadline=None)
@given(st.text() | st.from_regex(r"[A-Za-z0-9_-]{0,40}\.\.[A-Za-z0-9_-]{0,90}", fullmatch=True))
def test_a_text_that_nobody_signed_is_no_signature_and_no_error_of_ours(text):
    assert not holds(ED25519, text)


@settings(max_examples=300, deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5))
def test_whatever_a_header_says_instead_is_no_error_of_ours(value):
    for name in ("alg", "kid", "typ"):
        header = {"alg": "Ed25519", "kid": ED25519.id, "typ": signing.TYPE, name: value}
        text = by_hand(ED25519, json.dumps(header).encode())
        assert not holds(ED25519, text) or name == "kid"  # which key it is, the ledger asks
    assert not holds(ED25519, by_hand(ED25519, json.dumps(value).encode()))


GOOD = f'"alg":"Ed25519","kid":"{ED25519.id}","typ":"docket-act.v1"'


@pytest.mark.parametrize(
    "header",
    [
        f'{{{GOOD},"crit":["b64"],"b64":false}}',
        f'{{{GOOD},"b64":false}}',
        f'{{{GOOD},"b64":true}}',
        f'{{{GOOD},"crit":[]}}',
        f'{{{GOOD},"crit":["exp"],"exp":1}}',
        f'{{{GOOD},"jwk":{json.dumps(RFC_8037)}}}',
        f'{{{GOOD},"jku":"https://keys.example"}}',
        f'{{{GOOD},"x5c":[]}}',
        f'{{{GOOD},"nonce":"1"}}',
        f'{{{GOOD},"alg":"Ed25519"}}',
        f'{{{GOOD},"kid":"{ED25519.id}"}}',
        f'{{"alg":"none",{GOOD}}}',
        GOOD,
        f"[{GOOD.replace(':', ',')}]",
        f'{{"alg":"Ed25519","kid":"{ED25519.id}"}}',
        f'{{"alg":"Ed25519","kid":"{ED25519.id}","typ":"JWT"}}',
        f'{{"alg":"Ed25519","kid":"{ED25519.id}","TYP":"docket-act.v1"}}',
        '{"alg":"Ed25519","typ":"docket-act.v1"}',
        f'{{"kid":"{ED25519.id}","typ":"docket-act.v1"}}',
        f'{{"alg":["Ed25519"],"kid":"{ED25519.id}","typ":"docket-act.v1"}}',
        f'{{"alg":"Ed448","kid":"{ED25519.id}","typ":"docket-act.v1"}}',
        f'{{"alg":"ed25519","kid":"{ED25519.id}","typ":"docket-act.v1"}}',
        f"\ufeff{{{GOOD}}}",
        f"{{{GOOD}}} {{}}",
    ],
)
def test_a_header_of_another_form_is_no_signature_though_the_key_signed_it(header):
    assert holds(ED25519, by_hand(ED25519, f"{{{GOOD}}}".encode()))
    with pytest.raises(NotASignature):
        signing.read(by_hand(ED25519, header.encode()))


def test_a_header_is_utf_8_and_shallow():
    for header in (f"{{{GOOD}}}".encode("utf-16"), f"{{{GOOD}}}".encode("utf-32"), b"[" * 100_000, b"\xff"):
        with pytest.raises(NotASignature):
            signing.read(by_hand(ED25519, header))


@pytest.mark.parametrize("name", ["none", "HS256", "HS512", "RS256", "ES384", "ES512", "PS256", "ES256K", ""])
def test_no_other_algorithm_is_named_however_it_was_signed(name):
    header = b64(json.dumps({"alg": name, "kid": ED25519.id, "typ": signing.TYPE}).encode())
    public = unb64(ED25519.registered)
    mac = hashlib.sha256(public).digest()
    for value in ("", b64(mac), b64(b"\0" * 64)):
        with pytest.raises(NotASignature):
            signing.read(f"{header}..{value}")


def test_the_key_says_by_which_algorithm_and_the_header_does_not_choose_another():
    for own, other in ((ED25519, ES256), (ES256, ED25519)):
        header = json.dumps({"alg": other.algorithm, "kid": own.id, "typ": signing.TYPE}).encode()
        assert not holds(own, by_hand(own, header))
        assert not holds(other, by_hand(own, header))


def test_a_payload_that_comes_along_or_is_another_form_is_no_signature():
    good = signing.sign(said(), ED25519.private, ED25519.id)
    header, _, value = good.split(".")
    assert signing.read(good).key == ED25519.id
    whole = f"{header}.{b64(said())}.{value}"
    token = JWS()
    token.deserialize(whole, JWK(**RFC_8037), alg="Ed25519")  # it is good, and not what is asked for
    spare = f"{header}..{value[:-1]}{chr(ord(value[-1]) + 1)}"  # the same bytes, and bits that say nothing
    assert unb64(spare.split(".")[2]) == unb64(value)
    as_json = json.dumps({"protected": header, "signature": value})
    for text in (
        whole,
        as_json,
        spare,
        f"{good}=",
        f"{good} ",
        f"{header}.{value}",
        f"{header}...{value}",
        f".{good}",
        f"{good}.",
        "",
        "..",
        "a..b",
    ):
        with pytest.raises(NotASignature):
            signing.read(text)


@OWN
@pytest.mark.parametrize(
    "other",
    [
        {"ledger": OTHER},
        {"actor": "office/dhs"},
        {"actor": "participant/treasury"},
        {"person": None},
        {"person": PersonId("5a2ad3a6-9c53-4a46-a0b1-1e2b3c4d5e60")},
        {"id": "01a20a23-37b2-7a95-8702-b2e1257b2e43"},
        {"digest": "sha256:" + "0" * 64},
    ],
)
def test_a_signature_is_of_one_act_by_one_person_of_one_office_for_one_ledger(own, other):
    assert not holds(own, signing.sign(said(**other), own.private, own.id))
    assert not holds(own, signing.sign(said(), own.private, own.id), said(**other))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("id", "01a20a23-37b2-7a95-8702-b2e1257b2e43"),
        ("time", "2026-07-06T12:00:00.500001-04:00"),
        ("marking", "CUI"),
        ("protectedmarking", "CUI//SP-CTI"),
        ("authority", "POLICY:AUTHORITY-1"),
        ("post", "head"),
        ("delegation", "01a20a23-37b2-7a95-8702-b2e1257b2e42"),
        ("type", "case.convey-concern.v1"),
        ("data", {**EVENT["data"], "reasons": "Something else."}),
        ("data", {**EVENT["data"], "about": "01a20a23-37b2-7a95-8702-b2e1257b2e42"}),
    ],
)
def test_a_signature_covers_all_that_an_act_says(name, value):
    event: dict[str, Any] = {**EVENT, name: value}
    if name == "type":
        event["data"] = {"case_id": EVENT["data"]["case_id"], "concern_id": EVENT["id"], "concern": "The same."}
    assert said(event) != said()
    assert not holds(ED25519, signing.sign(said(), ED25519.private, ED25519.id), said(event))


def test_a_signature_covers_what_an_act_says_and_not_how_it_is_written():
    same = {**EVENT, "time": "2026-07-06T16:00:00.500Z", "source": "elsewhere", "subject": "anything"}
    same["data"] = {"about": None, **dict(reversed(EVENT["data"].items()))}
    assert said(same) == said()


def test_another_key_of_the_same_kind_does_not_do():
    other = Ed25519PrivateKey.generate()
    public = Key(algorithm=Algorithm.ED25519, public_key=b64(other.public_key().public_bytes_raw()))
    good = signing.sign(said(), ED25519.private, ED25519.id)
    assert not holds(ED25519, good, key=public)
    assert holds(ED25519, signing.sign(said(), other, ED25519.id), key=public)


@pytest.mark.parametrize("point", [b"\x04" + b"\x01" * 64, b"\x04" + b"\0" * 64, b"\x04" + b"\xff" * 64])
def test_a_registered_key_that_is_no_point_of_the_curve_signs_nothing(point):
    good = signing.sign(said(), ES256.private, ES256.id)
    assert not holds(ES256, good, key=Key(algorithm=Algorithm.ES256, public_key=b64(point)))


def test_a_registered_key_of_small_order_signs_nothing_though_one_signature_fits_every_text():
    """Under the neutral point R = B and S = 1 fit whatever is said: Ed25519 itself does not turn them away."""
    neutral = b"\x01" + bytes(31)
    base = bytes.fromhex("5866666666666666666666666666666666666666666666666666666666666666")
    forged = base + b"\x01" + bytes(31)
    Ed25519PublicKey.from_public_bytes(neutral).verify(forged, b"whatever is said")
    header, _, _ = signing.sign(said(), ED25519.private, ED25519.id).split(".")
    assert not holds(ED25519, f"{header}..{b64(forged)}", key=Key(algorithm=Algorithm.ED25519, public_key=b64(neutral)))


# --- what an event of the record is worth -------------------------------------------------------------------------


def verdict(event: Any, *, hidden: tuple[str, ...] = (), **more: Any) -> Verdict:
    document, disclosures = wire.dump(event)
    kept = [each for each in disclosures if json.loads(unb64(each.decode()))[1] not in hidden]
    keys = {own.id: own.public for own in KEYS.values()}
    return signing.verdict(document, kept, **{"ledger": LEDGER, "keys": keys} | more)


@OWN
def test_an_event_is_signed_with_a_key_that_was_in_force_or_its_signature_is_not_valid(own):
    event = recorded(signing.sign(said(), own.private, own.id))
    assert verdict(event) is Verdict.VALID
    assert verdict(event, keys={}) is Verdict.INVALID
    assert verdict(event, keys={KeyId("other"): own.public}) is Verdict.INVALID
    assert verdict(event, ledger=OTHER) is Verdict.INVALID


@pytest.mark.parametrize(
    "other",
    [
        {"ledger": f"urn:uuid:{OTHER}"},
        {"actor": "office/dhs"},
        {"command_id": "01a20a23-37b2-7a95-8702-b2e1257b2e43"},
        {"by": By(person=PersonId("5a2ad3a6-9c53-4a46-a0b1-1e2b3c4d5e60"), name="A. Example (invented)", post=None)},
        {"by": None},
        {"act": Acted(digest=NOTHING, signature=signing.sign(said(), ED25519.private, ED25519.id))},
        {"act": Acted(digest=DIGEST, signature="not one")},
        {"act": Acted(digest=NOTHING, signature=None)},
    ],
)
def test_an_event_that_says_another_than_was_signed_is_not_valid(other):
    assert verdict(recorded(signing.sign(said(), ED25519.private, ED25519.id), **other)) is Verdict.INVALID


def test_what_the_office_calls_itself_and_which_post_a_person_holds_are_not_signed():
    by = By(person=PERSON, name="Another name", post=PostCode("head"))
    event = recorded(signing.sign(said(), ED25519.private, ED25519.id), by=by, actor_name="Renamed")
    assert verdict(event) is Verdict.VALID


def test_an_act_without_a_person_is_signed_too():
    event = recorded(signing.sign(said(person=None), ED25519.private, ED25519.id), by=None)
    assert verdict(event) is Verdict.VALID


def test_an_event_that_is_not_signed_says_so_whatever_is_withheld():
    assert verdict(recorded(None)) is Verdict.NOT_SIGNED
    assert verdict(recorded(None), hidden=("act", "by")) is Verdict.NOT_SIGNED


def test_what_is_withheld_or_destroyed_leaves_that_there_was_a_signature_and_no_more():
    event = recorded(signing.sign(said(), ED25519.private, ED25519.id))
    for hidden in (("act",), ("by",), ("act", "by"), ("act", "by", "reasons")):
        assert verdict(event, hidden=hidden) is Verdict.WITHHELD
    assert verdict(event, hidden=("reasons",)) is Verdict.VALID
    document, _ = wire.dump(event)
    opened = wire.load(document)
    assert opened.signed is True
    assert opened.act is WITHHELD
    for secret in (ED25519.id, ED25519.registered, "docket-act", PERSON):
        assert secret.encode() not in document


# --- which keys were in force -------------------------------------------------------------------------------------


OFFICE = OfficeCode("treasury")
KNOWN = OfficeRegistered(office=OFFICE, name="Treasury", kind=OfficeKind.LEAD, department=OFFICE, posts=())


def stream(*events: Any) -> list[tuple[int, Any]]:
    """The stream of an office, whose events stand at each tenth position of the ledger."""
    return [(10 * number, recorded(None, event=event)) for number, event in enumerate(events, 1)]


def registers(own: Own) -> KeyRegistered:
    return KeyRegistered(office=OFFICE, key_id=own.id, algorithm=own.algorithm, public_key=own.registered)


def revokes(own: Own) -> KeyRevoked:
    return KeyRevoked(office=OFFICE, key_id=own.id, reason=None)


def test_a_key_is_in_force_behind_its_registration_and_up_to_its_revocation():
    office = stream(
        KNOWN,
        registers(ED25519),
        registers(ES256),
        SignaturesRequired(office=OFFICE, acts=SignedActs.EVERY, commands=(), reason=None),
        revokes(ED25519),
    )
    both = {ED25519.id: ED25519.public, ES256.id: ES256.public}
    for position, keys in {
        1: {},
        20: {},  # a key does not sign its own registration
        21: {ED25519.id: ED25519.public},
        30: {ED25519.id: ED25519.public},
        31: both,
        50: both,  # a key may sign its own revocation
        51: {ES256.id: ES256.public},
        10**9: {ES256.id: ES256.public},
    }.items():
        assert signing.keys_in_force(office, position) == keys, position


@given(st.data())
def test_keys_in_force_are_what_was_registered_and_not_revoked_before(data):
    """Against a slow oracle, for every position."""
    own = [Own(ED25519.jwk, KeyId(f"key-{n}"), Algorithm.ED25519) for n in range(4)]
    events: list[Any] = [KNOWN]
    registered: list[Own] = []
    revoked: list[Own] = []
    for each in data.draw(st.permutations(own)):
        registered.append(each)
        events.append(registers(each))
        if data.draw(st.booleans()):
            gone = data.draw(st.sampled_from(registered))
            if gone not in revoked:
                revoked.append(gone)
                events.append(revokes(gone))
    office = stream(*events)
    for position in range(1, office[-1][0] + 12):
        before = [each.event for at, each in office if at < position]
        expected = {
            e.key_id
            for e in before
            if isinstance(e, KeyRegistered)
            and not any(isinstance(r, KeyRevoked) and r.key_id == e.key_id for r in before)
        }
        assert signing.keys_in_force(office, position).keys() == expected
