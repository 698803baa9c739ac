"""Time as customers with a season live it."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custseg.feature_table import Season

WINTER = Season(22, 6, 0.9)  # December to February


def day(text: str) -> int:
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


@pytest.mark.parametrize(
    ("text", "is_in"),
    [("2023-11-30", False), ("2023-12-01", True), ("2024-02-29", True), ("2024-03-01", False), ("1965-01-15", True)],
)
def test_season_goes_on_into_the_next_year(text: str, is_in: bool) -> None:
    assert WINTER.contains(np.array([day(text)])).tolist() == [is_in]


def test_days_of_the_season_are_counted() -> None:
    first, last = np.array([day("2023-01-10")]), np.array([day("2024-01-10")])
    passed = WINTER.days_before(last) - WINTER.days_before(first)
    assert passed[0] == pytest.approx(31 + 31 + 28.25, abs=0.5)


def test_a_year_has_as_many_operational_days_for_everybody() -> None:
    first, shares = np.full(3, float(day("2020-05-05"))), np.array([0.25, 0.9, 1.0])
    elapsed = WINTER.elapsed(first, first + 4 * 365.25, own_shares=shares)
    assert elapsed == pytest.approx([4 * 365.25] * 3)


def test_summer_is_no_silence_for_winter_guests() -> None:
    first, last = (np.full(2, float(day(text))) for text in ("2024-03-05", "2024-11-25"))
    even, guest = WINTER.elapsed(first, last, own_shares=np.array([WINTER.part, 1.0]))
    assert even == pytest.approx(265)
    assert guest == 0


def test_few_orders_count_partly_like_those_of_all() -> None:
    shares = WINTER.own_shares(np.array([1.0, 0.0, np.nan]), np.array([1.0, 8.0, 0.0]))
    assert shares == pytest.approx([(1 + 1.8) / 3, 1.8 / 10, 0.9])


@given(first=st.integers(0, 23), n_parts=st.integers(1, 23), start=st.integers(-9_000, 30_000))
def test_days_before_counts_the_days_that_are_in_the_season(first: int, n_parts: int, start: int) -> None:
    season, days = Season(first, n_parts, 0.5), np.arange(start, start + 500)
    counted = season.days_before(days[-1:] + 1) - season.days_before(days[:1])
    # A day belongs to the season as a whole or in quarters: one start and one end a year.
    assert abs(counted[0] - season.contains(days).sum()) <= 3
