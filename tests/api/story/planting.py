"""The invented story once more, with each of its lives marked otherwise, and in each text a word that tells how.

What somebody is given then shows what they may not have: a word is only for whoever may see its marking.
"""

import re
from base64 import urlsafe_b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import orjson
from starlette.testclient import TestClient
from structlog.testing import LogCapture

from api.cli.demo import speaker
from api.cli.publish import outcomes
from api.clock import SimulatedClock
from api.compose import Embedded
from api.demo import STORY
from api.identity.development import DEVELOPMENT_HEADER
from domain import wire
from domain.markings import Clearance, Marking, join, parse, sees
from domain.message import protected_names
from domain.values import ParticipantId, case_id
from projections.clocks import CLOCKS

LEVELS: Final = ("UNCLASSIFIED", "CUI", "CUI//SP-CTI", "SECRET", "SECRET//NOFORN", "SECRET//CUI//SP-PROPIN")
WORD: Final = re.compile(r"kanarie([0-9]+)x")
_FOLDED: Final = re.compile(r"[A-Za-z0-9_-]{40,}")
ID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
FULL: Final = 'clearance="SECRET//CUI//TLP:RED"; cui=all; audiences=all'
_FIELDS: Final = [
    (type.partition(".")[0], name, name in protected_names(cls))
    for type, cls in wire.EVENTS.items()
    for name in cls.__dataclass_fields__
]
_PROTECTED: Final = {(kind, name) for kind, name, is_protected in _FIELDS if is_protected} - {
    (kind, name) for kind, name, is_protected in _FIELDS if not is_protected
}
"""Field that every event of a kind of stream protects; where one does not, a word is for whoever may see the act."""


def unfolded(said: bytes) -> str:
    """What is said, and what is said in it in base64url, as disclosures are."""
    text = said.decode("utf-8", "replace")
    inside = (urlsafe_b64decode(each[: len(each) // 4 * 4]) for each in _FOLDED.findall(text))
    return " ".join((text, *(each.decode("utf-8", "replace") for each in inside)))


@dataclass
class Told:
    planted: "Planted"
    docket: Embedded
    client: TestClient
    log: LogCapture
    tally: dict[str, int]

    def get(self, path: str, by: str | None, **query: Any) -> Any:
        headers = {} if by is None else {DEVELOPMENT_HEADER: by}
        return self.client.get(path, headers=headers, params=query or None)


class Planted:
    """The story's acts as they are sent, and the marking of each word in them."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self._of: dict[str, str] = {}

    def acts(self) -> Iterator[dict[str, Any]]:
        """Every act of the story, marked and with its words."""
        for line in (line for file in STORY for line in Path(file).read_bytes().splitlines()):
            yield self._act(orjson.loads(line))

    def seen_in(self, said: bytes, clearance: Clearance) -> set[str]:
        """The markings of words in it, and of the lives that it names, that are not for this clearance."""
        text = unfolded(said)
        found = {self.words[int(each)] for each in WORD.findall(text)}
        found |= {self._of[each] for each in ID.findall(text) if each in self._of}
        return {marking for marking in found if not sees(clearance, parse(marking))}

    def lives_in(self, said: bytes) -> set[str]:
        """The cases, leases, scans and all else of somebody's own that it names."""
        return set(ID.findall(unfolded(said))) & self._of.keys()

    def _act(self, act: dict[str, Any]) -> dict[str, Any]:
        marking = join(self._level(act["type"], _named(act)), parse(act["marking"]))
        protected = join(marking, parse(act.get("protectedmarking", act["marking"])))
        kind = act["type"].partition(".")[0]
        data = {
            name: self._planted(value, str(protected if (kind, name) in _PROTECTED else marking))
            for name, value in act["data"].items()
        }
        return act | {"marking": str(marking), "protectedmarking": str(protected), "data": data}

    def _level(self, type: str, data: Mapping[str, Any]) -> Marking:
        """As all that it names; a life that begins with it is marked as what it is about, or as chance has it."""
        kind = type.partition(".")[0]
        named = ID.findall(orjson.dumps(data).decode())
        about = [parse(self._of[each]) for each in named if each in self._of]
        own = data.get(f"{kind}_id")
        if own is not None and own not in self._of:
            chance = parse(LEVELS[sha256(own.encode()).digest()[0] % len(LEVELS)])
            about = about or [chance]
            self._of[own] = str(reduce(join, about))
        return reduce(join, about, parse(LEVELS[0]))

    def _planted(self, value: Any, marking: str) -> Any:
        match value:
            case str() if " " in value:
                if marking not in self.words:
                    self.words.append(marking)
                return f"{value} kanarie{self.words.index(marking)}x"
            case list():
                return [self._planted(each, marking) for each in value]
            case dict():
                return {name: self._planted(each, marking) for name, each in value.items()}
            case _:
                return value


def _named(act: Mapping[str, Any]) -> Mapping[str, Any]:
    """What an act says; an offer names its case by what makes its id."""
    data: Mapping[str, Any] = act["data"]
    if act["type"] != "case.submit.v1":
        return data
    developer = ParticipantId(act["source"].partition("?")[0].removeprefix("participant/"))
    return {**data, "case_id": case_id(developer, data["manifest"], data["variant"])}


def told(planted: Planted, docket: Embedded, clock: SimulatedClock, client: TestClient) -> dict[str, int]:
    """Tell it, whoever speaks; how often it came to which outcome."""
    tally: dict[str, int] = {}
    for (source, time), together in groupby(planted.acts(), key=lambda act: (act["source"], act["time"])):
        assert docket.runner.wait(CLOCKS, docket.recorder.head(), 30)
        clock.taken_in(clock(), datetime.fromisoformat(time))
        docket.timer.record()
        headers = {DEVELOPMENT_HEADER: f"{speaker(source).partition('; clearance')[0]}; {FULL}"}
        for outcome in outcomes(client, [orjson.dumps(act) for act in together], headers):
            tally[outcome["outcome"]] = tally.get(outcome["outcome"], 0) + 1
            assert outcome["outcome"] != "turned-away", outcome
    docket.timer.record()
    return tally
