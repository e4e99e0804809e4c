"""The recorder keeps eventsourcing's contract: the library's own test cases pass against it."""

from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import pytest
from eventsourcing.tests import persistence as library

from domain.ledger.sqlite import SQLiteRecorder
from tests.domain.ledger.some_appends import opened


class _OnAFile(library.RecorderTestCase):
    def new_originator_id(self) -> str:
        return f"case-{uuid4()}"

    def create_recorder(self) -> SQLiteRecorder:
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        recorder = opened(Path(folder.name, "ledger.db"))
        self.addCleanup(recorder.close)
        return recorder


class TestApplicationRecorder(_OnAFile, library.ApplicationRecorderTestCase[SQLiteRecorder]):
    EXPECT_CONTIGUOUS_NOTIFICATION_IDS = True

    @pytest.mark.timeout(60)
    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class TestNonInterleavingPositions(_OnAFile, library.NonInterleavingNotificationIDsBaseCase):
    pass
