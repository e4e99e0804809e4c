"""What is asked in a benchmark: developers enrol, then offer case after case, which are accepted and worked on."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

import orjson

from api.identity.development import DEVELOPMENT_HEADER
from domain.values import Digest, ParticipantId, Variant, case_id

READER: Final = 'office/gao; name="R. Example"; clearance=CUI; cui=all; audiences=all; roles=oversight'
_SECRETARIAT: Final = 'office/secretariat; name="S. Example"; clearance=CUI; cui=all'
_DHS: Final = 'office/dhs; name="H. Example"; clearance=CUI; cui=all'
_COMMERCE: Final = 'office/commerce; name="C. Example"; clearance=CUI; cui=all'
_TEXT: Final = "An invented sentence of a usual length, which says what somebody saw and why it matters. " * 5
LIFE: Final = 8
"""Acts of one case."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One act: of which type, by whom, what."""

    type: str
    by: str
    data: dict[str, Any]
    case: str = ""
    """The case that it is about."""

    def body(self) -> dict[str, Any]:
        """The act as the body of a request."""
        return {"id": str(uuid4()), "marking": "UNCLASSIFIED", "data": self.data}

    def request(self) -> bytes:
        """The act as a request of its own."""
        return post(f"/v1/actions/{self.type}", self.by, "application/json", orjson.dumps(self.body()))

    def line(self) -> bytes:
        """The act as a CloudEvent on a line."""
        event = {"specversion": "1.0", "id": str(uuid4()), "source": "bench", "type": self.type}
        return orjson.dumps(event | {"marking": "UNCLASSIFIED", "data": self.data}) + b"\n"


def post(path: str, by: str, media_type: str, body: bytes) -> bytes:
    """The bytes of a request."""
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\n{DEVELOPMENT_HEADER}: {by}\r\n"
    return f"{head}Content-Type: {media_type}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def get(path: str, by: str) -> bytes:
    """The bytes of a request."""
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{DEVELOPMENT_HEADER}: {by}\r\n\r\n".encode()


class Developer:
    """A developer, and what it and the offices do about its models."""

    def __init__(self) -> None:
        self.id = ParticipantId(str(uuid4()))
        self.by = f'participant/{self.id}; name="D. Example"; clearance=CUI; cui=all'

    def enrols(self) -> Asked:
        data = {"participant": self.id, "name": f"Developer {self.id[:8]}", "kind": "developer"}
        return Asked("participant.enrol.v1", self.by, data)

    def offers(self) -> Asked:
        """The act that offers one more case."""
        manifest = Digest(f"sha256:{uuid4().hex}{uuid4().hex}")
        data = {"model": "Orion", "model_version": "4.1", "manifest": manifest, "variant": "release", "summary": _TEXT}
        return Asked("case.submit.v1", self.by, data, case_id(self.id, manifest, Variant("release")))

    def lives(self) -> Iterator[Asked]:
        """Acts of case after case; each stands on those before it."""
        while True:
            offer = self.offers()
            of_case = {"case_id": offer.case}
            assessment = of_case | _ASSESSMENT | _id("assessment_id")
            yield offer
            yield Asked("case.accept.v1", _SECRETARIAT, of_case, offer.case)
            yield Asked("case.propose-assessment.v1", _COMMERCE, assessment, offer.case)
            for _ in range(LIFE - 3):
                concern = of_case | {"concern": _TEXT} | _id("concern_id")
                yield Asked("case.convey-concern.v1", _DHS, concern, offer.case)

    def offered(self) -> Iterator[Asked]:
        """Acts that all come from the developer, so that they can be lines of one request."""
        while True:
            yield self.offers()


_ASSESSMENT: Final = {
    "standard": {"id": "Evaluation of advanced cyber capabilities", "version": 1, "digest": "sha256:" + "5e" * 32},
    "finding": "concern",
    "severity": "6.5",
    "findings": _TEXT,
}


def _id(name: str) -> dict[str, str]:
    return {name: str(uuid4())}
