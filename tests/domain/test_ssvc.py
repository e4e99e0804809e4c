"""Every row of every table is what its owner published, whichever way its values are written."""

import csv
import json
from contextlib import suppress
from itertools import product
from pathlib import Path

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import ssvc
from domain.ssvc import TABLES, Table, UnknownValue

DATA = Path(__file__).parents[1] / "data" / "ssvc"
PUBLISHED = {
    (f"{said['namespace']}:{said['key']}", said["version"]): said
    for said in (json.loads(path.read_text()) for path in Path(ssvc.__file__).parent.glob("*.json"))
}
ALL = pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: f"{table.id}-{table.version}")


def test_every_published_table_is_known():
    assert TABLES.keys() == PUBLISHED.keys()


@ALL
def test_a_table_is_as_its_owner_s_schema_says(table: Table):
    schema = json.loads((DATA / "DecisionTable_2_0_0.schema.json").read_text())
    jsonschema_rs.validator_for(schema).validate(PUBLISHED[table.id, table.version])


@ALL
def test_every_row_gives_its_outcome(table: Table):
    for row in PUBLISHED[table.id, table.version]["mapping"]:
        values = {point: key for point, key in row.items() if point != table.outcomes.id}
        assert ssvc.outcome(table.id, table.version, values) == row[table.outcomes.id]


@ALL
def test_every_combination_of_values_has_one_row(table: Table):
    asked = [tuple(row[point.id] for point in table.points) for row in table.rows]
    assert sorted(asked) == sorted(product(*(point.values for point in table.points)))


@ALL
def test_no_value_can_be_taken_for_another(table: Table):
    for point in (*table.points, table.outcomes):
        written = [{key.casefold(), name.casefold()} for key, name in point.values.items()]
        assert sum(map(len, written)) == len(set[str]().union(*written))


@ALL
def test_values_may_be_written_by_name_in_any_case(table: Table):
    for row in table.rows:
        values = {point.name.upper(): point.values[row[point.id]].lower() for point in table.points}
        assert table.outcome(values) == row[table.outcomes.id]


@pytest.mark.parametrize("name", ["cisa_bod_26_04_1_0_0", "cisa_coordinator_2_0_3"])
def test_the_tables_that_are_also_published_as_lists_agree_with_them(name):
    with (DATA / f"{name}.csv").open(encoding="utf-8") as file:
        header, *rows = list(csv.reader(file))
    table = next(table for table in TABLES.values() if table.outcomes.name in header[-1])
    for row in rows:
        values = {column.partition(" v")[0]: value for column, value in zip(header[1:-1], row[1:-1], strict=True)}
        assert table.outcomes.values[table.outcome(values)].lower() == row[-1]


def test_active_is_active_however_it_is_written():
    table = TABLES["cisa:DT_CO", "2.0.3"]
    written = [table.normal({"Exploitation": raw}) for raw in ("active", "Active", "A", " ACTIVE ")]
    assert written == [{"ssvc:E:1.1.0": "A"}] * 4
    assert table.normal({"Exploitation": "poc"}) == table.normal({"ssvc:E:1.1.0": "Public PoC"})


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"Exploitation": "rampant"}, "is one of: None, Public PoC, Active"),
        ({"Weather": "N"}, "asks for: Exploitation, Automatable, Technical Impact"),
        ({"Exploitation": "A", "E": "N"}, "given twice"),
        ({"Exploitation": "A"}, "asks for: Automatable, Technical Impact, Mission and Well-Being Impact"),
    ],
)
def test_what_the_table_does_not_have_is_named(values, sentence):
    with pytest.raises(UnknownValue, match=sentence):
        ssvc.outcome("cisa:DT_CO", "2.0.3", values)


def test_a_table_that_is_not_known_has_no_outcome():
    assert ssvc.outcome("cisa:DT_CO", "9.9.9", {}) is None


@given(values=st.dictionaries(st.text(), st.text(), max_size=4))
def test_any_text_is_answered(values):
    for table in TABLES.values():
        with suppress(UnknownValue):
            assert table.outcome(values) in table.outcomes.values
