from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest
from effort import all_of, examples
from hypothesis import given
from hypothesis import strategies as st
from quick import quick_fit

from custseg import Orders
from custseg.datasets import make_shop
from custseg.errors import DataError
from custseg.rules import Condition, Rule, SegmentRules, segment_rules
from custseg.rules._beam_search import Sample
from custseg.rules._input import columns_in_bins, given_columns, split_rows
from custseg.rules._tree import covering_conditions


def shop_table(n: int = 600, seed: int = 0) -> tuple[pl.DataFrame, np.ndarray]:
    """Customers with whole, money, flag, text and gappy columns, and segments that hang on some of them."""
    rng = np.random.default_rng(seed)
    orders, days = 1 + rng.poisson(4, n), rng.integers(0, 365, n)
    table = pl.DataFrame(
        {
            "customer_id": np.arange(n),
            "order_count": orders,
            "recency_days": days,
            "revenue": np.round(orders * rng.lognormal(3, 0.7, n), 2),
            "gap_days": pl.Series(np.where(orders > 1, rng.gamma(2, 20, n), np.nan)).fill_nan(None),
            "vip": pl.Series(
                [None if lost else bool(v) for lost, v in zip(rng.random(n) < 0.1, orders > 7, strict=True)]
            ),
            "region": pl.Series(rng.choice(["north", "south", "O'Brien", "<b>"], n)).replace("south", None),
        }
    )
    labels = np.select([days > 200, orders >= 5], [0, 1], 2)
    labels[rng.random(n) < 0.05] = -1
    return table, labels


def reprs(rules: SegmentRules) -> list[str]:
    return [repr(rule) for rule in (*rules.rules, *rules.rule_set.rules)]


def all_rules(rules: SegmentRules) -> tuple[Rule, ...]:
    return (*rules.rules, *rules.rule_set.rules)


def test_rule_of_a_plain_segment_by_hand() -> None:
    orders = np.arange(200) % 20
    rules = segment_rules({"order_count": orders, "noise": np.arange(200) % 7}, (orders >= 5).astype(int))
    few, many = rules.rules
    assert (few.text, many.text) == ("order_count is at most 4", "order_count is at least 5")
    assert (many.precision, many.recall, many.lift) == (1.0, 1.0, pytest.approx(1 / 0.75, rel=0.02))
    assert many.sql == '"order_count" >= 5 AND "order_count" IS NOT NULL'
    assert rules.fidelity == 1.0


def test_rule_of_two_terms_is_found() -> None:
    table, labels = shop_table()
    rules = segment_rules(table, labels, names=["Gone", "Regular", "Rare"], columns=["order_count", "recency_days"])
    regular = rules.of(1)
    assert {condition.feature for condition in regular.conditions} == {"order_count", "recency_days"}
    assert next(condition.low for condition in regular.conditions if condition.feature == "order_count") == 5
    assert next(
        condition.high for condition in regular.conditions if condition.feature == "recency_days"
    ) == pytest.approx(200, abs=10)
    assert regular.name == "Regular"


def test_thresholds_of_money_are_round() -> None:
    rng = np.random.default_rng(1)
    revenue = rng.lognormal(6, 1, 2000).round(2)
    rules = segment_rules({"revenue": revenue}, (revenue > 1013.77).astype(int))
    assert rules.rules[1].text == "revenue is at least 1,000"


def test_range_is_one_term() -> None:
    x = np.arange(1000)
    rules = segment_rules({"x": x}, ((x >= 400) & (x < 600)).astype(int), max_conditions=1)
    assert rules.rules[1].text == "x is from 400 to under 600"
    assert all(len(rule.conditions) <= 1 for rule in rules.rule_set.rules)


def test_missing_values_can_make_a_segment() -> None:
    x = np.where(np.arange(300) % 3 == 0, np.nan, np.arange(300.0))
    rules = segment_rules({"gap_days": x}, np.isnan(x).astype(int))
    assert [rule.text for rule in rules.rules] == ["gap_days is known", "gap_days is missing"]
    assert rules.rule_set.labels({"gap_days": [np.nan, 5.0]}).tolist() == [1, 0]


def test_customers_with_a_gap_that_nobody_had_get_the_largest_segment() -> None:
    x = np.arange(300.0)
    rules = segment_rules({"x": x}, (x >= 200).astype(int))
    assert rules.rule_set.labels({"x": [np.nan, 250.0]}).tolist() == [0, 1]
    assert not rules.rules[0].holds({"x": [np.nan]}).any()


def test_segment_of_fewer_than_ten_has_no_rule() -> None:
    x = np.arange(209.0)
    rules = segment_rules({"x": x}, np.repeat([0, 1, 2], [100, 100, 9]), names=["Low", "High", "Handful"])
    assert [rule.segment for rule in rules.rules] == [0, 1]
    assert {rule.segment for rule in rules.rule_set.rules} == {0, 1}
    assert "Handful" not in repr(rules)
    assert segment_rules({"x": x[100:]}, np.repeat([0, 1], [100, 9])).rules == ()


def test_segments_that_are_all_too_small_have_no_rules() -> None:
    rules = segment_rules({"x": np.arange(17.0)}, np.repeat([0, 1], [8, 9]))
    assert (rules.rules, rules.rule_set.rules, rules.fidelity) == ((), (), None)
    assert rules.rule_set.sql == "1"
    assert rules.rule_set.labels({"x": [3.0, 4.0]}).tolist() == [1, 1]


@pytest.mark.slow
def test_profile_of_a_segment_too_small_to_describe_has_no_rule() -> None:
    table = pl.DataFrame({"id": range(129), "visits": [*range(60), *range(500, 560), *range(9000, 9009)]})
    result = quick_fit(features=table, n_segments=3, min_size=2)
    assert sorted(row.size for row in result.profiles) == [9, 60, 60]
    assert [row.rule is None for row in result.profiles] == [row.size < 10 for row in result.profiles]


def test_rule_of_one_of_several_segments_has_a_term() -> None:
    rng = np.random.default_rng(0)
    labels = (rng.random(400) < 0.8).astype(int)  # F1 of "anyone" is 0.89, which noise does not beat
    rules = segment_rules({"x": rng.normal(size=400), "y": rng.integers(0, 5, 400)}, labels)
    assert [len(rule.conditions) > 0 for rule in rules.rules] == [True, True]
    assert segment_rules({"x": np.arange(50)}, np.zeros(50, dtype=int)).rules[0].conditions == ()


@pytest.mark.parametrize("max_conditions", [1, 2, 3])
def test_no_rule_has_more_terms_than_allowed(max_conditions: int) -> None:
    rules = segment_rules(*shop_table(), max_conditions=max_conditions)
    assert max(len(rule.conditions) for rule in all_rules(rules)) <= max_conditions
    assert all(len({t.feature for t in rule.conditions}) == len(rule.conditions) for rule in all_rules(rules))


def test_exactly_one_rule_of_the_set_holds_for_everyone() -> None:
    table, labels = shop_table()
    rules = segment_rules(table, labels).rule_set
    held = np.array([rule.holds(table) for rule in rules.rules]).sum(axis=0)
    assert (held[labels >= 0] == 1).all()


@pytest.mark.slow
@given(st.integers(0, 50), st.sampled_from([1, 2, 3]))
@examples(15)
def test_rule_holds_where_its_sql_does(seed: int, max_conditions: int) -> None:
    table, labels = shop_table(seed=seed)
    rules = segment_rules(table, labels, max_conditions=max_conditions)
    with duckdb.connect() as connection:
        connection.register("given", table.to_arrow())
        for rule in all_rules(rules):
            answers = connection.sql(f"SELECT {rule.sql} FROM given").fetchall()
            assert [answer for (answer,) in answers] == rule.holds(table).tolist()
        answers = connection.sql(f"SELECT {rules.rule_set.sql} FROM given").fetchall()
        assert [answer for (answer,) in answers] == rules.rule_set.labels(table).tolist()


@pytest.mark.slow
@given(st.integers(0, 50))
@examples(15)
def test_what_is_stated_is_what_the_held_out_customers_show(seed: int) -> None:
    table, labels = shop_table(seed=seed)
    table, labels = table.filter(labels >= 0), labels[labels >= 0]
    rules = segment_rules(table, labels, random_state=seed)
    columns, units = given_columns(table, "test")
    split = split_rows(columns, labels, columns=columns_in_bins(columns, units), seed=seed)
    assert set(split.learned).isdisjoint(split.held_out)
    held_out, truth = table[split.held_out], labels[split.held_out]
    for rule in all_rules(rules):
        picked, own = rule.holds(held_out), truth == rule.segment
        assert rule.recall is None or rule.recall == (picked & own).sum() / own.sum()
        assert rule.precision is None or rule.precision == (picked & own).sum() / picked.sum()
        assert rule.lift is None or rule.lift == pytest.approx(rule.precision / own.mean())
    assert rules.fidelity == (rules.rule_set.labels(held_out) == truth).mean()


@pytest.mark.slow
@given(st.integers(0, 1000))
@examples(15)
def test_shuffled_customers_give_the_same_rules(seed: int) -> None:
    table, labels = shop_table()
    order = np.random.default_rng(seed).permutation(len(table))
    assert reprs(segment_rules(table[order], labels[order])) == reprs(segment_rules(table, labels))


@pytest.mark.slow
def test_every_kind_of_table_gives_the_same_rules() -> None:
    table, labels = shop_table()
    rules = reprs(segment_rules(table, labels))
    columns = {name: table[name].to_list() for name in table.columns if name != "customer_id"}
    assert reprs(segment_rules(columns, labels)) == rules
    assert reprs(segment_rules(table.to_pandas(), labels.tolist())) == rules
    assert reprs(segment_rules(table.rename({"customer_id": "who"}), labels, customer_column="who")) == rules


@pytest.mark.slow
def test_units_come_from_the_feature_table() -> None:
    shop = make_shop(500, 0)
    result = quick_fit(shop.orders, as_of=shop.as_of, n_segments=4)
    rules = segment_rules(result.features, result.labels, columns=["order_count"], language="ru")
    assert "заказ" in " ".join(rule.text for rule in rules.rules)
    assert rules.rule_set.labels(result.features).shape == result.labels.shape


def test_unclustered_customers_do_not_matter() -> None:
    table, labels = shop_table()
    inside = labels >= 0
    assert reprs(segment_rules(table, labels)) == reprs(segment_rules(table.filter(inside), labels[inside]))


def test_segments_need_not_be_numbered_without_gaps() -> None:
    x = np.arange(300)
    rules = segment_rules({"x": x}, np.where(x < 100, 7, 1_000_000_000))
    assert [rule.segment for rule in rules.rules] == [7, 1_000_000_000]
    assert rules.rule_set.labels({"x": [5, 200]}).tolist() == [7, 1_000_000_000]


def test_one_segment_is_everyone() -> None:
    rules = segment_rules({"x": np.arange(100)}, np.zeros(100, dtype=int))
    assert repr(rules.rules[0]) == "All customers are in segment 0."
    assert repr(rules) == repr(rules.rules[0])
    assert rules.rule_set.sql == "CASE\n  WHEN 1 = 1 THEN 0\n  ELSE 0\nEND"


def test_segment_with_few_held_out_is_not_measured_and_says_so() -> None:
    x = np.arange(200)
    lonely = segment_rules({"x": x}, (x >= 180).astype(int)).rules[1]
    assert (lonely.precision, lonely.recall, lonely.lift) == (None, None, None)
    assert repr(lonely).endswith("not measured (fewer than 10 held-out customers)")
    assert lonely.holds({"x": x}).sum() >= 10


def test_no_rule_picks_fewer_than_ten_customers() -> None:
    table, labels = shop_table(200)
    for rule in all_rules(segment_rules(table, labels)):
        assert rule.holds(table).sum() >= 10


def test_feature_without_values_takes_no_part() -> None:
    x = np.arange(200.0)
    rules = segment_rules({"empty": np.full(200, np.nan), "none": [None] * 200, "x": x}, (x >= 100).astype(int))
    assert rules.rules[1].text == "x is at least 100"
    only = segment_rules({"empty": np.full(200, np.nan)}, (x >= 100).astype(int))
    assert only.rules == ()


def test_rare_categories_are_never_named() -> None:
    words = [f"customer {i}" for i in range(100_000)] + ["shop"] * 500 + ["nine"] * 9
    labels = [0] * 100_000 + [1] * 509
    rules = segment_rules({"source": words}, labels)
    assert rules.rules[1].text == "source is 'shop'"
    assert {condition.categories for rule in all_rules(rules) for condition in rule.conditions} == {("shop",)}


def test_categories_that_do_not_print_on_one_line_are_never_named() -> None:
    words = ["a\nb", "c"] * 100
    rules = segment_rules({"source": words}, [0, 1] * 100)
    assert [rule.text for rule in rules.rules] == ["source is not 'c'", "source is 'c'"]


def test_threshold_is_the_value_of_no_one_customer() -> None:
    x = np.sort(np.random.default_rng(0).normal(0, 1, 500))
    rules = segment_rules({"x": x}, (x > x[250]).astype(int))
    [low] = [condition.low for condition in rules.rules[1].conditions]
    assert low not in x.tolist()
    assert len(str(low)) <= 5


def test_other_kinds_of_columns_are_left_out() -> None:
    table = pl.DataFrame({"id": np.arange(100), "x": np.arange(100)}).with_columns(day=pl.date(2024, 1, 1))
    rules = segment_rules(table, (np.arange(100) >= 50).astype(int))
    assert rules.rules[1].text == "x is at least 50"


def test_both_languages_are_told() -> None:
    x = np.arange(200)
    rules = segment_rules({"recency_days": x}, (x >= 100).astype(int), language="ru")
    assert rules.rules[1].texts == {"en": "recency_days is at least 100", "ru": "recency_days не меньше 100"}
    assert repr(rules.rules[1]) == (
        "Если recency_days не меньше 100, то сегмент 1: точность 100\xa0%, полнота 100\xa0%, лифт 2"
    )
    assert "совпадение с сегментами: 100\xa0%" in repr(rules)


def test_columns_make_a_frame() -> None:
    rules = segment_rules(*shop_table())
    frame = pd.DataFrame(rules.columns())
    assert list(frame.columns) == ["set", "segment", "name", "text", "precision", "recall", "lift", "sql"]
    assert len(frame) == len(rules.rules) + len(rules.rule_set.rules)


def test_shuffled_labels_give_next_to_no_rules() -> None:
    table, labels = shop_table(2000)
    known = labels[labels >= 0]
    rules = segment_rules(table.filter(labels >= 0), np.random.default_rng(0).permutation(known))
    assert len(rules.rule_set.rules) <= 3
    assert max(rule.lift or 0 for rule in rules.rules) < 1.5


def test_small_segment_of_a_large_table_is_learned_too() -> None:
    n = 200_000
    x, y = np.arange(n) % 1000, np.arange(n) % 77
    rules = segment_rules({"x": x, "y": y}, (x >= 995).astype(int))
    assert rules.rules[1].text == "x is at least 995"
    assert rules.rules[1].precision == 1.0
    assert rules.rule_set.measured_on == 60_000


def test_tree_learns_a_checkerboard_that_no_single_cut_shows() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.integers(0, 100, 4000), rng.integers(0, 100, 4000)
    columns, units = given_columns({"a": a, "b": b}, "test")
    labels = ((a < 50) != (b < 30)).astype(int)
    bins = columns_in_bins(columns, units)
    sample = Sample(bins, [c.codes(columns[c.template.feature]) for c in bins], labels, np.ones(2))
    found = {
        (label, " and ".join(condition.text() for condition in conditions))
        for label, conditions in covering_conditions(sample, max_conditions=2)
    }
    assert found == {
        (0, "a is under 50 and b is under 30"),
        (1, "a is under 50 and b is at least 30"),
        (1, "a is at least 50 and b is under 30"),
        (0, "a is at least 50 and b is at least 30"),
    }


@pytest.mark.slow
@pytest.mark.parametrize("n_segments", all_of(range(3, 7), quick=[4]))
def test_rules_of_online_retail_are_faithful(shared_file: Callable[[str], Path], n_segments: int) -> None:
    path = shared_file("online_retail.parquet")
    names = {"customer": "CustomerID", "order": "InvoiceNo", "date": "InvoiceDate"}
    log = Orders(path, **names, quantity="Quantity", price="UnitPrice")
    result = quick_fit(log, n_segments=n_segments)
    rules = segment_rules(result.features, result.labels)
    assert rules.fidelity is not None
    assert rules.fidelity >= 0.85
    assert len(rules.rule_set.rules) <= 4 * n_segments
    assert min(rule.precision or 0 for rule in rules.rules) >= 0.7


X = np.arange(100)
HALVES = (X >= 50).astype(int)
WRONG: list[tuple[Any, Any, dict[str, Any], type[Exception], str]] = [
    ({"x": X}, HALVES[:99], {}, DataError, "labels must hold one label per customer: there are 100 customers"),
    ({"x": X}, HALVES[:, None], {}, DataError, r"labels of shape \(100, 1\)"),
    ({"x": X}, HALVES.astype(str), {}, TypeError, "labels must be whole numbers, got text"),
    ({"x": X}, HALVES - 2, {}, DataError, r"labels must be -1 \(no segment\) or at least 0, got -2"),
    ({"x": X}, np.full(100, -1), {}, DataError, "no customer is in a segment"),
    ({"x": X}, HALVES, {"max_conditions": 0}, ValueError, "max_conditions must be from 1 to 6, got 0"),
    ({"x": X}, HALVES, {"max_conditions": 2.0}, TypeError, "max_conditions must be a whole number"),
    ({"x": X}, HALVES, {"language": "fr"}, ValueError, "language must be one of"),
    ({"x": X}, HALVES, {"random_state": None}, TypeError, "random_state must be a whole number"),
    ({"x": X}, HALVES, {"names": ["a"]}, ValueError, r"names lacks the segments \[1\]"),
    ({"x": X}, HALVES, {"names": "ab"}, TypeError, "names must map segments to names"),
    ({"x": X}, HALVES, {"names": [1, 2]}, TypeError, "names must be text"),
    ({"x": X}, HALVES, {"columns": "x"}, TypeError, "columns must be a list"),
    ({"x": X}, HALVES, {"columns": []}, ValueError, "columns must name each feature once"),
    ({"days": X}, HALVES, {"columns": ["day"]}, DataError, "lacks column 'day'.*Did you mean 'days'"),
    ({}, HALVES, {}, DataError, "features has no columns"),
    ({1: X}, HALVES, {}, TypeError, "the names of features must be text"),
    ({"x": X, "y": X[:5]}, HALVES, {}, DataError, "must be of one length"),
    ({"x": [1, "b"] * 50}, HALVES, {}, DataError, "column of features mixes types"),
    (5, HALVES, {}, TypeError, "segment_rules: .*got int"),
]


@pytest.mark.parametrize(("features", "labels", "options", "error", "match"), WRONG)
def test_bad_input_is_told(
    features: Any, labels: Any, options: dict[str, Any], error: type[Exception], match: str
) -> None:
    with pytest.raises(error, match=match):
        segment_rules(features, labels, **options)


def test_table_without_the_columns_of_a_rule_is_told() -> None:
    rule = segment_rules({"x": X}, HALVES).rules[1]
    with pytest.raises(DataError, match=r"holds: features lacks \['x'\]"):
        rule.holds({"y": X})
    with pytest.raises(ValueError, match="segment 5 has no rule"):
        segment_rules({"x": X}, HALVES).of(5)


def test_alternatives_are_in_parentheses_and_russian_has_a_comma_after_a_range() -> None:
    income = Condition("income", low=40_000, missing=True)
    orders, fish = Condition("orders", low=2, high=7), Condition("fish", high=15)
    rule = Rule(0, "x", (income, orders, fish), None, None, None, 0)
    assert rule.text == "(income is missing or at least 40,000), orders is from 2 to under 7 and fish is under 15"
    assert rule.texts["ru"].endswith(", orders не меньше 2, но меньше 7, и fish меньше 15")
    assert Rule(0, "x", (income,), None, None, None, 0).text == "income is missing or at least 40,000"
    visits = Condition("visits", low=1.5)
    assert Rule(0, "x", (visits, fish), None, None, None, 0).texts["ru"] == "visits не меньше 1,5 и fish меньше 15"
