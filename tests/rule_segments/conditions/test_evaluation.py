"""The truth of conditions, worked by hand, with missing values."""

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custseg.feature_table import FeatureTable, given_features
from custseg.rule_segments.conditions._evaluation import Evaluator, overdue_bound
from custseg.rule_segments.conditions._grammar import parse_condition

T, F, U = True, False, None


def table(**columns: list[Any]) -> FeatureTable:
    ids = [f"c{index}" for index in range(len(next(iter(columns.values()))))]
    return given_features(pl.DataFrame({"customer_id": ids, **columns}), None, "test")


def truth(condition: str, features: FeatureTable) -> list[bool | None]:
    predicate = parse_condition(condition)
    result = Evaluator.learned([predicate], features).truth(predicate, features)
    return [U if unknown else bool(holds) for holds, unknown in zip(result.is_true, result.is_unknown, strict=True)]


SHOP = table(
    recency_days=[0, 29, 30, 31, None],
    emails_opened=[1, 9, 4, 0, 0],
    emails_delivered=[1, 10, 10, 20, 0],
    order_value=[5000.0, 5000.01, None, 7000.0, 1.0],
    region=["Moscow", "Kazan", "Moscow", None, "moscow"],
)


def test_the_four_rules_of_the_field() -> None:
    assert truth("recency_days within 30 days", SHOP) == [T, T, T, F, U]
    assert truth("rate_above(open, 0.5)", SHOP) == [T, T, F, F, U]
    assert truth("rate_above(open, 0.5, sure=0.8)", SHOP) == [F, T, F, F, U]
    assert truth("order_value > 5000 RUB", SHOP) == [F, T, U, T, F]
    assert truth("region = 'Moscow'", SHOP) == [T, F, T, U, F]
    together = "recency_days within 30 days and rate_above(open, 0.5) and order_value > 5000 RUB and region = 'Kazan'"
    assert truth(together, SHOP) == [F, T, F, F, F]


def test_purchase_exactly_30_days_ago_is_in_the_window_of_30_days() -> None:
    assert truth("recency_days within 30 days", table(recency_days=[30, 31, -1])) == [T, F, F]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        # a is true, false or unknown in the rows, b in the columns of the table of Kleene.
        ("a = 1 and b = 1", [T, F, U, F, F, F, U, F, U]),
        ("a = 1 or b = 1", [T, T, T, T, F, U, T, U, U]),
        ("not a = 1", [F, F, F, T, T, T, U, U, U]),
        ("a is unknown", [F, F, F, F, F, F, T, T, T]),
        ("a != 1", [F, F, F, T, T, T, U, U, U]),
        ("not (a = 1 and b = 1)", [F, T, U, T, T, T, U, T, U]),
    ],
)
def test_three_valued_logic(condition: str, expected: list[bool | None]) -> None:
    both = table(a=[1, 1, 1, 0, 0, 0, None, None, None], b=[1, 0, None] * 3)
    assert truth(condition, both) == expected


def test_unknown_satisfies_neither_a_condition_nor_its_negation() -> None:
    regions = table(region=["a", None])
    assert truth("region = 'a'", regions) == [T, U]
    assert truth("not region = 'a'", regions) == [F, U]


def test_stale_values_are_unknown() -> None:
    regions = table(region=["a", "a", "b", "a", None], age=[0, 91, 90, None, 3])
    assert truth("region = 'a' valid for 90 days by age", regions) == [T, U, F, U, U]
    assert truth("not region = 'a' valid for 90 days by age", regions) == [F, U, T, U, U]


def test_flags_and_shares() -> None:
    both = table(vip=[True, False, None], share=[0.2, 0.21, None])
    assert truth("vip is yes", both) == [T, F, U]
    assert truth("vip is no", both) == [F, T, U]
    assert truth("share > 20 %", both) == [F, T, U]


def test_overdue_by_hand() -> None:
    """Two prior gaps alone: (1 + r / 2)^-2 <= .2 from r = 2 (sqrt 5 - 1) on; ten gaps more: from 12 (5^(1/12) - 1)."""
    bounds = overdue_bound(np.array([1.0, 11.0]), 0.8)
    assert bounds == pytest.approx([2 * (5**0.5 - 1), 12 * (5 ** (1 / 12) - 1)])
    rhythm = table(overdue_ratio=[2.4, 2.5, 1.7, 1.8, None], order_days=[1, 1, 11, 11, 3])
    assert truth("overdue(sure=0.8)", rhythm) == [F, T, F, T, U]


VALUES = st.lists(st.sampled_from([0, 1, 2, None]), min_size=4, max_size=4)


@given(VALUES, VALUES)
def test_laws_of_de_morgan(a: list[int | None], b: list[int | None]) -> None:
    both = table(a=[*a, 1], b=[*b, 1])
    assert truth("not (a > 0 and b > 1)", both) == truth("not a > 0 or not b > 1", both)
    assert truth("not (a > 0 or b > 1)", both) == truth("not a > 0 and not b > 1", both)


def test_prior_does_not_depend_on_the_order_of_customers() -> None:
    rng = np.random.default_rng(0)
    trials = rng.integers(1, 40, 500)
    counts = pl.DataFrame({"emails_delivered": trials, "emails_opened": rng.binomial(trials, 0.3)})
    rule = parse_condition("rate_above(open, 0.5, sure=0.8)")
    orders = (counts, counts.reverse(), counts.sample(fraction=1, shuffle=True, seed=1))
    priors = {str(Evaluator.learned([rule], table(**order.to_dict(as_series=False))).priors) for order in orders}
    assert len(priors) == 1


@pytest.mark.parametrize("most", [True, False])
def test_flag_that_is_clustered_on(most: bool) -> None:
    """The code of its most frequent level is 0, be it yes or no."""
    flags = [most] * 20 + [not most] * 10 + [None]
    table = given_features(pl.DataFrame({"id": range(31), "vip": flags}), None, "test").with_categories(["vip"])
    truth = Evaluator().truth(parse_condition("vip is yes"), table)
    assert truth.is_true.tolist() == [flag is True for flag in flags]
    assert truth.is_false.tolist() == [flag is False for flag in flags]
