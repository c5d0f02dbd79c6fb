"""Copies of plain values."""

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialsnest.lib.values import copy_with


@dataclass(frozen=True)
class Point:
    x: int
    y: int = 0


@given(st.integers(), st.integers(), st.dictionaries(st.sampled_from(["x", "y"]), st.integers()))
def test_a_copy_is_what_the_standard_library_makes(x: int, y: int, changes: dict[str, int]) -> None:
    point = Point(x, y)

    copy = copy_with(point, **changes)

    assert copy == replace(point, **changes)
    assert hash(copy) == hash(replace(point, **changes))
    assert point == Point(x, y)


def test_a_field_that_is_not_there_is_refused() -> None:
    with pytest.raises(TypeError, match="Point has no z"):
        copy_with(Point(1), z=3)
