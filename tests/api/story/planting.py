"""The invented story once more, each act marked otherwise, and in each text a word that tells which act it is from.

What somebody is given then shows what they may not have: a word is only for whoever may know of what its act recorded,
and a word that is protected only for whoever is told that.
"""

import asyncio
import re
from base64 import urlsafe_b64decode
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import httpx2
import orjson
from starlette.testclient import TestClient
from structlog.testing import LogCapture

from api.app import Services
from api.cli.demo import speaker
from api.cli.publish import outcomes
from api.clock import SimulatedClock
from api.compose import Embedded
from api.demo import STORY
from api.identity.development import DEVELOPMENT_HEADER
from domain import wire
from domain.markings import Marking, join, parse
from domain.message import protected_names
from domain.values import ParticipantId, case_id
from projections.clocks import CLOCKS
from tests.api.knocking import asked_as_known
from tests.api.story.knowing import TO_ONE, Knowing, Nobody, Recorded, matter_of, recorded

LEVELS: Final = (
    "UNCLASSIFIED",
    "UNCLASSIFIED//TLP:AMBER",
    "CUI",
    "CUI//FED ONLY",
    "CUI//SP-CTI",
    "SECRET",
    "SECRET//NOFORN",
    "SECRET//CUI//SP-PROPIN",
)
NAMING: Final = frozenset({"participant.enrol.v1", "office.rename.v1"})
"""What gives somebody a name: whatever they do says it, so it is as open as the most open act of theirs."""
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
    services: Services
    """What its door was built of."""
    log: LogCapture
    tally: dict[str, int]

    def get(self, path: str, by: str | None, **query: Any) -> Any:
        headers = {} if by is None else {DEVELOPMENT_HEADER: by}
        return asked_as_known(self.client, path, headers, query)

    def answers(self, addresses: Iterable[str], by: str | None) -> list[tuple[str, httpx2.Response]]:
        """What is answered at each of them: at the door itself, without the threads of `client`, which cost more."""

        async def asked() -> list[tuple[str, httpx2.Response]]:
            headers = {} if by is None else {DEVELOPMENT_HEADER: by}
            door = httpx2.ASGITransport(app=self.client.app, client=("127.0.0.1", 1), raise_app_exceptions=False)
            async with httpx2.AsyncClient(transport=door, base_url="http://127.0.0.1", headers=headers) as client:
                return [(address, await client.get(address)) for address in addresses]

        return asyncio.run(asked())


@dataclass(frozen=True, slots=True)
class Word:
    """What a word in an answer tells."""

    act: str
    is_protected: bool


class Planted:
    """The story's acts as they are sent, and what became of the words in them."""

    def __init__(self) -> None:
        self.words: dict[Word, int] = {}
        """Each with its number, in order."""
        self.facts: dict[str, list[Recorded]] = defaultdict(list)
        """Act → what was recorded by it."""
        self.of_event: dict[str, Recorded] = {}
        self.sent: list[dict[str, Any]] = []
        self._lives: dict[str, str] = {}
        """Id → how that is marked with which a life begins."""

    def acts(self) -> Iterator[dict[str, Any]]:
        """Every act of the story, marked and with its words."""
        for line in (line for file in STORY for line in Path(file).read_bytes().splitlines()):
            self.sent.append(self._act(orjson.loads(line)))
            yield self.sent[-1]

    def told(self, documents: Iterable[bytes]) -> None:
        """This was recorded by it."""
        all_ = [orjson.loads(document) for document in documents]
        participants = {said["data"]["participant"] for said in all_ if said["type"] == "participant.enrolled.v1"}
        names: dict[str, set[str]] = defaultdict(set)
        for said in all_:
            names[matter_of(said)] |= participants.intersection(ID.findall(repr((said["data"], said["actor"]))))
        for said in all_:
            own = participants.intersection(ID.findall(repr(said["data"])))
            among = own if said["type"] in TO_ONE else names[matter_of(said)]
            fact = self.of_event[said["id"]] = recorded(said, frozenset(among))
            self.facts[said["commandid"]].append(fact)

    def leaked_in(self, said: bytes, reader: Knowing | Nobody) -> set[str]:
        """What in it is not for this reader: words, and names of lives for which it is not cleared."""
        text, words = unfolded(said), [*self.words]
        told = {words[int(each)] for each in WORD.findall(text)}
        found = {f"{word}: {self.facts[word.act]}" for word in told if not self._is_for(reader, word)}
        lives = {each: self._lives[each] for each in ID.findall(text) if each in self._lives}
        return found | {f"{id}: {marking}" for id, marking in lives.items() if not reader.is_cleared(marking)}

    def lives_in(self, said: bytes) -> set[str]:
        """The cases, leases, scans and all else of somebody's own that it names."""
        return set(ID.findall(unfolded(said))) & self._lives.keys()

    def _is_for(self, reader: Knowing | Nobody, word: Word) -> bool:
        known = [each for each in self.facts[word.act] if reader.knows(each)]
        return any(not word.is_protected or reader.is_told(each) for each in known)

    def _act(self, act: dict[str, Any]) -> dict[str, Any]:
        marking = join(self._marking(act["id"], act["type"], _named(act)), parse(act["marking"]))
        protected = join(marking, _by_chance(f"{act['id']} protects"), parse(act.get("protectedmarking", LEVELS[0])))
        kind = act["type"].partition(".")[0]
        data = {
            name: self._planted(value, Word(act["id"], (kind, name) in _PROTECTED))
            for name, value in act["data"].items()
        }
        return act | {"marking": str(marking), "protectedmarking": str(protected), "data": data}

    def _marking(self, id: str, type: str, data: Mapping[str, Any]) -> Marking:
        """As all that it names, and as chance has it; where a life begins with it, that is its own."""
        if type in NAMING:
            return parse(LEVELS[0])
        named = ID.findall(orjson.dumps(data).decode())
        about = [parse(self._lives[each]) for each in named if each in self._lives]
        marking = join(_by_chance(id), *about)
        own = data.get(f"{type.partition('.')[0]}_id")
        if own is not None and own not in self._lives:
            self._lives[own] = str(marking)
        return marking

    def _planted(self, value: Any, word: Word) -> Any:
        match value:
            case str() if " " in value:
                return f"{value} kanarie{self.words.setdefault(word, len(self.words))}x"
            case list():
                return [self._planted(each, word) for each in value]
            case dict():
                return {name: self._planted(each, word) for name, each in value.items()}
            case _:
                return value


def _by_chance(of: str) -> Marking:
    """Every second is open to all; of the others each level is as frequent as another."""
    number = sha256(of.encode()).digest()[0]
    return parse(LEVELS[(number >> 1) % len(LEVELS) if number & 1 else 0])


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
    planted.told(document for _, _, document in docket.recorder.read(0, docket.recorder.head()))
    return tally
