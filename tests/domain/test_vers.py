"""Whether a version is in a range is told only where nobody could think otherwise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import vers

numbers = st.lists(st.integers(0, 20), min_size=1, max_size=4).map(lambda said: ".".join(map(str, said)))


@pytest.mark.parametrize(
    ("version", "said", "holds"),
    [
        ("2.30.0", ["vers:pypi/>=2.3.0|<2.31.0"], True),
        ("2.31.0", ["vers:pypi/>=2.3.0|<2.31.0"], False),
        ("2.31", ["vers:pypi/>=2.3.0|<=2.31.0"], True),
        ("v1.2", ["vers:golang/<1.10"], True),
        ("3.2.5", ["vers:gem/>=3.2.0|<3.2.22|>=4.2.0|<4.2.2"], True),
        ("4.0.0", ["vers:gem/>=3.2.0|<3.2.22|>=4.2.0|<4.2.2"], False),
        ("4.3.0", ["vers:gem/>=4.2.0"], True),
        ("1.0", ["vers:generic/*"], True),
        ("1.0", ["vers:generic/!=1.0"], False),
        ("1.1", ["vers:generic/!=1.0"], True),
        ("4.36.1", ["4.36.1", "4.36.-1"], True),
        ("4.36.2", ["4.36.1", "4.36.-1"], False),
        ("1.0.2q-r0", ["vers:apk/>=0|<1.0.2q-r1"], None),
        ("1.0.2", ["vers:apk/>=0|<1.0.2q-r1"], None),
        ("7", [], True),
    ],
)
def test_a_version_is_in_a_range_is_not_or_cannot_be_told(version, said, holds):
    assert vers.holds(version, said) is holds


@given(version=numbers, low=numbers, high=numbers)
def test_numbers_have_one_order(version, low, high):
    def key(said: str) -> list[int]:
        return (list(map(int, said.split("."))) + [0] * 4)[:4]

    said = [vers.write("semver", [(">=", low), ("<", high)])]
    assert vers.holds(version, said) is (key(low) <= key(version) < key(high))
