"""Findings come in by the thousand: each line acts, and is answered by what became of it and by what says the same."""

from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from api.acts.bodies import MOST_OF_BATCH, MOST_OF_ONE, media_type, whole
from api.acts.cloudevents import LINES, LineByLine, Shared, shared
from api.acts.receipts import Acting
from api.contract import PROBLEMS
from api.problems import Problem
from api.quotas import charging
from api.reading import Reading
from consumers.acts.intake import Malformed
from consumers.findings.asking import HOLDER, Batch, Item, items
from consumers.findings.finding import Format
from domain import wire
from domain.act import Principal
from domain.errors import TurnedAway
from projections.reported import REPORTED, Known, Same, named_so, sorted_names
from projections.visible import Sight

TOGETHER: Final = 128
"""Lines that are read, linked and let act before the next."""
ACTING: Final = 16
"""Threads in which findings act: what they append is committed together."""

_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "What became of each finding, in order",
        "content": {LINES: {"itemSchema": {"$ref": "#/components/schemas/FindingOutcome"}}},
    }
}
_BODY: Final = {
    "requestBody": {
        "required": True,
        "content": {LINES: {"itemSchema": {"$ref": "#/components/schemas/FindingLine"}}},
    }
}


@dataclass(frozen=True, slots=True)
class _Read:
    """A line: the findings that it asks to report, or why it is turned away."""

    index: int
    items: tuple[Item, ...] = ()
    wrong: TurnedAway | None = None


class Findings:
    """Where the findings of one request stand: their order, and what they call their vulnerabilities."""

    def __init__(
        self,
        batch: Batch,
        by: Principal,
        sight: Sight,
        *,
        reading: Reading,
        acting: Acting,
        charge: Callable[[int], None],
    ) -> None:
        self._batch, self._by, self._sight = batch, by, sight
        self._reading, self._acting, self._charge = reading, acting, charge
        self._known = Known()
        self._index = 0
        self.over = False
        """The record cannot answer."""

    def window(self, lines: list[bytes], acting: ThreadPoolExecutor) -> bytes:
        """What became of the next lines, as lines."""
        read = [self._read(line) for line in lines]
        self._charge(sum(max(1, len(each.items)) for each in read))
        going = [item for each in read for item in each.items]
        same = self._same(going)
        became = iter(list(zip(same, self._became(going, acting), strict=True)))
        return b"".join(wire.canonical(told) + b"\n" for each in read for told in self._told(each, became))

    def not_a_line(self, sentence: str) -> bytes:
        """A line for something that is no line, and takes the place of one."""
        read = _Read(self._next(), wrong=Malformed(sentence))
        return b"".join(wire.canonical(told) + b"\n" for told in self._told(read, iter(())))

    def _read(self, line: bytes) -> _Read:
        index = self._next()
        try:
            if len(line) > MOST_OF_ONE:
                raise Malformed(f"A line has at most {MOST_OF_ONE} bytes.")
            return _Read(index, tuple(items(self._batch, line)))
        except TurnedAway as wrong:
            return _Read(index, wrong=wrong)

    def _next(self) -> int:
        index, self._index = self._index, self._index + 1
        return index

    def _same(self, going: list[Item]) -> list[tuple[Same, ...]]:
        """What each is linked with: reports that the record has, as far as its views are, and those before it here."""
        names = list({name for item in going for name in sorted_names(item.aliases)})
        digests = list({item.digest for item in going})
        if going:
            for row in named_so(self._reading.reads, self._sight, names, digests):
                self._known.add(row.vulnerability_id, row.names, row.digest)
        found = []
        for item in going:
            found.append(self._known.same(item.vulnerability_id, item.aliases, item.digest))
            self._known.add(item.vulnerability_id, item.aliases, item.digest)
        return found

    def _became(self, going: list[Item], acting: ThreadPoolExecutor) -> list[dict[str, Any]]:
        """What became of each: at once, except that what has an id that stood before waits for what had it first."""
        first = {item.id: number for number, item in reversed([*enumerate(going)])}
        numbers = list(first.values())
        became = dict(zip(numbers, acting.map(self._act, (going[number] for number in numbers)), strict=True))
        return [became[number] if number in became else self._act(item) for number, item in enumerate(going)]

    def _act(self, item: Item) -> dict[str, Any]:
        return self._acting.outcome(item.act, self._by, complete_at=self._acting.clock())

    def _told(self, read: _Read, became: Iterator[tuple[tuple[Same, ...], dict[str, Any]]]) -> Iterator[dict[str, Any]]:
        if read.wrong is not None:
            yield {"index": read.index, "part": 0, "id": None, **self._acting.refused_entry(read.wrong, self._by)}
        for part, item in enumerate(read.items):
            same, outcome = next(became)
            self.over = self.over or outcome["outcome"] == "unavailable"
            yield {"index": read.index, "part": part, "id": item.id, **outcome, "finding": _finding(item, same)}


def _finding(item: Item, same: tuple[Same, ...]) -> dict[str, Any]:
    finding = item.finding
    return {
        "vulnerability_id": item.vulnerability_id,
        "format": item.format,
        "document": item.document,
        "digest": item.digest,
        "aliases": item.aliases,
        "same_as": same,
        "left_out": item.left_out,
        "points": () if finding is None else finding.points,
        "statuses": () if finding is None else finding.statuses,
        "dates": {} if finding is None else dict(finding.dates),
    }


async def each_window(body: bytes, findings: Findings, acting: ThreadPoolExecutor) -> AsyncIterator[bytes]:
    """What becomes of the lines, many at once; one without an end does not act.

    The body is whole before the first answer: whoever writes all of it before reading would wait for itself.
    """
    *lines, rest = body.split(b"\n")
    waiting = [line for line in lines if line.strip()]
    for first in range(0, len(waiting), TOGETHER):
        yield await run_in_threadpool(findings.window, waiting[first : first + TOGETHER], acting)
        if findings.over:
            return
    if rest.strip():
        yield findings.not_a_line("The last line has no end, so it did not act.")


def router(reading: Reading, acting: Acting, caller: Callable[[Request], Principal]) -> APIRouter:
    """The route for findings."""
    routes = APIRouter(tags=["clearinghouse"])
    By = Annotated[Principal, Depends(caller)]  # noqa: N806 - a type
    threads = ThreadPoolExecutor(ACTING, thread_name_prefix="findings")

    @routes.post(
        "/v1/clearinghouse/findings",
        operation_id="postFindings",
        summary="Findings as others write them, a line each: CVE, OSV, CSAF, KEV, or the record's own form",
        description=(
            "Each finding of a line becomes a `vulnerability.report.v1`. Its ids follow from the batch, its sender and "
            "what the document calls itself, so that a batch that broke off is sent again, whole or in part, and "
            "repeats nothing; a document that says something else under a name that the batch had before is "
            "`id-reused`. What says the same as another report is recorded, and linked with it in `same_as`. Keep the "
            "id of a batch to yourself: the pseudonym of its reports follows from it."
        ),
        openapi_extra=_BODY,
        responses={**_RESPONSES, **PROBLEMS},
    )
    async def post(
        *,
        request: Request,
        by: By,
        shared: Annotated[Shared, Depends(shared)],
        format: Annotated[Format | None, Query(description="Of every line; by default each says it itself.")] = None,
        holder: Annotated[
            str | None, Query(max_length=200, description="Who keeps the documents; by default nobody is named.")
        ] = None,
        docket_holder: Annotated[str | None, Header(max_length=200, description="The same as `holder`.")] = None,
    ) -> Response:
        media_type(request, LINES)
        if shared.id is None:
            raise Problem("parameter-wrong", "A batch of findings has an id, a UUID that its sender chose at random.")
        batch = Batch(
            id=shared.id,
            actor=str(by.actor),
            marking=shared.marking,
            holder=holder or docket_holder or HOLDER,
            format=format,
        )
        sight = await run_in_threadpool(reading.sight_of, by)
        await run_in_threadpool(reading.reads.position, REPORTED)  # where it is not built yet, nothing is taken in
        findings = Findings(batch, by, sight, reading=reading, acting=acting, charge=charging(request))
        return LineByLine(each_window(await whole(request, MOST_OF_BATCH), findings, threads))

    return routes
