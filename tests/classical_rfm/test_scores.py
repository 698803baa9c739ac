"""RFM scores: worked by hand, without regard to row order and units, and frozen by their edges."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kinds import RETURNED, rows_of

from custseg import CustsegError
from custseg.classical_rfm import RFMScores, rfm_scores
from custseg.datasets import make_shop
from custseg.features import build_features

AsKind = Callable[[pl.DataFrame], object]
NAMES = ("recency_days", "order_count", "revenue")

rows = st.lists(
    st.tuples(
        st.one_of(st.none(), st.integers(0, 30)),
        st.integers(0, 6),
        st.one_of(st.none(), st.integers(-500, 50_000).map(lambda cents: cents / 100)),
    ),
    min_size=1,
    max_size=40,
).filter(lambda values: any(None not in row for row in values))
bins = st.integers(2, 9)


def customers(*values: Sequence[Any]) -> pl.DataFrame:
    """A table of (recency, orders, revenue) with ids 0, 1, 2, ..."""
    kinds = {"recency_days": pl.Int64, "order_count": pl.Int64, "revenue": pl.Float64}
    return pl.DataFrame(list(values), schema=kinds, orient="row").with_row_index("customer_id")


def of_frequency(counts: Sequence[float], n: int = 5) -> list[int]:
    """The scores of these order counts alone."""
    table = pl.DataFrame({"id": range(len(counts)), "order_count": counts})
    table = table.with_columns(pl.lit(1).alias("recency_days"), pl.lit(1.0).alias("revenue"))
    return list(rfm_scores(table, n).frame["f"])


def codes(scores: RFMScores) -> list[str | None]:
    return list(scores.frame["code"])


def by_definition(values: Sequence[Any], n: int, *, falling: bool) -> list[int]:
    """1 + floor(bins * u) with u = (average rank - 1/2) / customers, in exact fractions."""
    ordered = sorted(values, reverse=falling)
    ranks = {
        v: Fraction(2 * ordered.index(v) + ordered.count(v) + 1, 2)  # mean of first and last place
        for v in set(values)
    }
    return [1 + int(n * (ranks[v] - Fraction(1, 2)) / len(values)) for v in values]


def test_ten_customers_by_hand() -> None:
    # Average ranks of 1 1 1 1 2 2 3 4 6 9: 2.5 four times, 5.5 twice, 7, 8, 9, 10.
    # u = (rank - 0.5) / 10: .20, .50, .65, .75, .85, .95; five u: 1.0, 2.5, 3.25, 3.75, 4.25, 4.75.
    assert of_frequency([1, 1, 1, 1, 2, 2, 3, 4, 6, 9]) == [2, 2, 2, 2, 3, 3, 4, 4, 5, 5]


def test_recency_is_best_when_small() -> None:
    table = customers(*((days, 1, 1.0) for days in (1, 5, 20, 60, 300)))
    assert list(rfm_scores(table).frame["r"]) == [5, 4, 3, 2, 1]


def test_a_group_between_two_bins_gets_the_better_one_in_every_feature() -> None:
    # Two groups of equals, a quarter and three quarters up: with 4 bins both lie on a boundary.
    table = customers((1, 9, 9.0), (1, 9, 9.0), (8, 1, 1.0), (8, 1, 1.0))
    assert codes(rfm_scores(table, 4)) == ["444", "444", "222", "222"]


def test_two_thirds_one_time_buyers_leave_bins_empty() -> None:
    scores = rfm_scores(customers(*((i, f, float(i)) for i, f in enumerate([1] * 66 + [2] * 20 + [3] * 14))))
    assert scores.edges["order_count"] == {"bins": 5, "upper": [1, 2], "scores": [2, 4, 5]}
    assert scores.empty_bins == {"recency_days": [], "order_count": [1, 3], "revenue": []}


@pytest.mark.parametrize(("n", "score"), [(2, 2), (3, 2), (4, 3), (5, 3), (9, 5)])
def test_all_equal_gets_the_middle(n: int, score: int) -> None:
    assert of_frequency([7] * 6, n) == [score] * 6


def test_prospects_have_no_scores_and_take_no_rank() -> None:
    buyers = [(3, 1, 10.0), (9, 2, 30.0), (40, 3, 20.0)]
    alone = rfm_scores(customers(*buyers))
    among = rfm_scores(customers(*buyers, (None, 0, 0.0), (None, 0, 0.0), (5, 2, None)))
    assert codes(among) == [*codes(alone), None, None, None]
    assert among.edges == alone.edges
    assert (alone.unscored, among.unscored) == (0, 3)
    assert among.frame["m"].to_list()[3:] == [None, None, None]


def test_nan_is_missing() -> None:
    table = customers((1, 1, 1.0), (2, 2, float("nan")))
    assert codes(rfm_scores(table)) == ["333", None]


def test_scores_have_their_types_and_the_order_of_the_table() -> None:
    table = pl.DataFrame({"client": ["b", "a"], "recency_days": [1, 2], "order_count": [1, 2], "revenue": [1, 2]})
    frame = rfm_scores(table, customer_column="client").frame
    assert dict(frame.schema) == {
        "customer_id": pl.String, "r": pl.Int64, "f": pl.Int64, "m": pl.Int64, "code": pl.String,
    }  # fmt: skip
    assert frame.rows() == [("b", 4, 2, 2, "422"), ("a", 2, 4, 4, "244")]


def test_other_columns_can_be_named() -> None:
    table = pl.DataFrame({"id": [1, 2], "days": [9, 1], "visits": [1, 5], "margin": [2, 3]})
    scores = rfm_scores(table, 2, recency="days", frequency="visits", money="margin")
    assert codes(scores) == ["111", "222"]
    assert list(scores.edges) == ["days", "visits", "margin"]


def test_a_feature_table_is_scored_and_given_back_in_its_kind() -> None:
    shop = make_shop(300, 1)
    features = build_features(shop.orders.to_arrow(), as_of=shop.as_of, families=["rfm"])
    scores = rfm_scores(features)
    assert isinstance(scores.frame, pa.Table)
    assert len(scores) == len(features)
    assert pl.DataFrame(scores)["customer_id"].to_list() == features.ids.to_list()


@given(rows, bins)
def test_scores_follow_the_definition(values: list[tuple[Any, ...]], n: int) -> None:
    known = [row for row in values if None not in row]
    expected = [by_definition(column, n, falling=i == 0) for i, column in enumerate(zip(*known, strict=True))]
    frame = rfm_scores(customers(*values), n).frame.drop_nulls()
    assert [frame[letter].to_list() for letter in "rfm"] == expected


@pytest.mark.slow
@given(rows, bins, st.randoms())
def test_scores_do_not_depend_on_the_order_of_rows(values: list[Any], n: int, random: Any) -> None:
    table = customers(*values)
    shuffled = table[random.sample(range(len(table)), len(table))]
    assert rfm_scores(shuffled, n).frame.sort("customer_id").equals(rfm_scores(table, n).frame)
    assert rfm_scores(shuffled, n).edges == rfm_scores(table, n).edges


@given(rows, bins, st.sampled_from([10_000.0, 0.001, 2.0**-20]))
def test_scores_do_not_depend_on_the_unit(values: list[Any], n: int, factor: float) -> None:
    table = customers(*values)
    other = table.with_columns(pl.col("revenue") * factor, pl.col("recency_days") * 24 + 5, pl.col("order_count") ** 3)
    assert codes(rfm_scores(other, n)) == codes(rfm_scores(table, n))


@given(rows, bins)
def test_scores_do_not_depend_on_logs_taken(values: list[Any], n: int) -> None:
    table = customers(*values)
    logs = table.with_columns(pl.col("recency_days").log1p(), pl.col("revenue").add(6).log())
    assert codes(rfm_scores(logs, n)) == codes(rfm_scores(table, n))


@given(rows, bins)
def test_better_values_have_no_worse_scores_and_equal_ones_the_same(values: list[Any], n: int) -> None:
    table = customers(*values).with_columns(rfm_scores(customers(*values), n).frame[["r", "f", "m"]])
    known = table.drop_nulls().with_columns(-pl.col("recency_days"))
    for feature, letter in zip(NAMES, "rfm", strict=True):
        assert known.sort(feature)[letter].is_sorted()
        assert (known.group_by(feature).agg(pl.col(letter).n_unique())[letter] == 1).all()


@given(rows, bins)
def test_a_reversed_feature_scores_as_recency_does(values: list[Any], n: int) -> None:
    table = customers(*values)
    turned = table.with_columns(-pl.col("recency_days"), -pl.col("order_count"))
    swapped = rfm_scores(turned, n, recency="order_count", frequency="recency_days").frame
    straight = rfm_scores(table, n).frame
    assert (swapped["r"].to_list(), swapped["f"].to_list()) == (
        straight["f"].to_list(),
        straight["r"].to_list(),
    )


@given(rows, bins)
def test_frozen_edges_give_the_fit_back_through_json(values: list[Any], n: int) -> None:
    table = customers(*values)
    fit = rfm_scores(table, n)
    again = rfm_scores(table, json.loads(json.dumps(fit.edges)))
    assert again.frame.equals(fit.frame)
    assert (again.edges, again.empty_bins, again.bins) == (fit.edges, fit.empty_bins, fit.bins)


@pytest.mark.slow
@given(rows, rows, bins)
def test_frozen_edges_score_each_new_customer_alone(old: list[Any], new: list[Any], n: int) -> None:
    edges = rfm_scores(customers(*old), n).edges
    known = [row for row in new if None not in row]
    together = rfm_scores(customers(*known), edges)
    alone = [codes(rfm_scores(customers(row), edges))[0] for row in known]
    assert codes(together) == alone
    assert all(set(together.frame[x]) <= set(edges[name]["scores"]) for x, name in zip("rfm", NAMES, strict=True))


def test_new_values_between_and_beyond_the_bins() -> None:
    edges = rfm_scores(customers(*((d, d, float(d)) for d in (10, 20, 30, 40, 50)))).edges
    new = customers((0, 0, -3.0), (15, 15, 15.0), (50, 50, 50.0), (99, 99, 99.0))
    assert codes(rfm_scores(new, edges)) == ["511", "422", "155", "155"]


def test_the_nearest_taken_score_is_given_beyond_the_fit() -> None:
    edges = rfm_scores(customers((5, 5, 5.0))).edges
    assert codes(rfm_scores(customers((1, 1, 1.0), (9, 9, 9.0)), edges)) == ["333", "333"]


def test_own_edges_end_their_bin() -> None:
    own = {
        "recency_days": [30, 90, 180, 365],
        "order_count": (1, 2, 4, 9),
        "revenue": np.array([50.0, 100.0, 200.0, 500.0]),
    }
    scores = rfm_scores(customers((30, 1, 50.0), (31, 2, 50.01), (365, 9, 500.0), (366, 10, 501.0)), own)
    assert codes(scores) == ["511", "422", "244", "155"]
    assert scores.edges["recency_days"] == {"bins": 5, "upper": [30, 90, 180, 365], "scores": [5, 4, 3, 2, 1]}
    assert scores.empty_bins == {"recency_days": [3], "order_count": [3], "revenue": [3]}
    assert json.loads(json.dumps(scores.edges)) == scores.edges


def test_own_edges_of_one_feature_join_the_learned_ones() -> None:
    table = customers(*((i, f, float(i)) for i, f in enumerate([1] * 6 + [2, 3, 6, 12])))
    learned = rfm_scores(table)
    own = rfm_scores(table, learned.edges | {"order_count": [1, 2, 4, 9]})
    assert learned.frame["f"].to_list() == [2] * 6 + [4, 4, 5, 5]
    assert own.frame["f"].to_list() == [1] * 6 + [2, 3, 4, 5]
    assert own.frame[["r", "m"]].equals(learned.frame[["r", "m"]])


def test_own_edges_may_name_fewer_scores_than_bins() -> None:
    few = {"bins": 5, "upper": [1, 3], "scores": [1, 3, 5]}
    own = {"recency_days": [7, 30, 90, 365], "order_count": few, "revenue": [10, 20, 30, 40]}
    assert codes(rfm_scores(customers((1, 1, 5), (1, 2, 5), (1, 4, 5)), own)) == ["511", "531", "551"]


def test_copied_recipe_splits_equals_where_scores_do_not() -> None:
    counts = pd.Series([1] * 7 + [2, 3, 4])
    recipe = pd.qcut(counts.rank(method="first"), 5, labels=False) + 1
    assert list(recipe[:7]) == [1, 1, 2, 2, 3, 3, 4]
    assert of_frequency(list(counts)) == [2] * 7 + [4, 5, 5]
    turned = pd.qcut(counts[::-1].rank(method="first"), 5, labels=False)[::-1] + 1
    assert (recipe != turned)[:7].sum() == 6


def test_cut_points_plus_one_lose_small_units_where_scores_do_not() -> None:
    thousands = np.random.default_rng(0).gamma(2.0, 40.0, 500) / 1_000
    cuts = np.quantile(thousands, [0.2, 0.4, 0.6, 0.8]) + 1
    assert (np.searchsorted(cuts, thousands, side="right") == 0).mean() == 1.0
    assert np.bincount(of_frequency(list(thousands))).tolist() == [0, 100, 100, 100, 100, 100]


def test_scores_are_the_same_on_every_kind(kind: str, as_kind: AsKind) -> None:
    table = customers((3, 9, 400.5), (10, 1, 20.0), (40, 1, 35.0), (None, 0, 0.0), (90, 2, None), (91, 2, 90.0))
    table = table.with_columns(pl.Series("customer_id", ["007", "7", "ann", "bob", "cyd", "dan"]))
    result = rfm_scores(as_kind(table)).frame
    assert isinstance(result, RETURNED.get(kind, pl.DataFrame))
    found = [(row["customer_id"], row["code"], row["r"]) for row in rows_of(result)]
    expected = [("007", "555", 5), ("7", "421", 4), ("ann", "222", 2), ("bob", None, None)]
    assert sorted(found) == [*expected, ("cyd", None, None), ("dan", "144", 1)]


def test_repr_says_where_scores_change() -> None:
    text = repr(rfm_scores(customers((1, 1, 1.5), (1, 1, 2.5), (1, 2, None)), 2))
    assert text.splitlines() == [
        "RFMScores: 3 customers on 2 bins, 1 without scores",
        "  r (recency_days): 2 all",
        "  f (order_count): 2 all",
        "  m (revenue): 1 up to 1.5, 2 beyond",
        "  No customer has 1 in recency_days.",
        "  No customer has 1 in order_count.",
    ]


@pytest.mark.parametrize("wrong", [0, 1, 10, -5])
def test_bins_out_of_range(wrong: int) -> None:
    with pytest.raises(ValueError, match=f"rfm_scores: bins must be from 2 to 9, got {wrong}"):
        rfm_scores(customers((1, 1, 1.0)), wrong)


@pytest.mark.parametrize("wrong", [True, 5.0, "5", None, [1, 2]])
def test_bins_of_another_type(wrong: Any) -> None:
    with pytest.raises(TypeError, match="rfm_scores: bins must be a whole number"):
        rfm_scores(customers((1, 1, 1.0)), wrong)


def test_missing_columns_are_named_together() -> None:
    with pytest.raises(CustsegError, match=r"'recency' \(recency=\).*'days' \(frequency=\)"):
        rfm_scores(customers((1, 1, 1.0)), recency="recency", frequency="days")


def test_columns_that_are_no_numbers_are_named_together() -> None:
    table = pl.DataFrame({"id": [1], "recency_days": ["x"], "order_count": [True], "revenue": [1.0]})
    with pytest.raises(CustsegError, match=r"'recency_days' \(recency=\) is String, 'order_count'.*Boolean"):
        rfm_scores(table)


def test_one_column_for_two_scores() -> None:
    with pytest.raises(ValueError, match="must be three columns"):
        rfm_scores(customers((1, 1, 1.0)), money="order_count")


def test_infinite_values() -> None:
    table = customers((1, 1, float("inf")), (1, 1, float("-inf")), (None, 1, 1.0))
    with pytest.raises(CustsegError, match="must be finite, but 'revenue' has 2 infinite values"):
        rfm_scores(table)


def test_nobody_with_all_three_values() -> None:
    table = customers((None, 1, 1.0), (2, 1, None))
    with pytest.raises(CustsegError, match="none of 2 customers has values in all three columns: 'recency_days' is"):
        rfm_scores(table)


def test_no_rows() -> None:
    with pytest.raises(CustsegError, match="rfm_scores: the feature table has no rows"):
        rfm_scores(customers())


FULL = {"recency_days": [1, 2], "order_count": [1, 2], "revenue": [1, 2]}


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"revenue": [2, 1]}, r"'revenue' must increase, got \[2, 1\]"),
        ({"revenue": [1, 1]}, "'revenue' must increase"),
        ({"revenue": []}, "'revenue' must be at least one number"),
        ({"revenue": [1, float("nan")]}, "'revenue' must be finite numbers"),
        ({"revenue": ["1", "2"]}, "'revenue' must be finite numbers"),
        ({"revenue": [True, 2]}, "'revenue' must be finite numbers"),
        ({"revenue": "12"}, "'revenue' must be a list of numbers, got str"),
        ({"revenue": 12}, "'revenue' must be a list of numbers, got int"),
        ({"revenue": [1, 2, 3]}, "same number of bins, but 'recency_days' has 3.*'revenue' has 4"),
        ({"revenue": list(range(9))}, "'revenue' must give 2 to 9 bins, got 10"),
        ({"revenu": [1, 2]}, "edges for 'revenu', which is not one of the three features. Did you mean 'revenue'"),
        ({"revenue": {"upper": [1]}}, "'revenue' must be a list of numbers, or have the keys"),
        ({"revenue": {"bins": 3, "upper": [1], "scores": [1, 2, 3]}}, "one score more than upper values"),
        ({"revenue": {"bins": 3, "upper": [1], "scores": [3, 1]}}, "'revenue' must have rising scores"),
        ({"recency_days": {"bins": 3, "upper": [1], "scores": [1, 3]}}, "must have falling scores"),
        ({"revenue": {"bins": 3, "upper": [1], "scores": [2, 4]}}, "must have scores from 1 to 3"),
        ({"revenue": {"bins": 3, "upper": [1], "scores": [1, 2.5]}}, "must have whole numbers as scores"),
        ({"revenue": {"bins": 99, "upper": [1], "scores": [1, 2]}}, "must give 2 to 9 bins, got 99"),
    ],
)
def test_edges_that_cannot_be_used(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(CustsegError, match=words):
        rfm_scores(customers((1, 1, 1.0)), FULL | wrong)


def test_all_faults_of_edges_are_named_together() -> None:
    wrong = {"recency_days": [3, 1], "order_count": "x"}
    with pytest.raises(CustsegError, match=r"no edges for 'revenue'.*must increase.*must be a list of numbers"):
        rfm_scores(customers((1, 1, 1.0)), wrong)
