import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custseg._numbers import amount, number_words, roundest, significant_digits


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (26, 38, 30),
        (31, 38, 35),
        (31, 34, 32),
        (4, 5, 5),
        (812.17, 1033.5, 1000),
        (0.021, 0.034, 0.03),
        (0.29, 0.3, 0.3),
        (-38, -26, -30),
        (-3, 7, 0),
        (-3, 0, 0),
        (0, 3, 2),
        (199.99, 200, 200),
        (1e20, 3e20, 2e20),
    ],
)
def test_roundest_number_of_a_range(low: float, high: float, expected: float) -> None:
    assert roundest(low, high) == expected


@pytest.mark.parametrize(("low", "high"), [(5, 5), (6, 5), (math.nan, 1.0)])
def test_empty_range_has_no_roundest_number(low: float, high: float) -> None:
    assert roundest(low, high) is None


def test_of_equally_round_numbers_the_nearest_is_taken() -> None:
    assert roundest(55.5, 59.5) == 58
    assert roundest(55.5, 59.5, near=59.5) == 59
    assert roundest(-59.5, -55.5, near=-59.5) == -59


def test_whole_roundest_number_is_whole() -> None:
    assert roundest(0.2, 1.4, whole=True) == 1
    assert roundest(0.2, 0.9, whole=True) is None
    assert roundest(0.2, 0.9) == 0.5


@given(st.floats(-1e9, 1e9, allow_subnormal=False), st.floats(-1e9, 1e9, allow_subnormal=False))
def test_roundest_number_lies_in_the_range(first: float, second: float) -> None:
    low, high = sorted((first, second))
    found = roundest(low, high)
    assert found is None or low < found <= high
    assert found is not None or high - low <= 1e-13 * max(abs(low), abs(high))


@given(st.integers(-500, 500), st.integers(1, 500))
def test_no_number_of_a_range_has_fewer_digits(low: int, width: int) -> None:
    found = roundest(low, low + width, whole=True)
    assert found is not None
    assert significant_digits(found) == min(significant_digits(n) for n in range(low + 1, low + width + 1))


@pytest.mark.parametrize(("value", "digits"), [(0, 1), (1000, 1), (35, 2), (0.03, 1), (1.25, 3), (-120, 2)])
def test_significant_digits(value: float, digits: int) -> None:
    assert significant_digits(value) == digits


@pytest.mark.parametrize(
    ("value", "english", "russian"),
    [(1000, "1,000", "1\xa0000"), (0.5, "0.5", "0,5"), (1234.5678, "1,234.57", "1\xa0234,57"), (-2, "-2", "-2")],
)
def test_number_words(value: float, english: str, russian: str) -> None:
    assert (number_words(value), number_words(value, "ru")) == (english, russian)


@pytest.mark.parametrize(
    ("value", "plain", "genitive"),
    [
        (1, "1 заказ", "1 заказа"),
        (2, "2 заказа", "2 заказов"),
        (5, "5 заказов", "5 заказов"),
        (11, "11 заказов", "11 заказов"),
        (21, "21 заказ", "21 заказа"),
        (112, "112 заказов", "112 заказов"),
        (2.5, "2,5 заказа", "2,5 заказа"),
    ],
)
def test_russian_units_are_declined(value: float, plain: str, genitive: str) -> None:
    assert amount(value, "orders", "ru") == plain
    assert amount(value, "orders", "ru", genitive=True) == genitive


def test_english_units_and_shares() -> None:
    assert amount(1, "orders") == "1 order"
    assert amount(3, "orders per 30 days") == "3 orders per 30 days"
    assert amount(0.25, "share") == "25%"
    assert amount(0.25, "probability", "ru") == "25\xa0%"
    assert amount(1000, "money") == "1,000"
