"""Who is asking: a header says so in development, on loopback, and nowhere else."""

import pytest
from fastapi.testclient import TestClient

from api.identity import Unauthenticated
from api.identity.development import DEVELOPMENT_COOKIE, DEVELOPMENT_HEADER, DevelopmentHeader, principal
from domain.act import ActorKind, Attestation
from domain.markings import AUDIENCES, EVERY_CATEGORY, TLP, Classification
from tests.api.knocking import DEVELOPER, Door, named_id

RECEIPT = f"/v1/actions/{named_id('never')}"
HEADERS = {DEVELOPMENT_HEADER: 'office/nsa; name="N. Example"'}


def code(kind: ActorKind, id: str) -> str:
    return f"the {kind} {id}"


def test_without_it_nobody_is_known(open_door: Door) -> None:
    answer = open_door.client.get(RECEIPT)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert answer.headers["www-authenticate"] == "Docket"
    assert open_door.client.post("/v1/actions/case.accept.v1", json={}).status_code == 401
    assert open_door.client.get(RECEIPT, headers=HEADERS).status_code == 404


def test_it_is_not_believed_from_another_machine(open_door: Door) -> None:
    for client in ("10.0.0.7", "testclient", "::ffff:10.0.0.7"):
        far = TestClient(open_door.app, base_url="http://127.0.0.1", client=(client, 40000))
        assert far.get(RECEIPT, headers=HEADERS).status_code == 401, client


@pytest.mark.parametrize("proxied", ["Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"])
def test_it_is_not_believed_through_a_proxy(open_door: Door, proxied: str) -> None:
    assert open_door.client.get(RECEIPT, headers=HEADERS | {proxied: "127.0.0.1"}).status_code == 401


def test_it_is_not_believed_from_a_page_whose_name_was_made_to_lead_here(open_door: Door) -> None:
    assert open_door.client.get(RECEIPT, headers=HEADERS | {"Host": "docket.example.com"}).status_code == 401


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.1.2.3", "docket.example.gov", ""])  # noqa: S104 - refused
def test_a_server_that_others_can_reach_cannot_be_made_with_it(host: str) -> None:
    with pytest.raises(ValueError, match="loopback alone"):
        DevelopmentHeader(bound_to=host, named=code)


def test_a_page_that_cannot_send_headers_reads_with_a_cookie_and_cannot_act_with_it(open_door: Door) -> None:
    cookies = {"Cookie": f"{DEVELOPMENT_COOKIE}=office/nsa%3B%20name%3D%22N.%20Example%22"}
    assert open_door.client.get(RECEIPT, headers=cookies).status_code == 404
    assert open_door.client.post("/v1/actions/case.accept.v1", json={}, headers=cookies).status_code == 401


def test_it_says_who_for_whom_and_what_they_may_see() -> None:
    found = principal(
        'office/nsa; name="A. \\"Bee\\" Example"; roles="oversight"; '
        'clearance="SECRET//CUI//SP-CTI//FED ONLY//TLP:AMBER"',
        code,
    )
    assert (str(found.actor), found.actor.name) == ("office/nsa", "the office nsa")
    assert found.person is not None
    assert found.person.name == 'A. "Bee" Example'
    assert found.attestation is Attestation.DEVELOPMENT_HEADER
    assert found.clearance.classification is Classification.SECRET
    assert found.clearance.cui == frozenset({"SP-CTI"})
    assert found.clearance.controls == frozenset({"FED ONLY"})
    assert (found.clearance.country, found.clearance.tlp) == ("USA", TLP.AMBER)
    assert found.roles == {"oversight"}


def test_the_same_person_has_the_same_id_and_another_has_another() -> None:
    first, same, other, elsewhere = (
        principal(f'{actor}; name="{name}"', code).person
        for actor, name in (
            ("office/nsa", "A"),
            ("office/nsa", "A"),
            ("office/nsa", "B"),
            ("office/dod", "A"),
        )
    )
    assert first == same
    assert len({each.id for each in (first, other, elsewhere) if each}) == 3
    assert principal(f"office/nsa; person={named_id('p')}", code).person.id == named_id("p")  # type: ignore[union-attr]


def test_what_it_does_not_say_is_the_least() -> None:
    found = principal(f"participant/{DEVELOPER}", code)
    assert (found.person, found.roles) == (None, frozenset())
    assert (found.clearance.classification, found.clearance.cui) == (Classification.UNCLASSIFIED, None)
    assert (found.clearance.controls, found.clearance.tlp) == (frozenset(), TLP.CLEAR)


def test_everything_may_be_asked_for_in_short_and_a_name_may_be_in_any_script() -> None:
    found = principal('office/nsa; name=%"Zo%c3%ab"; clearance=CUI; cui=all; audiences=all; country=GBR', code)
    assert (found.clearance.cui, found.clearance.controls) == (EVERY_CATEGORY, AUDIENCES)
    assert found.clearance.country == "GBR"
    assert found.person is not None
    assert found.person.name == "Zoë"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nsa",
        "clock/access-window",
        "docket/installation",
        "office/NSA",
        "office/-",
        f"participant/{DEVELOPER.upper()}",
        "participant/me",
        "office/nsa; name=",
        'office/nsa; name="a',
        'office/nsa; name=""',
        'office/nsa; name="a\tb"',
        'office/nsa; name="a"; name="b"',
        'office/nsa; nickname="a"',
        'office/nsa; person="me"',
        'office/nsa; clearance="ULTRA"',
        "office/nsa; country=XYZ",
        'office/nsa; roles="king"',
        'office/nsa; name=%"%ff"',
        "office/nsa, office/dod",
        "office/nsa; cui=all garbage",
    ],
)
def test_what_does_not_have_its_form_is_nobody(text: str) -> None:
    with pytest.raises(Unauthenticated):
        principal(text, code)


def test_who_was_not_believed_is_logged_without_what_was_said(open_door: Door) -> None:
    open_door.client.get(RECEIPT, headers={DEVELOPMENT_HEADER: 'office/nsa; nickname="PURPLE"'})
    (entry,) = open_door.log.entries
    assert (entry["event"], entry["client"]) == ("unauthenticated", "127.0.0.1")
    assert "PURPLE" not in str(entry)
