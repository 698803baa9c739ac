"""Who keeps to an own rhythm, and what is said of the customers as a whole because of it."""

import numpy as np
import pytest

from custseg.profiling import profile_segments
from custseg.profiling.measures._table import read_table
from custseg.profiling.naming._own_rhythm import own_rhythm

GAP = float("nan")


def rhythm(**columns: list[float]) -> tuple[list[bool], list[bool]] | None:
    own = own_rhythm(read_table(columns, None, customer_column=None, caller="f"))
    return None if own is None else (own.regular.tolist(), own.punctual.tolist())


def test_rhythm_is_known_of_those_with_a_gap_between_orders() -> None:
    columns = {"overdue_ratio": [0.5, 1.5, 1.6, 0.5, GAP], "gap_days_mean": [30.0, 30.0, 30.0, GAP, 30.0]}
    assert rhythm(**columns) == ([True, True, True, False, False], [True, True, False, False, False])


def test_two_orders_stand_for_a_gap_in_a_table_without_gaps() -> None:
    assert rhythm(overdue_ratio=[0.5, 0.5], order_count=[1, 2]) == ([False, True], [False, True])


def test_table_without_the_ratio_has_no_rhythm() -> None:
    assert rhythm(recency_days=[5, 6]) is None


def overview(days: float, ratios: list[float], language: str = "en") -> str:
    """What is said of 50 customers, each with a last order that many days ago and one of the ratios."""
    table = {
        "recency_days": np.full(50, days),
        "order_count": np.full(50, 4.0),
        "overdue_ratio": np.tile(ratios, 50 // len(ratios)),
    }
    return profile_segments(table, np.repeat([0, 1], 25), language=language).overview


@pytest.mark.parametrize(
    ("days", "ratios", "words"),
    [
        (290, [0.8], "Most customers keep to their own rhythm of orders (100%): median 290 days since the last order"),
        (290, [2.0], "Most customers have lapsed: median 290 days since the last order"),
        (290, [0.8, 2.0], "Half of the customers ordered within the last 290 days"),
        (45, [0.8], "Most customers ordered recently: median 45 days since the last order"),
        (45, [3.0], "Most customers are late by their own rhythm of orders (100%): median 45 days since the last"),
        (100, [0.8], "Half of the customers ordered within the last 100 days"),
    ],
)
def test_own_rhythm_comes_before_days(days: float, ratios: list[float], words: str) -> None:
    assert overview(days, ratios).startswith(words)


def test_rhythm_of_all_is_told_in_russian() -> None:
    assert overview(290, [0.8], "ru").startswith("Большинство клиентов держат свой ритм покупок (100\u00a0%):")
