import narwhals.stable.v2 as nw
import numpy as np
import polars as pl
import pytest

from custseg import DataError
from custseg.feature_table import Levels, given_features


def levels_of(values: list[object]) -> Levels:
    """The levels of a column of a ready table."""
    table = given_features(pl.DataFrame({"customer_id": range(len(values)), "plan": values}), None, "fit_segments")
    return table.with_categories(["plan"]).coding["plan"]


def test_most_frequent_level_is_first_and_ties_go_by_the_alphabet() -> None:
    assert levels_of(["b"] * 20 + ["c"] * 30 + ["a"] * 20) == Levels(("c", "a", "b"), has_other=False)


def test_ten_customers_and_one_percent_make_a_level() -> None:
    assert levels_of(["a"] * 90 + ["b"] * 10 + ["c"] * 9) == Levels(("a", "b"), has_other=False)
    # 19 of 2,000 are under 1 %; ten rare ones together are a level, without their names.
    assert levels_of(["a"] * 1981 + ["b"] * 19) == Levels(("a",), has_other=True)


def test_twenty_levels_at_most() -> None:
    levels = levels_of([f"city {number:02}" for number in range(30) for _ in range(20)])
    assert len(levels.values) == 20
    assert levels.has_other


def test_booleans_are_flags() -> None:
    assert levels_of([True] * 30 + [False] * 12 + [None]) == Levels(("true", "false"), False, "flag")


def test_codes_of_values() -> None:
    column = nw.from_native(pl.Series(["b", None, "a", "new"]), series_only=True)
    assert np.array_equal(Levels(("a", "b"), has_other=True).codes(column), [1, np.nan, 0, 2], equal_nan=True)
    # Without a level for others a category that was never seen is missing.
    assert np.array_equal(Levels(("a", "b"), has_other=False).codes(column), [1, np.nan, 0, np.nan], equal_nan=True)


def test_numbers_stand_for_the_categories_that_look_alike() -> None:
    column = nw.from_native(pl.Series([1.0, None, 2.0]), series_only=True)
    assert np.array_equal(Levels(("2", "1"), has_other=False).codes(column), [1, np.nan, 0], equal_nan=True)
    assert Levels(("true", "false"), False, "flag").codes(column)[0] == 0


def test_column_of_another_kind_than_at_the_fit() -> None:
    table = given_features(pl.DataFrame({"customer_id": [1, 2], "plan": [True, False]}), None, "assign")
    with pytest.raises(DataError, match=r"assign: columns are not of the kind at the fit: 'plan' must hold text"):
        table.with_coding({"plan": Levels(("a",), has_other=False)}, "assign")
    with pytest.raises(DataError, match="assign: the feature table lacks column 'tariff'"):
        table.with_coding({"tariff": Levels(("a",), has_other=False)}, "assign")
