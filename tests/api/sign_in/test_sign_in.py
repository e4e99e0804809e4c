"""Somebody proves who they are to the provider, and is here whom the roster knows them as; none but they themselves."""

import base64
import hmac
import json
import re
import sqlite3
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from joserfc import jwk, jwt

from api.identity.keys import KeysAtAddress
from api.identity.provider import AT_ONCE
from tests.api.sign_in.conftest import ADDRESS, Entrance, Opens
from tests.api.sign_in.going import SESSION, SIGNING_IN, go, is_nobody, me, proved, signed_in
from tests.services.provider import CLIENT_ID, Provider, b64, unsigned


def test_whoever_the_provider_knows_is_here_whom_the_roster_says(entrance: Entrance) -> None:
    client = entrance.client()
    assert is_nobody(client)
    answer = signed_in(client, return_to="/cases?determined=true")
    assert (answer.status_code, answer.headers.get("location")) == (303, "/cases?determined=true"), entrance.log.entries
    said = me(client).json()
    assert (said["actor"], said["person"]["name"], said["attestation"]) == ("office/secretariat", "S. Example", "oidc")
    assert "S. Example" in client.get("/cases").text
    assert entrance.said() == ["signed-in"]


def test_what_is_asked_of_the_provider_is_new_each_time_and_proves_itself(entrance: Entrance, idp: Provider) -> None:
    seen: list[str] = []
    for _ in range(2):
        client = entrance.client()
        address = go(client)
        assert address.startswith(f"{idp.issuer}/authorize?")
        asked = dict(parse_qsl(urlsplit(address).query))
        assert (asked["response_type"], asked["scope"], asked["code_challenge_method"]) == ("code", "openid", "S256")
        assert (asked["client_id"], asked["redirect_uri"]) == (CLIENT_ID, f"{ADDRESS}/sign-in/back")
        client.get(proved(address))
        form = next(form for path, form in reversed(idp.asked) if path == "/token")
        made = base64.urlsafe_b64encode(sha256(form["code_verifier"].encode()).digest()).decode().rstrip("=")
        assert made == asked["code_challenge"]
        seen += [asked["state"], asked["nonce"], form["code_verifier"]]
    assert len(set(seen)) == len(seen)
    assert all(len(each) >= 43 for each in seen)
    assert {path for path, _ in idp.asked} <= {"/.well-known/openid-configuration", "/authorize", "/token", "/keys"}


def test_a_session_is_a_cookie_that_no_script_and_no_other_host_has_and_the_store_cannot_tell_it(
    entrance: Entrance, tmp_path: Path
) -> None:
    client = entrance.client()
    answer = client.get("/sign-in/go")
    (kept,) = answer.headers.get_list("set-cookie")
    name, _, rest = kept.partition("=")
    assert (name, rest.partition("; ")[2]) == (SIGNING_IN, "HttpOnly; Max-Age=600; Path=/; SameSite=lax; Secure")
    answer = client.get(proved(answer.headers["location"]))
    given, gone = sorted(answer.headers.get_list("set-cookie"))
    found = re.fullmatch(rf"{SESSION}=([\w-]{{43}}); HttpOnly; Path=/; SameSite=lax; Secure", given)
    assert found is not None, given
    assert gone.startswith(f'{SIGNING_IN}=""; HttpOnly; Max-Age=0; ')
    assert (answer.headers["cache-control"], answer.headers["referrer-policy"]) == ("no-store", "no-referrer")
    with sqlite3.connect(tmp_path / "apart.db") as store:
        rows = store.execute("SELECT * FROM sessions").fetchall()
    assert [row[0] for row in rows] == [sha256(found[1].encode()).hexdigest()]
    assert found[1] not in str(rows)


def test_on_loopback_without_tls_the_cookie_has_a_name_that_browsers_take(opens: Opens) -> None:
    client = opens("http://127.0.0.1:8040").client("http://127.0.0.1:8040")
    answer = signed_in(client)
    (given, _) = sorted(answer.headers.get_list("set-cookie"))
    assert re.fullmatch(r"docket-session=[\w-]{43}; HttpOnly; Path=/; SameSite=lax", given)
    assert not is_nobody(client)


def hs256(idp: Provider) -> Callable[[dict[str, Any]], str]:
    public = idp.keys[-1].as_pem(private=False)

    def forge(claims: dict[str, Any]) -> str:
        signing = unsigned(claims, alg="HS256", kid=idp.keys[-1].kid).rstrip(".")
        return f"{signing}.{b64(hmac.digest(public, signing.encode(), 'sha256'))}"

    return forge


def other_key(idp: Provider) -> Callable[[dict[str, Any]], str]:
    other = jwk.RSAKey.generate_key(2048)
    return lambda claims: str(jwt.encode({"alg": "RS256", "kid": idp.keys[-1].kid}, claims, other))


def access_token(idp: Provider) -> Callable[[dict[str, Any]], str]:
    key = idp.keys[-1]
    return lambda claims: str(jwt.encode({"alg": "RS256", "kid": key.kid, "typ": "at+jwt"}, claims, key))


NOT_BELIEVED: dict[str, Callable[[Provider], Any]] = {
    "another nonce": lambda idp: idp.claims.update(nonce="another"),
    "no nonce": lambda idp: idp.claims.update(nonce=None),
    "another issuer": lambda idp: idp.claims.update(iss="https://elsewhere.example"),
    "another audience": lambda idp: idp.claims.update(aud="elsewhere"),
    "no audience": lambda idp: idp.claims.update(aud=None),
    "several audiences": lambda idp: idp.claims.update(aud=[CLIENT_ID, "elsewhere"]),
    "asked for by another": lambda idp: idp.claims.update(azp="elsewhere"),
    "expired": lambda idp: idp.claims.update(exp=1),
    "of the future": lambda idp: idp.claims.update(iat=2**33),
    "of no time": lambda idp: idp.claims.update(iat=None),
    "nobody": lambda idp: idp.claims.update(sub=None),
    "a number": lambda idp: idp.claims.update(sub=7),
    "unsigned": lambda idp: setattr(idp, "forge", unsigned),
    "signed with what everybody knows": lambda idp: setattr(idp, "forge", hs256(idp)),
    "signed by another": lambda idp: setattr(idp, "forge", other_key(idp)),
    "a token for something else": lambda idp: setattr(idp, "forge", access_token(idp)),
    "no token": lambda idp: setattr(idp, "forge", lambda _: "x"),
    "an answer of another issuer": lambda idp: idp.answers.update(iss="https://elsewhere.example"),
    "an answer of no issuer": lambda idp: idp.answers.update(iss=None),
    "no code": lambda idp: idp.answers.update(code=None),
    "an invented code": lambda idp: idp.answers.update(code="invented"),
    "the code is not good": lambda idp: setattr(idp, "token_status", 400),
    "the token endpoint leads elsewhere": lambda idp: setattr(idp, "token_status", 307),
}


def test_what_the_provider_did_not_say_is_not_believed(entrance: Entrance, idp: Provider) -> None:
    for lie, make in NOT_BELIEVED.items():
        idp.honest()
        make(idp)
        client, before = entrance.client(), len(entrance.said())
        answer = signed_in(client)
        assert (answer.status_code, entrance.said()[before:]) == (403, ["sign-in-not-believed"]), lie
        assert "sign-in-not-believed" in answer.text
        assert SESSION not in client.cookies
        assert is_nobody(client), lie
        assert "/elsewhere" not in [path for path, _ in idp.asked]


def test_a_token_for_several_is_believed_by_whoever_asked_for_it(entrance: Entrance, idp: Provider) -> None:
    idp.claims.update(aud=[CLIENT_ID, "elsewhere"], azp=CLIENT_ID)
    client = entrance.client()
    assert signed_in(client).status_code == 303
    assert not is_nobody(client)


AWAY: dict[str, Callable[[Provider], Any]] = {
    "another issuer": lambda idp: idp.metadata.update(issuer="https://elsewhere.example"),
    "a token endpoint of others": lambda idp: idp.metadata.update(token_endpoint="http://127.0.0.1:9/token"),
    "a token endpoint within": lambda idp: idp.metadata.update(token_endpoint="https://10.0.0.1/token"),
    "a file": lambda idp: idp.metadata.update(token_endpoint="file:///etc/passwd"),
    "a port of its own host": lambda idp: idp.metadata.update(token_endpoint="http://localhost:9/token"),
    "somebody in the address": lambda idp: idp.metadata.update(
        token_endpoint=idp.issuer.replace("://", "://a@") + "/token"
    ),
    "people are sent elsewhere": lambda idp: idp.metadata.update(authorization_endpoint="https://elsewhere.example/"),
    "and to leave, too": lambda idp: idp.metadata.update(end_session_endpoint="https://elsewhere.example/"),
    "no S256": lambda idp: idp.metadata.update(code_challenge_methods_supported=["plain"]),
    "no PKCE": lambda idp: idp.metadata.update(code_challenge_methods_supported=None),
    "no place for tokens": lambda idp: idp.metadata.update(token_endpoint=None),
}


def test_nobody_is_sent_to_a_provider_that_is_not_as_it_should_be(entrance: Entrance, idp: Provider) -> None:
    for lie, make in AWAY.items():
        idp.honest()
        make(idp)
        client, before = entrance.client(), len(entrance.said())
        answer = client.get("/sign-in/go")
        assert (answer.status_code, entrance.said()[before:]) == (503, ["provider-away"]), lie
        assert "provider-away" in answer.text
        assert SIGNING_IN not in client.cookies
        assert {path for path, _ in idp.asked} == {"/.well-known/openid-configuration"}, lie


def test_a_provider_that_does_not_answer_hinders_nobody_who_is_here(entrance: Entrance, idp: Provider) -> None:
    here, comes = entrance.client(), entrance.client()
    signed_in(here)
    back = proved(go(comes))
    idp.token_status = 503
    assert (comes.get(back).status_code, entrance.said()) == (503, ["signed-in", "provider-away"])
    assert not is_nobody(here)
    assert here.get("/readyz").json()["wrong"].keys().isdisjoint({"sign-in", "roster"})


def test_a_crowd_that_signs_in_holds_up_nobody(entrance: Entrance) -> None:
    here, comes = entrance.client(), entrance.client()
    signed_in(here)
    back = proved(go(comes))
    for _ in range(AT_ONCE):
        assert entrance.provider._free.acquire(blocking=False)
    assert comes.get("/sign-in/go").status_code == 503
    assert here.get("/sign-out").status_code == 200
    assert not is_nobody(here)
    for _ in range(AT_ONCE):
        entrance.provider._free.release()
    for _ in range(AT_ONCE + 1):  # whatever came of it, each leaves
        assert comes.get(back.replace("code=", "code=x")).status_code == 403
        comes.cookies.clear()
        back = proved(go(comes))
    assert comes.get(back).status_code == 303


def test_somebody_whom_the_roster_does_not_have_learns_that_and_nothing_of_others(entrance: Entrance) -> None:
    client = entrance.client()
    answer = signed_in(client, "stranger")
    assert (answer.status_code, entrance.said()) == (403, ["sign-in-unknown"])
    assert "The provider knows you, but the roster of this Docket does not." in answer.text
    assert not re.search(r"\. Example|secretariat|treasury|stranger", answer.text)
    assert is_nobody(client)


def test_whoever_refuses_is_told_so(entrance: Entrance, idp: Provider) -> None:
    client = entrance.client()
    answer = client.get(proved(go(client), do="refuse"))
    assert (answer.status_code, entrance.said()) == (403, ["sign-in-refused"]), entrance.log.entries
    idp.answers.update(error="<script>alert(1)</script>", error_description="<b>free text</b>", code=None)
    answer = signed_in(client)
    assert (answer.status_code, entrance.said()[1:]) == (403, ["sign-in-refused"])
    assert not re.search(r"alert\(|free text", answer.text + str(entrance.log.entries))


def test_a_browser_in_which_a_sign_in_was_not_begun_does_not_end_it(entrance: Entrance) -> None:
    """A link with somebody's state and code signs nobody in as them, and takes nothing from them."""
    thief, victim = entrance.client(), entrance.client()
    back = proved(go(thief), "sam")
    assert victim.get(back).status_code == 400
    go(victim)
    assert victim.get(back).status_code == 400
    assert is_nobody(victim)
    assert entrance.said() == ["sign-in-not-begun"] * 2
    assert thief.get(back).status_code == 303


@pytest.mark.parametrize("state", ["another", None])
def test_an_answer_without_the_state_that_was_asked_is_none(
    state: str | None, entrance: Entrance, idp: Provider
) -> None:
    idp.answers.update(state=state)
    assert signed_in(entrance.client()).status_code == 400
    assert (entrance.said(), [path for path, _ in idp.asked if path == "/token"]) == (["sign-in-not-begun"], [])


def test_a_cookie_that_was_not_given_begins_nothing(entrance: Entrance) -> None:
    for kept in ("", "x", "a.b.c", "...", "a.b.c.zz", "a.b.c.ff", '"', "a.b.c.2f.2f"):
        client = entrance.client()
        client.cookies.set(SIGNING_IN, kept)
        assert client.get("/sign-in/back?state=&code=x").status_code == 400, kept
        assert client.get("/sign-in/back").status_code == 400, kept


def test_a_parameter_that_is_there_twice_is_not_chosen_from(entrance: Entrance) -> None:
    client = entrance.client()
    back = proved(go(client))
    assert client.get(f"{back}&code=another").status_code == 403
    assert is_nobody(client)


def test_a_code_is_good_once(entrance: Entrance) -> None:
    client = entrance.client()
    address = go(client)
    kept, back = client.cookies[SIGNING_IN], proved(address)
    assert client.get(back).status_code == 303
    assert client.get(back).status_code == 400
    again = entrance.client()
    again.cookies.set(SIGNING_IN, kept)
    assert again.get(back).status_code == 403
    assert is_nobody(again)
    assert entrance.said() == ["signed-in", "sign-in-not-begun", "sign-in-not-believed"]


def test_a_code_without_what_it_was_asked_with_is_worth_nothing(entrance: Entrance) -> None:
    client = entrance.client()
    back = proved(go(client))
    state, nonce, _, to = client.cookies[SIGNING_IN].split(".")
    client.cookies.clear()
    client.cookies.set(SIGNING_IN, ".".join((state, nonce, "v" * 43, to)))
    assert client.get(back).status_code == 403
    assert is_nobody(client)


def test_a_code_that_was_asked_for_without_pkce_is_not_redeemed(entrance: Entrance) -> None:
    client = entrance.client()
    parts = urlsplit(go(client))
    asked = {name: text for name, text in parse_qsl(parts.query) if not name.startswith("code_challenge")}
    assert client.get(proved(parts._replace(query=urlencode(asked)).geturl())).status_code == 403
    assert is_nobody(client)


ELSEWHERE = (
    "https://elsewhere.example/",
    "//elsewhere.example/",
    "/\\elsewhere.example/",
    "\\\\elsewhere.example",
    "/\t/elsewhere.example",
    "/%0d%0aset-cookie:x\r\nx",
    "javascript:alert(1)",
    "cases",
    "",
    "/" + "a" * 1000,
    "/sign-out",
    "/sign-in/back?code=x",
    "/é",
)


def test_whoever_comes_back_is_sent_nowhere_else(entrance: Entrance) -> None:
    for to in ELSEWHERE:
        client = entrance.client()
        assert signed_in(client, return_to=to).headers["location"] == "/", to
        back = proved(go(client))
        state, nonce, verifier, _ = client.cookies[SIGNING_IN].split(".")
        client.cookies.clear()
        client.cookies.set(SIGNING_IN, ".".join((state, nonce, verifier, to.encode().hex())))
        assert client.get(back).headers["location"] == "/", to
        assert "elsewhere" not in client.get("/sign-in", params={"return_to": to}).text


def test_the_keys_of_the_provider_turn(entrance: Entrance, idp: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KeysAtAddress.__init__.__kwdefaults__, "again_s", 0.0)  # type: ignore[arg-type]
    assert signed_in(entrance.client()).status_code == 303
    old = idp.keys[-1]
    idp.turn()
    assert signed_in(entrance.client()).status_code == 303
    idp.forge = lambda claims: str(jwt.encode({"alg": "RS256", "kid": old.kid}, claims, old))
    assert signed_in(entrance.client()).status_code == 403


@pytest.mark.parametrize("secret", ["a secret", "100 %:ü/+&="])
def test_a_client_may_have_a_secret(secret: str, opens: Opens, idp: Provider, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(f"{secret}\n")
    idp.client.method, idp.client.secret = "client_secret_basic", "another"
    idp.metadata.update(code_challenge_methods_supported=None)  # it says nothing of PKCE, and is asked with it
    entrance = opens(secret=tmp_path / "secret")
    assert signed_in(entrance.client()).status_code == 403
    idp.client.secret = secret
    assert signed_in(entrance.client()).status_code == 303, entrance.log.entries
    assert secret not in str(idp.asked)


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        (lambda: jwk.RSAKey.generate_key(2048), "RS256"),
        (lambda: jwk.ECKey.generate_key("P-256"), "ES256"),
    ],
)
def test_a_client_may_have_a_key(
    key: Callable[[], Any], algorithm: str, opens: Opens, idp: Provider, tmp_path: Path
) -> None:
    made = key()
    (tmp_path / "key.pem").write_bytes(made.as_pem(private=True))
    idp.client.method, idp.client.key = "client_assertion_jwt", made
    entrance = opens(key=tmp_path / "key.pem")
    assert signed_in(entrance.client()).status_code == 303, entrance.log.entries
    said = next(form for path, form in reversed(idp.asked) if path == "/token")["client_assertion"]
    assert json.loads(base64.urlsafe_b64decode(said.partition(".")[0] + "=="))["alg"] == algorithm
    (tmp_path / "key.pem").write_bytes(key().as_pem(private=True))
    assert signed_in(entrance.client()).status_code == 403


def test_how_and_when_somebody_proved_it_can_be_demanded(opens: Opens, idp: Provider) -> None:
    entrance = opens(acr=("high", "higher"), max_age_s=3600)
    client = entrance.client()
    asked = dict(parse_qsl(urlsplit(go(client)).query))
    assert (asked["acr_values"], asked["max_age"]) == ("high higher", "3600")
    for claims, status in (
        ({"acr": "higher"}, 303),
        ({"acr": "low"}, 403),
        ({"acr": None}, 403),
        ({"acr": "high", "auth_time": None}, 403),
        ({"acr": "high", "auth_time": 1}, 403),
        ({"acr": "high", "auth_time": "now"}, 403),
    ):
        idp.claims = claims
        assert signed_in(entrance.client()).status_code == status, claims
