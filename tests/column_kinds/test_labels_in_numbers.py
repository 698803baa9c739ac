"""Labels and years among whole numbers."""

import numpy as np
import pytest

from custseg._column_kinds import (
    impossible_births,
    is_demographic_column,
    is_label_column,
    is_share_column,
    is_year_column,
)

CODES = np.array([10115.0, 80331, 20095, 50667, np.nan])


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("Year_Birth", [1893, 1957, 1984, 1996], True),
        ("joined year", [2019, 2020, np.nan], True),
        ("год_рождения", [1957, 1984], True),
        ("cohort", [2018, 2019, 2021], True),  # all within a lifetime
        ("birth_year", [1957] * 30 + [0], True),  # 0 for an unknown year
        ("years_as_customer", [1, 2, 7], False),
        ("income", [1950, 2000, 2050], False),  # an amount
        ("points", [1200, 1978, 2050], False),
        ("joined_year", [1957.5, 1984], False),
        ("joined_year", [], False),
    ],
)
def test_years(name: str, values: list[float], expected: bool) -> None:
    assert is_year_column(name, np.array(values, dtype=float)) is expected


@pytest.mark.parametrize("name", ["zip", "ZipCode", "postal_code", "PLZ", "agent_id", "код_филиала", "индекс"])
def test_labels(name: str) -> None:
    assert is_label_column(name, CODES)


@pytest.mark.parametrize("name", ["codes_used", "income", "price_index", "idle", "promo_code_count", "decoded"])
def test_quantities(name: str) -> None:
    assert not is_label_column(name, CODES)


def test_fractions_negative_numbers_and_flags_are_no_labels() -> None:
    assert not is_label_column("code", CODES + 0.5)
    assert not is_label_column("code", -CODES)
    assert not is_label_column("code", np.array([0.0, 1, 1]))


def test_births_over_a_century_ago_and_in_the_future_are_impossible() -> None:
    too_old, unborn = impossible_births(np.array([1893.0, 1970, np.nan, 2030]), latest=2020)
    assert (too_old.tolist(), unborn.tolist()) == ([True, False, False, False], [False, False, False, True])
    assert [part.sum() for part in impossible_births(np.array([0.0, np.nan]))] == [1, 0]


def test_without_a_date_the_youngest_customers_are_grown_up() -> None:
    births = np.array([1889.0, *[1950.0, 1980.0] * 50])  # 1980 + 18 - 110 = 1888
    assert not any(part.any() for part in impossible_births(births))
    assert impossible_births(births - 2 * (births == 1889))[0].sum() == 1


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("weekend_share", [0, 0.3, 1, np.nan], True),
        ("доля_опозданий", [0.2, 0.4], True),
        ("CreditUtil", [0.2, 0.4], True),
        ("discount_pct", [0.2, 0.4], True),
        ("discount_pct", [20, 40], False),  # percentages already
        ("weekend_share", [0, 1, 1], False),  # a flag
        ("share_price", [0.5, 12], False),
        ("weight", [0.2, 0.4], False),
    ],
)
def test_shares_of_a_whole(name: str, values: list[float], expected: bool) -> None:
    assert is_share_column(name, np.array(values, dtype=float)) == expected


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("children", [0.0, 3.0, np.nan], True),
        ("h_kids", [0.0, 3.5], False),
        ("kids_minutes", [0.0, 40.0], False),
        ("income", [1.5, 40.0], True),
        ("visits", [1.0, 2.0], False),
    ],
)
def test_only_counts_of_children_say_who_somebody_is(name: str, values: list[float], expected: bool) -> None:
    assert is_demographic_column(name, np.array(values)) is expected
