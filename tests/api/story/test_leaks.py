"""Words are planted at every marking; whatever anybody is given is searched for those that they may not have."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from time import monotonic, sleep

import httpx2
import orjson
import pytest
import structlog

from api.app import build_app
from api.identity.development import DEVELOPMENT_HEADER
from consumers.inbox.answers import Answers
from consumers.inbox.outcome_record import outcome_record
from projections.case_status import CASE_STATUS
from tests.api.knocking import named_id
from tests.api.serving import served
from tests.api.story.addresses import ALL, Addresses, given
from tests.api.story.knowing import Knowing, Nobody
from tests.api.story.planting import FULL, WORD, Told, unfolded
from tests.consumers.asking import STRUCTURED
from tests.consumers.test_answers import Record

DEVELOPER = "aed6172e-b5a6-5207-869a-29e9ad3cd6f3"
READERS = {
    "an office without clearance": 'office/treasury; name="L. Example"; clearance="UNCLASSIFIED"',
    "an office that may see CUI": 'office/treasury; name="C. Example"; clearance="CUI"; audiences=all',
    "oversight of another office": 'office/gao; name="G. Example"; clearance="CUI//SP-CTI"; roles=oversight',
    "an office with secrets and no categories": 'office/dod; name="S. Example"; clearance="SECRET//TLP:RED"',
    "an office that needs to know of little": f'office/dhs; name="N. Example"; {FULL}; needs="tasking lease"',
    "a developer": f'participant/{DEVELOPER}; name="D. Example"; {FULL}',
}
HEARD = {**READERS, "everybody": ALL}
STREAMS = ("", "case_status", "final_authority", "clocks", "leases")
FILE = re.compile(r'(?:attachment|inline); filename="[a-z0-9-]+\.[a-z]+(?:-proof)?"')


def test_the_words_are_there_for_whoever_may_see_them(story: Told, addresses: Addresses) -> None:
    assert story.tally["recorded"] > 600, story.tally
    assert len(story.planted.words) > 400
    told: set[str] = set()
    for _, answer in story.answers(addresses.of(story, Knowing.of(ALL)), ALL):
        told |= {*WORD.findall(unfolded(given(answer)))}
    missing = [story.planted.facts[word.act] for word, number in story.planted.words.items() if str(number) not in told]
    assert not missing


@pytest.mark.parametrize("who", READERS)
def test_no_answer_has_a_word_that_its_reader_may_not_have(story: Told, addresses: Addresses, who: str) -> None:
    by, reader = READERS[who], Knowing.of(READERS[who])
    statuses = set()
    for address, answer in story.answers(addresses.of(story, reader), by):
        leaked = story.planted.leaked_in(given(answer), reader)
        assert not leaked, (address, answer.status_code, leaked)
        file = answer.headers.get("content-disposition")
        assert file is None or FILE.fullmatch(file), file
        statuses.add(answer.status_code)
    assert statuses <= {200, 303, 400, 404}, statuses


def test_no_stream_has_one_from_its_first_message_to_its_last(story: Told) -> None:
    """Neither of what is recorded, nor as a view is built anew (`reset`), nor as the server ends it."""
    heard: dict[tuple[str, str], bytearray] = defaultdict(bytearray)

    def listen(address: str, who: str, view: str) -> None:
        headers = {DEVELOPMENT_HEADER: HEARD[who], "Last-Event-ID": "0"}
        with (
            httpx2.Client(base_url=address, timeout=30) as client,
            client.stream("GET", "/v1/stream", headers=headers, params={"view": view} if view else {}) as answer,
        ):
            for part in answer.iter_bytes():
                heard[who, view] += part

    each = [*product(HEARD, STREAMS)]
    end = b"id: %d\n" % story.docket.recorder.head()
    app = build_app(story.services)
    with ThreadPoolExecutor(len(each)) as threads, served(app) as address:
        listening = [threads.submit(listen, address, *one) for one in each]
        awaited(lambda: all(end in heard[one] for one in each))
        story.docket.runner.rebuild(CASE_STATUS)
        awaited(lambda: all(b"event: reset" in heard[who, "case_status"] for who in HEARD))
        app.state.end_streams()
        for one in listening:
            one.result(20)
    for who, view in each:
        assert not story.planted.leaked_in(bytes(heard[who, view]), Knowing.of(HEARD[who])), (who, view)
    assert len(heard["everybody", ""]) > len(heard["an office that may see CUI", ""]) > 100_000


def test_no_outcome_over_kafka_has_one_that_the_person_who_asks_may_not_have(story: Told) -> None:
    """Each act of an office once more, by somebody of it who is cleared for less: its first receipt, and no event."""
    ledger, head, outcomes = story.docket.ledger, story.docket.recorder.head(), Counter[str]()
    log = structlog.wrap_logger(None, processors=[story.log])
    for number, act in enumerate(each for each in story.planted.sent if each["source"].startswith("office/")):
        office = act["source"].partition("?")[0].removeprefix("office/")
        reader = Knowing.of(f'office/{office}; name="K. Example"; clearance="SECRET"')
        person = {"person": named_id("K. Example"), "personname": "K. Example", "personclearance": "SECRET"}
        record = Record(orjson.dumps(act | person), [*STRUCTURED], offset=number)
        answer = Answers(ledger=ledger, office=office, clock=story.docket.clock, log=log).to(record)
        told = outcome_record(answer, actions=record.topic, ledger=ledger.opened.ledger)
        outcomes[answer.outcome] += 1
        said = repr((told.key, told.value, told.headers)).encode()
        assert not WORD.search(said.decode()), (act["type"], said)
        assert not story.planted.leaked_in(said, reader), (act["type"], said)
    assert story.docket.recorder.head() == head
    assert outcomes["repeated"] > 40, outcomes
    assert not any(b"kanarie" in repr(entry).encode() for entry in story.log.entries), "the log holds no content"


def awaited(is_so: Callable[[], bool]) -> None:
    until = monotonic() + 30
    while not is_so():
        assert monotonic() < until, "nothing more is heard"
        sleep(0.02)


def test_a_participant_of_whom_nothing_tells_is_told_of_no_life(story: Told, addresses: Addresses) -> None:
    stranger = f'participant/{named_id("stranger")}; name="T. Example"; {FULL}'
    for address, answer in story.answers(addresses.of(story, Knowing.of(stranger)), stranger):
        told = given(answer)
        named = {each for each in story.planted.lives_in(told) if each not in address}
        assert not named, (address, answer.status_code, named)
        assert not story.planted.leaked_in(told, Knowing.of(stranger)), address
        assert answer.status_code in {200, 303, 404} or answer.headers["content-type"] == "application/problem+json"


def test_nobody_is_told_anything(story: Told, addresses: Addresses) -> None:
    open_to_all = ("/", "/docs", "/metrics", "/readyz", "/livez", "/openapi.json", "/asyncapi.json", "/problems")
    for address, answer in story.answers((*open_to_all, *addresses.of(story, Nobody())), None):
        assert not story.planted.leaked_in(given(answer), Nobody()), address
    assert not any(b"kanarie" in repr(entry).encode() for entry in story.log.entries), "the log holds no content"
