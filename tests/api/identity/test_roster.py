"""Who is who is a file: what is wrong in it is found when it is read, and until it is mended nobody is known."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.identity import Unavailable
from api.identity.roster import Roster
from domain.act import ActorKind
from domain.needs import MATTERS
from tests.api.identity.conftest import CARD, Write
from tests.api.identity.issuing import AUDIENCE, ISSUER, Issuer
from tests.api.identity.test_tokens import is_nobody, me
from tests.api.knocking import named_id

Knows = Callable[..., TestClient]


def code(kind: ActorKind, id: str) -> str:
    return f"the {kind} {id}"


SUBJECT = {"issuer": ISSUER, "subject": "b"}
MEMBER = {"acts_for": "office/dhs", "subjects": [SUBJECT]}
PERSON = {"id": named_id("b"), "name": "B. Example"}


def test_who_is_taken_off_is_unknown_from_then_on(issuer: Issuer, knows: Knows, write: Write) -> None:
    client, token = knows(), issuer.token()
    assert not is_nobody(me(client, token))
    write(members=[MEMBER])
    assert is_nobody(me(client, token))
    assert me(client, issuer.token("b")).json()["actor"] == "office/dhs"


def test_while_it_cannot_be_read_nobody_is_known_and_readiness_says_so(
    issuer: Issuer, knows: Knows, write: Write
) -> None:
    client = knows()
    write("{")
    answer = me(client, issuer.token())
    assert (answer.status_code, answer.json()["code"]) == (503, "identity-unavailable")
    ready = client.get("/readyz")
    assert (ready.status_code, list(ready.json()["wrong"])) == (503, ["roster"])
    write()
    assert not is_nobody(me(client, issuer.token()))
    assert client.get("/readyz").status_code == 200


@pytest.mark.parametrize(
    ("members", "why"),
    [
        ([{**MEMBER, "acts_for": "office/"}], "members/0/acts_for"),
        ([{**MEMBER, "acts_for": "clock/case-review"}], "members/0/acts_for"),
        ([{**MEMBER, "clearance": "HEARSAY"}], "no marking"),
        ([{**MEMBER, "roles": ["king"]}], "roles are"),
        ([{**MEMBER, "needs": ["cases"]}], "matters are"),
        ([{**MEMBER, "needs": ["office-nsa"]}], "matters are"),
        ([{**MEMBER, "needs": "some"}], "members/0/needs"),
        ([{**MEMBER, "right": "all"}], "members/0/right"),
        ([{**MEMBER, "subjects": []}], "nothing leads to this member"),
        ([{**MEMBER, "cards": [CARD]}], "a card is a person's"),
        ([{**MEMBER, "person": PERSON, "cards": ["urn:uuid:1"]}], "members/0/cards/0"),
        ([MEMBER, {**MEMBER, "acts_for": "office/nsa"}], "stands here twice"),
        ([{**MEMBER, "subjects": [{**SUBJECT, "issuer": "https://other.example"}]}], "nothing is known of the issuer"),
    ],
)
def test_what_is_wrong_in_it_is_said_in_one_line(members: Any, why: str, tmp_path: Path, issuer: Issuer) -> None:
    path = tmp_path / "wrong.json"
    issuers = [{"issuer": ISSUER, "audience": AUDIENCE, "keys": str(issuer.file)}]
    path.write_text(json.dumps({"issuers": issuers, "members": members}))
    with pytest.raises(Unavailable, match=why) as unreadable:
        Roster(path, code)
    assert "\n" not in str(unreadable.value)


def test_a_member_is_confined_to_what_it_needs_to_know_of(issuer: Issuer, knows: Knows, write: Write) -> None:
    client, token = knows(), issuer.token("b")
    for needs, told in (
        ({}, (True, len(MATTERS), [])),
        ({"needs": "all"}, (True, len(MATTERS), [])),
        ({"needs": ["tasking", "case-1"]}, (False, 1, ["case-1"])),
        ({"needs": []}, (False, 0, [])),
    ):
        write(members=[{**MEMBER, **needs}])
        said = me(client, token).json()["needs"]
        assert (said["everything"], len(said["kinds"]), said["matters"]) == told


def test_an_issuer_has_one_entry(tmp_path: Path, issuer: Issuer) -> None:
    path = tmp_path / "wrong.json"
    entry = {"issuer": ISSUER, "audience": AUDIENCE, "keys": str(issuer.file)}
    path.write_text(json.dumps({"issuers": [entry, entry], "members": []}))
    with pytest.raises(Unavailable, match="stands here twice"):
        Roster(path, code)


def test_a_roster_that_is_not_there_knows_nobody(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="cannot be read"):
        Roster(tmp_path / "none.json", code)


def test_keys_are_a_file_or_an_address(tmp_path: Path, issuer: Issuer) -> None:
    path = tmp_path / "roster.json"
    for keys in (str(issuer.file), "https://login.example.gov/keys"):
        path.write_text(json.dumps({"issuers": [{"issuer": ISSUER, "keys": keys}], "members": []}))
        (listed,) = Roster(path, code).listed().issuers
        assert (str(listed.keys), isinstance(listed.keys, Path)) == (keys, keys == str(issuer.file))


def test_tokens_of_an_issuer_for_signing_in_alone_are_not_believed(issuer: Issuer, knows: Knows, write: Write) -> None:
    write(issuers=[{"issuer": ISSUER, "keys": str(issuer.file)}])
    for audience in (AUDIENCE, None):
        assert is_nobody(me(knows(), issuer.token(aud=audience)))
