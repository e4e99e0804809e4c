"""The contract can be read and tried in a browser without a request to anywhere else: its pages are vendored."""

from pathlib import Path
from typing import Final

from fastapi import APIRouter, Response

from api.contract import PROBLEMS, gives, schema_of
from api.problems import CODES, Problem
from consumers.acts.intake import OFFERED
from domain import wire
from domain.wire import EVENTS

VENDORED: Final = Path(__file__).parents[1] / "static" / "vendor" / "swagger-ui"
"""Swagger UI as its package has it; MANIFEST.json says which version, under what licence, with what digests."""
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_PAGE: Final = b"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Docket: the HTTP contract</title>
<link rel="icon" href="/static/vendor/swagger-ui/favicon-32x32.png">
<link rel="stylesheet" href="/static/vendor/swagger-ui/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/static/vendor/swagger-ui/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""
_START: Final = b"""SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  docExpansion: "none",
  validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis],
});
"""


class SchemaResponse(Response):
    """A schema as its media type says it."""

    media_type = "application/schema+json"


def router() -> APIRouter:
    """Routes for whoever wants to know what may be sent, and what comes back."""
    routes = APIRouter(tags=["contract"])

    @routes.get("/docs", include_in_schema=False)
    def docs() -> Response:
        return Response(_PAGE, media_type="text/html", headers={"Content-Security-Policy": POLICY})

    @routes.get("/docs/start.js", include_in_schema=False)
    def start() -> Response:
        return Response(_START, media_type="text/javascript")

    @routes.get(
        "/schemas", operation_id="listSchemas", responses=gives("Types"), summary="Types of commands and events"
    )
    def schemas() -> Response:
        listed = {"commands": sorted(OFFERED), "events": sorted(EVENTS)}
        return Response(wire.canonical(listed), media_type="application/json")

    @routes.get(
        "/schemas/{type}",
        operation_id="getSchema",
        summary="JSON Schema of the data of a command or an event",
        response_class=SchemaResponse,
        responses={404: PROBLEMS[404]},
    )
    def schema(type: str) -> Response:
        found = schema_of(type)
        if found is None:
            raise Problem("not-found")
        return SchemaResponse(wire.canonical(found))

    @routes.get(
        "/problems", operation_id="listProblems", responses=gives("Codes"), summary="Codes that Docket answers with"
    )
    def problems() -> Response:
        return Response(wire.canonical([_said(code) for code in CODES]), media_type="application/json")

    @routes.get(
        "/problems/{code}",
        operation_id="getProblem",
        summary="What a code means",
        responses={**gives("Code"), 404: PROBLEMS[404]},
    )
    def problem(code: str) -> Response:
        if code not in CODES:
            raise Problem("not-found")
        return Response(wire.canonical(_said(code)), media_type="application/json")

    return routes


def _said(code: str) -> dict[str, object]:
    said = CODES[code]
    return {
        "type": f"/problems/{code}",
        "code": code,
        "status": int(said.status),
        "title": said.title,
        "rule": said.rule,
    }
