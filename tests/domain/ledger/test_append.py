"""Many appends in one transaction are judged as if each had been stored before the next was looked at."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.ledger.append import Append, judge
from domain.ledger.recorder import ActKnown, CorruptingSetting, StaleRead, refuse_corrupting_settings
from domain.ledger.sqlite import SQLiteRecorder
from tests.domain.ledger.some_appends import an_append, opened

streams = st.sampled_from(["case-1", "case-2", "office-nsa"])
appends = st.lists(
    st.builds(
        lambda events, act, reads: an_append(*events, act=act, reads=reads),
        st.lists(st.tuples(streams, st.integers(0, 4)), max_size=3),
        st.sampled_from([None, "act-1", "act-2", "act-3"]),
        st.dictionaries(streams, st.integers(0, 3), max_size=2),
    ),
    max_size=8,
)


def plain(answers: Sequence[object]) -> list[object]:
    return [a if isinstance(a, range) else (type(a), str(a)) for a in answers]


def test_the_second_of_a_batch_sees_the_first() -> None:
    first, same, behind = (
        an_append(("case-1", 4)),
        an_append(("case-1", 4)),
        an_append(("case-1", 5), reads={"case-1": 4}),
    )
    verdicts = judge([first, same, behind], head=7, heads={"case-1": 3}, acts=())
    assert verdicts[0] == range(8, 9)
    assert isinstance(verdicts[1], StaleRead)
    assert verdicts[1].moved == {"case-1": 4}
    assert verdicts[2] == range(9, 10)


def test_the_second_of_two_equal_acts_is_known() -> None:
    verdicts = judge([an_append(("a", 1), act="x"), an_append(("a", 1), act="x")], head=0, heads={}, acts=())
    assert verdicts[0] == range(1, 2)
    assert isinstance(verdicts[1], ActKnown)


@given(appends)
def test_a_batch_is_stored_as_one_by_one(batch: list[Append]) -> None:
    with TemporaryDirectory() as folder:
        together, alone = Path(folder, "together.db"), Path(folder, "alone.db")
        with closing(opened(together)) as one, closing(opened(alone)) as other:
            answers = one._writer(batch, lambda: None)
            assert plain(answers) == plain([other._writer([append], lambda: None)[0] for append in batch])
            assert tables(one) == tables(other)
            positions = [position for answer in answers if isinstance(answer, range) for position in answer]
            assert positions == list(range(1, one.head() + 1))
            one._writer.close()
            other._writer.close()


def tables(recorder: SQLiteRecorder) -> list[list[object]]:
    with recorder._file.reader() as connection:
        return [
            connection.execute(f"SELECT * FROM {name} ORDER BY 1").fetchall()  # noqa: S608 - the names stand below
            for name in ("events", "acts", "disclosures")
        ]


@pytest.mark.parametrize(
    "name", ["POSTGRES_ENABLE_DB_FUNCTIONS", "DOCKET_POSTGRES_ENABLE_DB_FUNCTIONS", "compressor_topic"]
)
def test_a_setting_that_corrupts_refuses_to_start(name: str) -> None:
    with pytest.raises(CorruptingSetting, match=name):
        refuse_corrupting_settings({"PATH": "/bin", name: "n"})


def test_other_settings_and_empty_ones_are_nobody_s_business() -> None:
    refuse_corrupting_settings({"PATH": "/bin", "POSTGRES_ENABLE_DB_FUNCTIONS": " ", "POSTGRES_DBNAME": "docket"})
