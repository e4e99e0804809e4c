"""What was acknowledged outlives the server's kill -9, and nobody is told a guess.

kill -9 shows a crash of the process, not a power cut.
"""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Event

import psycopg
import pytest
from eventsourcing.persistence import OperationalError

from domain.ledger.postgres import PostgresRecorder
from domain.ledger.recorder import Attached, WrongStore
from tests.domain.ledger.some_appends import accepts, all_of, event
from tests.services.postgres import Server


def test_kill_9_of_the_server_under_eight_writers_leaves_every_act_exactly_once(own_server: Server) -> None:
    acknowledged: dict[str, list[int]] = {}
    many = Event()

    def write(name: int) -> None:
        for number in range(1, 121):
            act = f"act-{name}-{number}"
            events = [event(f"case-{name}", 2 * number - n, f"{act} {n}".encode() + b"." * 500) for n in (1, 0)]
            beside = Attached(act=act, disclosures=((b"Wy" + act.encode(),), ()))
            while act not in acknowledged:
                try:
                    got = list(recorder.insert_events(events, attached=beside))
                except OperationalError:  # of unknown outcome or not stored: it is looked up, as a ledger does
                    row = recorder.act(act)
                    if row is None:
                        continue
                    assert row.first is not None
                    got = [row.first, row.first + 1]
                acknowledged[act] = got
                if len(acknowledged) >= 100:
                    many.set()

    with closing(PostgresRecorder(own_server.dsn, verify=accepts, patience_s=60.0)) as recorder:
        with ThreadPoolExecutor(8) as pool:
            writers = [pool.submit(write, name) for name in range(8)]
            for _ in range(3):
                assert many.wait(60)
                many.clear()
                own_server.kill()
                own_server.start()
            for writer in writers:
                writer.result(120)
        rows = all_of(recorder)  # raises where a position is missing
        assert len(acknowledged) == 8 * 120
        assert len(rows) == 2 * len(acknowledged)
        for act, (first, last) in acknowledged.items():
            said = [rows[position - 1][2].rstrip(b".").decode() for position in (first, last)]
            assert said == [f"{act} 1", f"{act} 0"]
            assert recorder.act(act) == (first, last, last, None)
            assert recorder.disclosures([first, last]) == {first: (b"Wy" + act.encode(),)}


def test_a_server_away_for_longer_than_patience_refuses_and_all_goes_on_when_it_is_back(own_server: Server) -> None:
    with closing(PostgresRecorder(own_server.dsn, verify=accepts, patience_s=0.3)) as recorder:
        recorder.insert_events([event("case-1", 1)])
        recorder.head()
        with recorder.subscribe() as subscription:
            assert next(subscription).id == 1
            own_server.kill()
            for _ in range(2):
                with pytest.raises(OperationalError):
                    recorder.insert_events([event("case-1", 2)])
                with pytest.raises(OperationalError):
                    recorder.head()
            with pytest.raises(OperationalError):
                PostgresRecorder(own_server.dsn, verify=accepts, patience_s=0.3)
            own_server.start()
            assert recorder.insert_events([event("case-1", 2)]) == [2]
            assert next(subscription).id == 2
            assert recorder.head() == 2


def test_a_server_that_does_not_wait_for_its_disk_is_refused(own_server: Server) -> None:
    with psycopg.connect(own_server.dsn, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")
    own_server.kill()
    own_server.start()
    with pytest.raises(WrongStore, match="fsync"):
        PostgresRecorder(own_server.dsn, verify=accepts)
