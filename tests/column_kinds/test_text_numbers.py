"""Numbers that a column holds as text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custseg._column_kinds import numbers_in_text


def read(*texts: str | None, decimal: str | None = None) -> list[float | None]:
    column = numbers_in_text(texts, decimal=decimal)
    assert column.is_numeric
    return list(column.values)


def test_gaps_and_words_for_none_are_missing() -> None:
    assert read("1.5", None, "-", "n/a", "н/д", " 2 ") == [1.5, None, None, None, None, 2]


@pytest.mark.parametrize(
    ("texts", "numbers"),
    [
        (["1,234.50", "12"], [1234.5, 12]),
        (["1.234,50", "12"], [1234.5, 12]),
        (["1 234,5", "7,25"], [1234.5, 7.25]),
        (["1'234.5", "7"], [1234.5, 7]),
        (["$84,835.00", "-3.00 €"], [84835, -3]),
        (["1e3", "-2.5E-1"], [1000, -0.25]),
        (["\u22123", "+4"], [-3, 4]),
    ],
)
def test_marks_and_signs(texts: list[str], numbers: list[float]) -> None:
    assert read(*texts) == numbers


def test_comma_before_three_digits_is_doubtful() -> None:
    column = numbers_in_text(["1,234", "5,678"])
    assert (column.is_numeric, column.is_doubtful, column.is_partly_numeric) == (False, True, True)
    assert read("1,234", "5,678", decimal=",") == [1.234, 5.678]
    assert read("1,234", "5,678", decimal=".") == [1234, 5678]


def test_codes_are_not_numbers() -> None:
    column = numbers_in_text(["01067", "10115", "20095"])
    assert (column.is_numeric, column.is_code) == (False, True)


def test_one_other_text_in_twenty_is_a_few() -> None:
    assert numbers_in_text(["1"] * 19 + ["soon"]).is_numeric
    column = numbers_in_text(["1"] * 18 + ["soon"])
    assert (column.is_numeric, column.is_partly_numeric, column.count, column.others) == (False, True, 18, 1)


def test_words_are_not_numbers() -> None:
    column = numbers_in_text(["north", "south", "1", "-"])
    assert (column.is_numeric, column.is_partly_numeric, column.is_empty) == (False, False, False)
    assert numbers_in_text(["-", None, "n/a"]).is_empty
    assert numbers_in_text([None, None]).is_empty


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_every_float_reads_back(numbers: list[float]) -> None:
    assert numbers_in_text([repr(number) for number in numbers]).values == tuple(numbers)
