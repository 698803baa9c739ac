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
        (
            290,
            [0.8],
            "Most customers are within their own usual gap between orders (100%): median 290 days since the last order",
        ),
        (290, [2.0], "Most customers have lapsed: median 290 days since the last order"),
        (290, [0.8, 2.0], "Half of the customers ordered within the last 290 days"),
        (25, [0.8], "Most customers ordered recently: median 25 days since the last order"),
        (45, [0.8], "Half of the customers ordered within the last 45 days"),
        (45, [3.0], "Most customers are overdue by their own usual gap between orders (100%): median 45 days"),
        (100, [0.8], "Half of the customers ordered within the last 100 days"),
    ],
)
def test_own_rhythm_comes_before_days(days: float, ratios: list[float], words: str) -> None:
    assert overview(days, ratios).startswith(words)


def test_rhythm_of_all_is_told_in_russian() -> None:
    assert overview(290, [0.8], "ru").startswith(
        "У большинства клиентов пауза после последнего заказа не длиннее обычной для них (100\u00a0%):"
    )


def test_base_has_lapsed_only_if_rhythms_say_so() -> None:
    """Of 100 customers 48 order every 520 days and are in time; the others ordered once, half of them long ago."""
    again = np.arange(100) < 48
    days = np.where(again, 500.0, np.where(np.arange(100) < 74, 400.0, 900.0))
    table = {
        "recency_days": days,
        "order_count": np.where(again, 3.0, 1.0),
        "gap_days_mean": np.where(again, 520.0, GAP),
        "overdue_ratio": days / 200,  # most gaps of all are those of a few frequent customers
    }
    labels = np.repeat([0, 1], 50)
    said = profile_segments(table, labels).overview
    assert said.startswith("100% have not ordered for a year: median 500 days since the last order")
    table["recency_days"] = np.where(again, 900.0, days)
    assert profile_segments(table, labels).overview.startswith("Most customers have lapsed")


def test_days_alone_do_not_say_that_customers_have_lapsed() -> None:
    table = {"recency_days": np.full(50, 400.0), "order_count": np.full(50, 4.0)}
    said = profile_segments(table, np.repeat([0, 1], 25)).overview
    assert said.startswith("100% have not ordered for a year")


def test_gaps_are_even_below_what_orders_at_random_have() -> None:
    # The squared variation of two gaps at random is 2/3 on average, of 20 gaps 20/21; half of that is even.
    columns = {"overdue_ratio": [0.5] * 4, "gap_cv": [0.57, 0.58, 0.69, 0.70], "order_days": [3, 3, 21, 21]}
    own = own_rhythm(read_table(columns, None, customer_column=None, caller="f"))
    assert own is not None
    assert own.even.tolist() == [True, False, True, False]


@pytest.mark.parametrize("n_gaps", [2, 4, 12])
def test_gaps_at_random_are_hardly_ever_even_for_most(n_gaps: int) -> None:
    gaps = np.random.default_rng(0).exponential(size=(2_000, n_gaps))
    columns = {
        "overdue_ratio": np.full(2_000, 0.5),
        "gap_cv": gaps.std(axis=1, ddof=1) / gaps.mean(axis=1),
        "order_days": np.full(2_000, n_gaps + 1.0),
    }
    own = own_rhythm(read_table(columns, None, customer_column=None, caller="f"))
    assert own is not None
    assert own.even.mean() < 0.45
