from dataclasses import replace

import duckdb
import narwhals.stable.v2 as nw
import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custseg.rules import Condition


def held(condition: Condition, values: list[object]) -> list[bool]:
    series = nw.from_native(pl.Series(condition.feature, values), series_only=True)
    return condition.holds(series).tolist()


NUMBERS: list[object] = [4, 5, 9, 10, None]


@pytest.mark.parametrize(
    ("condition", "expected", "text"),
    [
        (Condition("a", low=5), [False, True, True, True, False], "a is at least 5"),
        (Condition("a", high=5), [True, False, False, False, False], "a is under 5"),
        (Condition("a", low=5, high=10), [False, True, True, False, False], "a is from 5 to under 10"),
        (Condition("a", low=5, high=6, whole=True), [False, True, False, False, False], "a is 5"),
        (Condition("a", low=5, high=8, whole=True), [False, True, False, False, False], "a is from 5 to 7"),
        (Condition("a", low=5, high=20, whole=True), [False, True, True, True, False], "a is from 5 to under 20"),
        (Condition("a", high=8, whole=True), [True, True, False, False, False], "a is at most 7"),
        (Condition("a", high=5, whole=True, ends=(4, 10)), [True, False, False, False, False], "a is 4"),
        (Condition("a", high=8, whole=True, values=(4, 5, 10)), [True, True, False, False, False], "a is at most 5"),
        (Condition("a", low=6, whole=True, values=(4, 9, 10)), [False, False, True, True, False], "a is at least 9"),
        (Condition("a", low=10, ends=(0.5, 10)), [False, False, False, True, False], "a is 10"),  # the highest value
        (Condition("a", high=5, missing=True), [True, False, False, False, True], "a is missing or under 5"),
        (Condition("a", missing=True), [False, False, False, False, True], "a is missing"),
        (Condition("a"), [True, True, True, True, False], "a is known"),
    ],
)
def test_number_term(condition: Condition, expected: list[bool], text: str) -> None:
    assert held(condition, NUMBERS) == expected
    assert condition.text() == text


WORDS: list[object] = ["north", "south", "O'Brien", None]


@pytest.mark.parametrize(
    ("categories", "excluded", "missing", "expected", "text"),
    [
        (("north",), False, False, [True, False, False, False], "r is 'north'"),
        (("north",), True, False, [False, True, True, False], "r is not 'north'"),
        (("north", "south"), False, True, [True, True, False, True], "r is missing or 'north' or 'south'"),
        (("north", "south"), True, False, [False, False, True, False], "r is neither 'north' nor 'south'"),
    ],
)
def test_category_term(
    categories: tuple[str, ...], excluded: bool, missing: bool, expected: list[bool], text: str
) -> None:
    condition = Condition("r", kind="category", categories=categories, excluded=excluded, missing=missing)
    assert held(condition, WORDS) == expected
    assert condition.text() == text


def test_flag_term() -> None:
    yes, no = Condition("vip", kind="flag", low=1), Condition("vip", kind="flag", high=1)
    assert held(yes, [True, False, None]) == [True, False, False]
    assert held(no, [True, False, None]) == [False, True, False]
    assert (yes.text(), no.text("ru"), yes.sql) == ("vip is yes", "vip — нет", '"vip" = TRUE AND "vip" IS NOT NULL')


def test_unit_is_said_unless_the_label_says_it() -> None:
    days = {"en": "days since last order", "ru": "дней с последнего заказа"}
    since = Condition("recency_days", high=31, unit="days", phrases=days)
    assert (since.text(), since.text("ru")) == (
        "days since last order is under 31",
        "дней с последнего заказа меньше 31",
    )
    gap = replace(since, feature="gap_days_mean", phrases={"en": "average gap", "ru": "средний интервал"})
    assert (gap.text(), gap.text("ru")) == ("average gap is under 31 days", "средний интервал меньше 31 дня")
    assert Condition("open_rate", low=0.1, high=0.5, unit="share").text() == "open_rate is from 10% to under 50%"
    assert Condition("revenue", low=1000, high=5000, unit="money").text("ru") == (
        "revenue не меньше 1\xa0000, но меньше 5\xa0000"
    )


def test_label_stands_in_the_text_and_the_column_in_sql() -> None:
    condition = Condition("MntWines", low=5, phrases={"en": "wine", "ru": "вино"})
    assert (condition.text(), condition.text("ru")) == ("wine is at least 5", "вино не меньше 5")
    assert condition.sql == '"MntWines" >= 5 AND "MntWines" IS NOT NULL'


def test_names_and_words_are_escaped_in_sql() -> None:
    assert Condition('a"b', low=5).sql == '"a""b" >= 5 AND "a""b" IS NOT NULL'
    assert "IN ('O''Brien')" in Condition("r", kind="category", categories=("O'Brien",)).sql


BOUNDS = st.one_of(st.none(), st.sampled_from([-2.5, 0.0, 0.03, 0.1, 5.0, 1e6, 1e20]))
NUMERIC = st.builds(Condition, st.just('a "b"'), low=BOUNDS, high=BOUNDS, missing=st.booleans())
CATEGORIES = st.builds(
    Condition,
    st.just("a;'"),
    kind=st.just("category"),
    categories=st.lists(st.sampled_from(["x", "O'Brien", '"', "=1", "%_"]), min_size=1, unique=True).map(tuple),
    excluded=st.booleans(),
    missing=st.booleans(),
)
FLOATS = st.sampled_from([-3.0, -2.5, 0.0, -0.0, 0.03, 0.1, 4.999, 5.0, 1e6, 1e20, None])


@pytest.mark.slow
@given(NUMERIC, st.lists(FLOATS, min_size=1))
def test_number_term_holds_where_its_sql_does(condition: Condition, values: list[float | None]) -> None:
    table = pl.DataFrame({condition.feature: pl.Series(values, dtype=pl.Float64)})
    assert sql_holds(condition, table) == held(condition, list(values))


@pytest.mark.slow
@given(CATEGORIES, st.lists(st.sampled_from(["x", "O'Brien", '"', "=1", "%_", "other", None]), min_size=1))
def test_category_term_holds_where_its_sql_does(condition: Condition, values: list[str | None]) -> None:
    table = pl.DataFrame({condition.feature: pl.Series(values, dtype=pl.String)})
    series = nw.from_native(table[condition.feature], series_only=True)
    assert sql_holds(condition, table) == condition.holds(series).tolist()


def sql_holds(condition: Condition, table: pl.DataFrame) -> list[object]:
    """What DuckDB makes of the condition, row by row."""
    with duckdb.connect() as connection:
        connection.register("given", table.to_arrow())
        return [row[0] for row in connection.sql(f"SELECT {condition.sql} FROM given").fetchall()]


def test_nan_is_missing() -> None:
    series = nw.from_native(pl.Series("a", [np.nan, 1.0]), series_only=True)
    assert Condition("a", low=0).holds(series).tolist() == [False, True]


def test_numbers_that_are_0_and_1_read_as_a_flag() -> None:
    yes, no = Condition("vip", low=1, whole=True, binary=True), Condition("vip", high=1, whole=True, binary=True)
    assert (yes.text(), no.text(), no.text("ru")) == ("vip is yes", "vip is no", "vip — нет")
    assert no.sql == '"vip" < 1 AND "vip" IS NOT NULL'
    assert Condition("vip", low=1, missing=True, binary=True).text() == "vip is missing or yes"


def test_missing_value_agrees_with_no_name_of_a_column() -> None:
    share = {"en": "yoga share", "ru": "доля йоги"}
    condition = Condition("yoga_share", high=0.6, missing=True, unit="share", phrases=share)
    assert condition.text("ru") == "значение «доля йоги» неизвестно или меньше 60\u00a0%"
    assert Condition("yoga_share", missing=True, phrases=share).text("ru") == "значение «доля йоги» неизвестно"
