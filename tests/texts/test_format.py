import math
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custseg.texts import (
    EXACT,
    amount,
    calendar_date,
    counted,
    listed,
    median_text,
    number,
    percent,
    plural,
    roundest,
    shortened,
    shown,
    significant_digits,
    table,
    unit_beside,
    value_text,
    whole_range,
)


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
    [
        (None, "–", "–"),
        (math.nan, "–", "–"),
        (0.0, "0", "0"),
        (-0.0, "0", "0"),
        (-0.0001, "-0.0001", "-0,0001"),
        (3.0, "3", "3"),
        (1013.77, "1,014", "1\xa0014"),
        (12.5, "12.5", "12,5"),
        (12.345, "12.3", "12,3"),
        (1.50, "1.5", "1,5"),
        (99.999, "100", "100"),
        (9.999, "10", "10"),
        (0.0421, "0.0421", "0,0421"),
        (-31.56, "-31.6", "-31,6"),
        (12345.6, "12,346", "12\xa0346"),
        (2e9, "2,000,000,000", "2\xa0000\xa0000\xa0000"),
        (1.7e308, "1.7e+308", "1,7e+308"),
        (2e-155, "0", "0"),
        (0.00042, "0.0004", "0,0004"),
    ],
)
def test_numbers_as_people_read_them(value: float | None, english: str, russian: str) -> None:
    assert (number(value), number(value, "ru")) == (english, russian)


@pytest.mark.parametrize(
    ("value", "english", "russian"),
    [(1000, "1,000", "1\xa0000"), (0.5, "0.5", "0,5"), (1234.5678, "1,234.57", "1\xa0234,57"), (-2, "-2", "-2")],
)
def test_more_digits_of_exact_numbers(value: float, english: str, russian: str) -> None:
    assert (number(value, digits=EXACT), number(value, "ru", digits=EXACT)) == (english, russian)


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (None, "–"),
        (math.nan, "–"),
        (0, "0%"),
        (0.0003, "<0.1%"),
        (0.004, "0.4%"),
        (0.006, "1%"),
        (0.456, "46%"),
        (0.994, "99%"),
        (0.996, "99.6%"),
        (0.999, "99.9%"),
        (0.99999, ">99.9%"),
        (1, "100%"),
        (1 - 1e-12, "100%"),
        (-0.25, "-25%"),
        (1.5, "150%"),
    ],
)
def test_only_all_is_a_hundred_percent(share: float | None, text: str) -> None:
    assert percent(share) == text


def test_percent_with_decimals() -> None:
    assert [percent(share, decimals=1) for share in (0.45, 0.4567, 0.9996, 1)] == ["45.0%", "45.7%", ">99.9%", "100.0%"]
    assert [percent(share, "ru") for share in (0.5, 0.999, 0.0003)] == ["50\xa0%", "99,9\xa0%", "<0,1\xa0%"]


@given(st.floats(0, 1), st.integers(0, 3))
def test_percent_says_all_or_nothing_only_of_that(share: float, decimals: int) -> None:
    digits = percent(share, decimals=decimals)[:-1]
    nearly_whole = min(share, 1 - share) <= 1e-9
    assert digits.startswith(("<", ">")) or (float(digits) in (0, 100)) == nearly_whole


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
    assert amount(1013.77, "money") == "1,014"
    assert amount(1013.77, "money", digits=EXACT) == "1,013.77"


def test_counted_phrases() -> None:
    assert counted(1, ["{count} row", "{count} rows"], "en") == "1 row"
    assert counted(1200, ["{count} row", "{count} rows"], "en") == "1,200 rows"
    assert counted(1002, ["{count} строка", "{count} строки", "{count} строк"], "ru") == "1\xa0002 строки"


@pytest.mark.parametrize(
    ("phrase", "unit", "language", "expected"),
    [
        ("orders per 30 days", "orders per 30 days", "en", ""),
        ("доставлено писем", "mails", "ru", ""),
        ("emails delivered", "mails", "en", ""),
        ("days since last order", "days", "en", ""),
        ("average gap between orders", "days", "en", "days"),
        ("дней с последнего заказа", "days", "ru", ""),
        ("число заказов", "orders", "ru", ""),
        ("средний интервал между заказами", "days", "ru", "days"),
        ("birthdays", "days", "en", "days"),
        ("revenue", "money", "en", "money"),
    ],
)
def test_unit_that_the_label_says_is_not_repeated(phrase: str, unit: str, language: str, expected: str) -> None:
    assert unit_beside(phrase, unit, language) == expected


def test_long_lists_end_with_the_number_of_others() -> None:
    assert shortened(list("abcdefgh"), "en") == list("abcdefgh")
    assert shortened(list("abcdefghi"), "en") == [*"abcdefg", "2 more"]
    assert shortened(list("abcdefghi"), "ru")[-1] == "ещё 2"


def test_nouns_follow_their_count() -> None:
    assert [plural(count, "customer") for count in (0, 1, 1200)] == ["0 customers", "1 customer", "1,200 customers"]
    assert plural(2, "row has", "rows have") == "2 rows have"


def test_lists_are_cut() -> None:
    assert listed(["a", 1, None]) == "['a', 1, None]"
    assert listed(range(5), 3) == "[0, 1, 2, … 2 more]"
    assert shown("x" * 9, 3) == "'xx…"


def test_tables_are_aligned() -> None:
    rows = [["method", "n", "silhouette"], ["kmeans", 3, 0.51234], ["hdbscan", None, 0.4]]
    assert table(rows, left=[0]) == ["method   n  silhouette", "kmeans   3       0.512", "hdbscan  –       0.400"]
    assert table([["a", "bb"], ["ccc", "d"]]) == ["  a  bb", "ccc   d"]


def test_missing_numbers_are_dashes() -> None:
    assert table([["a", math.nan, None, -0.0]]) == ["a  –  –  0.000"]
    assert amount(math.nan, "share") == amount(math.nan, "days", "ru") == "–"


def test_percentages_beyond_all_are_plain() -> None:
    assert percent(1.0003) == "100%"
    assert percent(-0.0001) == ">-0.1%"
    assert percent(-0.004) == "-0.4%"
    assert percent(math.inf) == "inf%"


def test_share_that_is_nearly_all() -> None:
    assert amount(0.9996, "share") == ">99.9%"
    assert amount(0.123, "share") == "12.3%"


@pytest.mark.parametrize(
    ("low", "high", "ends", "expected"),
    [
        (2, 7, (None, None), ("range", (2, 6))),
        (30, 60, (None, None), ("between", (30, 60))),
        (None, 60, (None, None), ("<", (60,))),
        (None, 7, (None, None), ("<=", (6,))),
        (None, 1, (0, 9), ("==", (0,))),
        (5, None, (1, 5), ("==", (5,))),
        (4, None, (1, 5), (">=", (4,))),
        (3, 4, (1, 5), ("==", (3,))),
        (1.5, 3.5, (None, None), ("range", (2, 3))),
    ],
)
def test_whole_numbers_include_both_ends_unless_the_bound_is_rounder(
    low: float | None,
    high: float | None,
    ends: tuple[float | None, float | None],
    expected: tuple[str, tuple[float, ...]],
) -> None:
    assert whole_range(low, high, lowest=ends[0], highest=ends[1]) == expected


def test_dates_as_people_write_them() -> None:
    assert [calendar_date(date(2025, 6, 30), language) for language in ("en", "ru")] == ["2025-06-30", "30.06.2025"]


@pytest.mark.parametrize(("points", "english"), [(0, "0"), (0.002, "<0.05"), (0.05, "0.1"), (1.75, "1.8"), (58, "58")])
def test_points_have_one_decimal(points: float, english: str) -> None:
    assert value_text(points, "points") == english
    assert amount(0.002, "points", "ru") == "<0,05 балла"
    assert amount(0.125, "points", digits=EXACT) == "0.125 points"
    assert [amount(15.04, "points", "ru"), amount(0.99, "points")] == ["15 баллов", "1 point"]


def test_rates_and_medians_below_one_have_two_digits() -> None:
    assert value_text(0.3064, "orders per 30 days") == "0.31"
    assert value_text(2.345, "orders per 30 days", "ru") == "2,3"
    assert amount(12.34, "events per session") == "12 actions per visit"
    assert [median_text(value, "") for value in (0.3064, 0.0213, 3.456, 0.0)] == ["0.31", "0.021", "3.46", "0"]
    assert median_text(0.3064, "share") == "31%"
    assert median_text(0.02, "points") == "<0.05"
