"""A real OpenID provider on loopback: authlib's server, whose people prove nothing, and which can be made to lie."""

import json
import os
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlencode

import flask
from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc9207 import IssuerParameter
from authlib.oidc.core import AuthorizationCodeMixin, OpenIDCode
from joserfc import jwk, jwt
from werkzeug.serving import WSGIRequestHandler, make_server

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # it is on loopback

CLIENT_ID = "docket"
SSO = "provider-sso"
_PAGE = """<!doctype html><html lang="en"><title>Provider</title><h1>Provider</h1>
<form method="post"><label>Who are you? <input name="subject" autofocus></label>
<button name="do" value="sign-in">Prove it</button> <button name="do" value="refuse">Refuse</button></form></html>"""


@dataclass
class Client(ClientMixin):
    """The one that is registered."""

    redirects: list[str]
    method: str = "none"
    secret: str | None = None
    key: Any = None

    def get_client_id(self) -> str:
        return CLIENT_ID

    def get_default_redirect_uri(self) -> None:
        return None

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri in self.redirects

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == self.secret

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == self.method

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass(kw_only=True)
class Code(AuthorizationCodeMixin):
    """A code that was given out."""

    code: str
    subject: str
    redirect_uri: str
    nonce: str | None
    acr: str | None
    code_challenge: str | None
    code_challenge_method: str | None

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return "openid"

    def get_nonce(self) -> str | None:
        return self.nonce

    def get_auth_time(self) -> int:
        return int(time.time())

    def get_acr(self) -> str | None:
        return self.acr


@dataclass
class Person:
    """Somebody whom it knows."""

    subject: str

    def get_user_id(self) -> str:
        return self.subject


@dataclass
class Provider:
    """It is honest until a test makes it lie: what is overridden with None is left out."""

    issuer: str = ""
    client: Client = field(default_factory=lambda: Client([]))
    keys: list[Any] = field(default_factory=list)
    claims: dict[str, Any] = field(default_factory=dict)
    """Of ID tokens, instead of what is true."""
    forge: Callable[[dict[str, Any]], str] | None = None
    """Makes the whole ID token."""
    answers: dict[str, str | None] = field(default_factory=dict)
    """Parameters with which it sends browsers back, instead of what is true."""
    metadata: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    """Paths and forms or queries, in order."""
    token_status: int | None = None
    """What the token endpoint answers instead of a token."""

    def honest(self) -> None:
        """Lie no longer, and forget what was asked."""
        self.claims, self.forge, self.answers, self.metadata, self.token_status = {}, None, {}, {}, None
        self.asked.clear()

    def turn(self) -> None:
        """Take a new key, and publish no other."""
        self.keys = [jwk.RSAKey.generate_key(2048, {"kid": f"key-{time.time_ns()}", "alg": "RS256", "use": "sig"})]

    def token(self, claims: dict[str, Any]) -> str:
        said = {name: value for name, value in {**claims, **self.claims}.items() if value is not None}
        if self.forge is not None:
            return self.forge(said)
        return str(jwt.encode({"alg": "RS256", "kid": self.keys[-1].kid, "typ": "JWT"}, said, self.keys[-1]))

    def sent_back(self, location: str) -> str:
        """Where a browser is sent, with the lies."""
        address, _, query = location.partition("?")
        said = {**dict(parse_qsl(query)), **self.answers}
        return f"{address}?{urlencode({name: value for name, value in said.items() if value is not None})}"


def _grant(provider: Provider) -> type[AuthorizationCodeGrant]:
    class Grant(AuthorizationCodeGrant):
        TOKEN_ENDPOINT_AUTH_METHODS = ("none", "client_secret_basic", "client_assertion_jwt")

        def save_authorization_code(self, code: str, request: Any) -> None:
            said = request.payload.data
            provider.codes[code] = Code(
                code=code,
                subject=request.user.subject,
                redirect_uri=request.payload.redirect_uri,
                nonce=said.get("nonce"),
                acr=said.get("acr_values"),
                code_challenge=said.get("code_challenge"),
                code_challenge_method=said.get("code_challenge_method"),
            )

        def query_authorization_code(self, code: str, client: Client) -> Code | None:
            return provider.codes.get(code)

        def delete_authorization_code(self, authorization_code: Code) -> None:
            del provider.codes[authorization_code.code]

        def authenticate_user(self, authorization_code: Code) -> Person:
            return Person(authorization_code.subject)

    return Grant


def _openid(provider: Provider) -> OpenIDCode:
    class Tokens(OpenIDCode):
        def exists_nonce(self, nonce: str, request: Any) -> bool:
            return any(code.nonce == nonce for code in provider.codes.values())

        def get_client_claims(self, client: Client) -> dict[str, Any]:
            return {"iss": provider.issuer, "aud": CLIENT_ID}

        def generate_user_info(self, user: Person, scope: str) -> dict[str, str]:
            return {"sub": user.subject}

        def encode_id_token(self, token: Any, request: Any) -> str:
            claims = self.get_compatible_claims(request)
            claims |= self.get_authorization_code_claims(request.authorization_code)
            return provider.token({**claims, **self.generate_user_info(request.user, "openid")})

    return Tokens(require_nonce=True)


def _assertion(provider: Provider) -> JWTBearerClientAssertion:
    used: set[str] = set()

    class Assertion(JWTBearerClientAssertion):
        def get_audiences(self) -> list[str]:
            return [f"{provider.issuer}/token"]

        def validate_jti(self, claims: dict[str, Any], jti: str) -> bool:
            fresh = jti not in used
            used.add(jti)
            return fresh

        def resolve_client_public_key(self, client: Client) -> Any:
            return client.key

    return Assertion()


def _issuer(provider: Provider) -> IssuerParameter:
    class Named(IssuerParameter):
        def get_issuer(self) -> str:
            return provider.issuer

    return Named()


def _app(provider: Provider) -> flask.Flask:
    app = flask.Flask("provider")

    def known(id: str) -> Client | None:
        return provider.client if id == CLIENT_ID else None

    server = AuthorizationServer(app, known, lambda *_: None)
    server.register_grant(_grant(provider), [CodeChallenge(required=True), _openid(provider)])
    server.register_client_auth_method(JWTBearerClientAssertion.CLIENT_AUTH_METHOD, _assertion(provider))
    server.register_extension(_issuer(provider))

    @app.before_request
    def noted() -> None:
        provider.asked.append((flask.request.path, flask.request.values.to_dict()))

    @app.get("/.well-known/openid-configuration")
    def metadata() -> Any:
        said = {
            "issuer": provider.issuer,
            "authorization_endpoint": f"{provider.issuer}/authorize",
            "token_endpoint": f"{provider.issuer}/token",
            "end_session_endpoint": f"{provider.issuer}/end",
            "jwks_uri": f"{provider.issuer}/keys",
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
            **provider.metadata,
        }
        return {name: value for name, value in said.items() if value is not None}

    @app.get("/keys")
    def keys() -> Any:
        return {"keys": [key.as_dict(private=False) for key in provider.keys]}

    @app.route("/authorize", methods=["GET", "POST"])
    def authorize() -> Any:
        subject = flask.request.form.get("subject") or flask.request.cookies.get(SSO)
        refused = flask.request.form.get("do") == "refuse"
        if subject is None and not refused:
            return _PAGE
        grant = server.get_consent_grant(end_user=None if refused else Person(str(subject)))
        answer = server.create_authorization_response(grant_user=None if refused else Person(str(subject)), grant=grant)
        if answer.location:
            answer.location = provider.sent_back(answer.location)
        if not refused:
            answer.set_cookie(SSO, str(subject), httponly=True)
        return answer

    @app.post("/token")
    def token() -> Any:
        if provider.token_status is not None:
            return {"error": "invented"}, provider.token_status, {"Location": f"{provider.issuer}/elsewhere"}
        return server.create_token_response()

    @app.get("/end")
    def end() -> Any:
        answer = flask.redirect(flask.request.args["post_logout_redirect_uri"])
        answer.delete_cookie(SSO)
        return answer

    return app


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def provider() -> Iterator[Provider]:
    """A provider that answers on a free port of this machine."""
    made = Provider()
    made.turn()
    server = make_server("localhost", 0, _app(made), threaded=True, request_handler=_Quiet)
    made.issuer = f"http://localhost:{server.server_port}"
    thread = Thread(target=server.serve_forever, name="provider")
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def unsigned(claims: dict[str, Any], **header: str) -> str:
    """An ID token without a signature."""
    return "".join(f"{b64(json.dumps(each).encode())}." for each in ({"alg": "none", "typ": "JWT", **header}, claims))


def b64(text: bytes) -> str:
    return urlsafe_b64encode(text).rstrip(b"=").decode()
