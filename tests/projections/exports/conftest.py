"""One record and one export of it, which no test changes."""

from collections.abc import Iterator

import pytest

from tests.consumers.checkpoints.signing_log import Signed, signed
from tests.projections.exports.exporting import CASES, HIGHEST, Made, exported
from tests.projections.small_ledger import CUI, SECRET


@pytest.fixture(scope="module")
def record(tmp_path_factory) -> Iterator[Signed]:
    """Some six hundred events, of which some are marked higher than others."""
    with signed(tmp_path_factory.mktemp("record")) as made:
        for number in range(CASES):
            marking = {0: SECRET, 1: CUI}.get(number % 9, "UNCLASSIFIED")
            case = made.ledger.submit(f"Model {number}", marking=marking, protected=HIGHEST)
            made.ledger.concern(case, marking=marking, protected=HIGHEST)
            made.ledger.refused(case, marking=marking, protected=HIGHEST)
        made.grow()
        yield made


@pytest.fixture(scope="module")
def made(record, tmp_path_factory) -> Made:
    path = exported(record, tmp_path_factory.mktemp("export") / "all.zip")
    return Made(path, record.log.size(), record)
