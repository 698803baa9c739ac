"""Who keeps to an own rhythm, and what is said of the customers as a whole because of it."""

import numpy as np
import pytest

from custseg.profiling import profile_segments
from custseg.profiling.measures._table import read_table
from custseg.profiling.measures._terms import Term
from custseg.profiling.naming._own_rhythm import holds_by_own_rhythm, own_ratios, own_rhythm

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


def test_own_gaps_come_before_those_of_all() -> None:
    """Last order 320 days ago: in time for gaps of 365 days, whatever the ratio says, but for one gap of 20 days."""
    columns = {"recency_days": [320.0, 320.0, 320.0, 320.0], "gap_days_mean": [365.0, 40.0, 20.0, GAP],
               "order_days": [3.0, 3.0, 2.0, 1.0], "overdue_ratio": [2.5, 2.5, 2.5, 2.5]}  # fmt: skip
    table = read_table(columns, None, customer_column=None, caller="f")
    assert own_ratios(table).tolist() == [320 / 365, 8.0, 2.5, 2.5]
    assert holds_by_own_rhythm(Term("overdue_ratio", ">=", 1.5), table, {}).tolist() == [False, True, True, True]
    assert holds_by_own_rhythm(Term("recency_days", "<", 320.0), table, {}).tolist() == [False] * 4


def yearly(trend: float) -> dict[str, np.ndarray]:
    """60 customers with three yearly orders, the last 320 days ago, beside 60 who order every ten days."""
    is_yearly, spread = np.arange(120) < 60, np.tile(np.linspace(0, 9, 60), 2)
    return {
        "recency_days": np.where(is_yearly, 320.0, 2.0) + spread,
        "order_count": np.where(is_yearly, 3.0, 30.0 + spread.round()),
        "order_days": np.where(is_yearly, 3.0, 30.0 + spread.round()),
        "gap_days_mean": np.where(is_yearly, 365.0, 10.0),
        "gap_cv": np.where(is_yearly, 0.05, 0.3),
        "overdue_ratio": np.where(is_yearly, 1.7, 0.5),  # by a gap that is partly that of all: 190 days
        "trend": np.where(is_yearly, trend, 0.0),
    }


def test_nobody_is_overdue_within_the_own_gap() -> None:
    row = profile_segments(yearly(0.0), np.repeat([0, 1], 60))[0]
    assert "overdue" not in row.name
    assert row.advice.do[0] == "Write shortly before their next order is due: they keep to their own rhythm."
    assert not any("come back" in line or "kept them" in line for line in row.advice.do)


def test_orders_at_even_gaps_do_not_thin_out() -> None:
    """Of three orders at even gaps one may be in the later half: log(1.5 / 2.5)."""
    labels, table = np.repeat([0, 1], 60), yearly(-0.5)
    assert "thinning" not in profile_segments(table, labels)[0].name
    uneven = {"gap_cv": np.full(120, 1.2), "order_count": np.full(120, 5.0), "order_days": np.full(120, 5.0)}
    assert "thinning" in profile_segments({"trend": table["trend"], **uneven}, labels)[0].name


def test_yearly_gaps_are_known() -> None:
    columns = {"overdue_ratio": [0.5] * 3, "gap_days_mean": [329.0, 364.0, 400.0]}
    own = own_rhythm(read_table(columns, None, customer_column=None, caller="f"))
    assert own is not None
    assert own.yearly.tolist() == [False, True, False]


def thinning(**columns: float) -> str:
    """The name of 60 customers with a falling trend and what else is said of them, beside 60 without one."""
    spread = np.tile(np.linspace(0, 9, 60), 2)
    base = {"recency_days": 60.0, "age_days": 500.0, "gap_days_mean": 50.0, "overdue_ratio": 1.2, "trend": -0.8}
    others = {"recency_days": 20.0, "age_days": 500.0, "gap_days_mean": 25.0, "overdue_ratio": 0.8, "trend": 0.0}
    table = {name: np.repeat([columns.get(name, value), others[name]], 60) for name, value in base.items()}
    table |= {"order_count": 8 + spread, "order_days": 8 + spread, "gap_cv": np.full(120, 1.2)}
    return profile_segments(table, np.repeat([0, 1], 60), clustered_on=["trend"])[0].names["en"]


def test_orders_thin_out_of_those_who_still_order() -> None:
    assert "thinning" in thinning()
    assert "thinning" not in thinning(recency_days=200.0, overdue_ratio=4.0)  # they have stopped
    assert "thinning" not in thinning(age_days=90.0)  # of weeks nothing can thin out
    assert "picking up" in thinning(trend=0.8)
    assert "picking up" not in thinning(trend=0.8, age_days=90.0)


def test_orders_thin_out_where_those_of_no_other_segment_do() -> None:
    """A fifth of the customers decline; 70 % of another segment do too, which does not tell the two apart."""
    group, row = np.repeat([0, 1, 2], 60), np.tile(np.arange(60), 3)
    falls = np.where(group == 0, row < 48, (group == 1) & (row < 42))
    table = {"trend": np.where(falls, -0.8, 0.0), "gap_cv": np.full(180, 1.2), "order_count": np.full(180, 6.0)}
    assert "thinning" not in profile_segments(table, group)[0].name
    table["trend"] = np.where((group == 0) & falls, -0.8, 0.0)
    assert "thinning" in profile_segments(table, group)[0].name


def test_russian_words_of_the_trend_need_no_money() -> None:
    table = {"trend": np.repeat([-0.8, 0.0], 60), "gap_cv": np.full(120, 1.2), "order_count": np.full(120, 6.0)}
    assert profile_segments(table, np.repeat([0, 1], 60))[0].names["ru"] == "заказы всё реже"
