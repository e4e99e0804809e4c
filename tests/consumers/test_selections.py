"""A selection list decides what a table asks for, or it is said what it leaves open."""

import json
from pathlib import Path

import pytest

from consumers.acts.intake import Malformed
from consumers.findings import selections
from consumers.findings.finding import Point
from domain.ssvc import TABLES

TABLE = TABLES["cisa:DT_CO", "2.0.3"]
PUBLISHED = Path(__file__).parents[1] / "data" / "ssvc" / "CVE-1900-1234-Decision_Point_Value_Selection-2-0-0.json"
IMPACT = {"namespace": "ssvc", "key": "MWI", "version": "1.0.0", "values": [{"name": "high", "key": "H"}]}


def said(*more, change=None):
    document = json.loads(PUBLISHED.read_bytes())
    document["selections"] += more
    return (change or (lambda whole: whole))(document)


def test_what_the_table_asks_for_is_told_as_it_came_in_and_as_the_table_writes_it():
    found = selections.points(said(IMPACT), TABLE)
    assert found == (
        Point(point="ssvc:E:1.1.0", raw="Active", value="A"),
        Point(point="ssvc:A:2.0.0", raw="Yes", value="Y"),
        Point(point="ssvc:TI:1.0.0", raw="Total", value="T"),
        Point(point="ssvc:MWI:1.0.0", raw="high", value="H"),
    )
    assert TABLE.outcome({each.point: each.value or "" for each in found}) == "AC"


@pytest.mark.parametrize(
    ("document", "at"),
    [
        (said(), "/selections"),
        (said(IMPACT, IMPACT), "/selections/4"),
        (said(IMPACT | {"values": [{"key": "H"}, {"key": "L"}]}), "/selections/3/values"),
        (said(IMPACT | {"values": [{"key": "Z"}]}), "/selections/3/values/0"),
        (said(IMPACT | {"version": "9.0.0"}), "/selections"),
        (said(IMPACT | {"weather": "fair"}), "/selections/3"),
        ({"selections": []}, ""),
    ],
)
def test_a_list_that_leaves_something_open_says_where(document, at):
    with pytest.raises(Malformed) as turned_away:
        selections.points(document, TABLE)
    assert at in [wrong.pointer for wrong in turned_away.value.errors]
