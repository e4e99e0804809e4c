"""Each recorder keeps eventsourcing's contract: the library's own test cases pass against it."""

from tempfile import TemporaryDirectory
from uuid import uuid4

import pytest
from eventsourcing.tests import persistence as library

from domain.ledger.recorder import LedgerRecorder
from tests.domain.ledger.some_appends import opened_at
from tests.services.postgres import Postgres


class _Ours(library.RecorderTestCase):
    def where(self) -> str:
        raise NotImplementedError

    def new_originator_id(self) -> str:
        return f"case-{uuid4()}"

    def create_recorder(self) -> LedgerRecorder:
        recorder = opened_at(self.where())
        self.addCleanup(recorder.close)
        return recorder


class _OnAFile(_Ours):
    def where(self) -> str:
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return f"file:{folder.name}/ledger.db"


class _OnADatabase(_Ours):
    server: Postgres

    @pytest.fixture(autouse=True)
    def _serve(self, postgres: Postgres) -> None:
        self.server = postgres

    def where(self) -> str:
        return self.server.new_database()


class _ApplicationRecorder(library.ApplicationRecorderTestCase[LedgerRecorder]):
    EXPECT_CONTIGUOUS_NOTIFICATION_IDS = True

    @pytest.mark.timeout(60)
    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class TestApplicationRecorderOnAFile(_OnAFile, _ApplicationRecorder):
    pass


class TestApplicationRecorderOnADatabase(_OnADatabase, _ApplicationRecorder):
    pass


class TestNonInterleavingPositionsOnAFile(_OnAFile, library.NonInterleavingNotificationIDsBaseCase):
    pass


class TestNonInterleavingPositionsOnADatabase(_OnADatabase, library.NonInterleavingNotificationIDsBaseCase):
    pass
