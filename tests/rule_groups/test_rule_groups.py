"""Rules before clusters: sizes, numbers, names, and what a fit refuses."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import polars as pl
import pytest
from effort import seeds
from quick import quick_fit

from custseg import DataError, InfeasibleMinimumError, Orders, Segmentation, SegmentModel, fit_segments
from custseg.datasets import make_shop
from custseg.insights import explain
from custseg.plots import plot_choice
from custseg.proof import cross_check
from custseg.reports import report_data
from custseg.tracking import drift, refit

RULES = [
    {"name": {"en": "Wide", "ru": "Широкие"}, "when": "width >= 90"},
    {"name": {"en": "South", "ru": "Юг"}, "when": "region = 'south'"},
]


def customers(count: int = 400, seed: int = 0) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    kind = rng.integers(0, 3, count)
    return pl.DataFrame(
        {
            "customer_id": np.arange(count),
            "width": rng.uniform(0, 100, count),
            "length": rng.normal(kind * 10.0, 1.0),
            "region": np.where(rng.random(count) < 0.2, "south", "north"),
        }
    )


@cache
def fitted() -> Segmentation:
    return quick_fit(features=customers(), columns=("width", "length"), rules=RULES)


def test_rules_come_first_and_clusters_take_the_rest() -> None:
    result, table = fitted(), customers()
    wide, south = (table["width"] >= 90).to_numpy(), (table["region"] == "south").to_numpy()
    assert result.model.numbers == (0, 1, 2, 3, 4)
    assert result.model.names[:2] == ("Wide", "South")
    assert ((result.labels == 0) == wide).all()
    assert ((result.labels == 1) == (south & ~wide)).all()
    assert (result.labels >= 0).all()
    assert sum(row.size for row in result.profiles.segments) == len(table)


def test_assignments_of_the_model_are_those_of_the_fit(tmp_path: Any) -> None:
    result = fitted()
    result.model.save(tmp_path / "model.json")
    model = SegmentModel.load(tmp_path / "model.json")
    assert model == result.model
    assert model.assign(features=customers()).equals(result.assignments)
    inside = result.assignments.filter(pl.col("segment") < 2)
    assert inside["confidence"].unique().to_list() == [1.0]
    assert result.confidence[result.labels < 2].min() == 1


def test_one_customer() -> None:
    model = fitted().model
    row: dict[str, Any] = {"width": 95.0, "length": 1.0, "region": "south"}
    assert model.assign_one(row).name == "Wide"
    assert model.assign_one({**row, "width": 10.0}).name == "South"
    assert model.assign_one({**row, "width": 10.0, "region": None}).segment in (2, 3, 4)
    assert model.assign_one({**row, "width": None, "region": "north"}).segment in (2, 3, 4)
    with pytest.raises(DataError, match="features lack 'region'"):
        model.assign_one({"width": 1.0, "length": 1.0})
    with pytest.raises(DataError, match="region must be text or None, got int"):
        model.assign_one({**row, "region": 3})


def test_reason_says_what_is_a_rule_and_what_was_found() -> None:
    result = fitted()
    why = result.why()
    assert "2 segments are stated as rules" in why
    assert "“Wide” (width is at least 90); “South” (region is 'south')" in why
    assert f"found by clustering {int((result.labels > 1).sum())} customers of whom no rule is true" in why
    russian = result.in_language("ru")
    assert russian.model.names[:2] == ("Широкие", "Юг")
    assert "2 сегмента заданы правилами" in russian.why()


def test_explanation_of_a_rule_and_of_a_cluster() -> None:
    result = fitted()
    of_rule = explain(result, int((result.labels == 0).argmax()))
    assert (of_rule.segment, of_rule.confidence, of_rule.rule) == (0, 1.0, "width >= 90")
    assert "The segment is stated as a rule, which is true of them: width is at least 90." in repr(of_rule)
    of_cluster = explain(result, int((result.labels == 3).argmax()))
    assert (of_cluster.segment, of_cluster.rule) == (3, "")
    assert of_cluster.second_segment in (2, 4)
    assert sum(r.contribution for r in of_cluster.why) + of_cluster.residual == pytest.approx(of_cluster.margin)


def test_rest_as_one_segment() -> None:
    result = quick_fit(features=customers(), columns=("width", "length"), rules=RULES, n_segments=1)
    assert result.model.names == ("Wide", "South", "All others")
    assert result.in_language("ru").model.names[2] == "Все остальные"
    assert "are one segment, “All others”" in result.why()


def test_names_of_rules_are_their_own() -> None:
    fit: dict[str, Any] = {"features": customers(), "columns": ("width", "length"), "n_segments": 1}
    assert quick_fit(**fit, rules={"All others": "width >= 90"}).model.names == ("All others", "In no rule")
    with pytest.raises(DataError, match=r"names \['Prospects'\], which customers in no segment have"):
        quick_fit(**fit, rules={"Prospects": "width >= 90"})


@pytest.mark.slow
def test_report_says_the_rules_and_how_to_get_the_segments_again() -> None:
    result = fitted()
    data = report_data(result)
    assert data["summary"][0]["answers"] == [result.reason]
    assert data["figures"][-1]["value"] == "rules, then clusters"
    stated = [card["stated"] and card["stated"]["text"] for card in data["segments"]]
    assert stated == ["width is at least 90", "region is 'south'", None, None, None]
    [method] = [section for section in data["sections"] if section["key"] == "method"]
    assert any(line.startswith("Method: stated as rules, k-means") for line in method["text"])
    names: dict[str, Any] = {"features": customers()}
    exec("\n".join(method["code"]), names)
    assert (names["result"].labels == result.labels).all()


@pytest.mark.slow
def test_further_segments_are_counted_beside_those_of_rules() -> None:
    table = customers().with_columns(third=pl.col("customer_id") % 3, flag=pl.col("width") >= 90)
    result = quick_fit(features=customers(), columns=("width", "length"), rules={"Wide": "width >= 90"}, n_segments=2)
    check = cross_check(table.cast({"flag": pl.Float64}), ["third"], min_size=20, outcome="flag", result=result)
    [chosen] = [row for row in check.segments if row.is_selected]
    assert (chosen.n_segments, chosen.n_sends) == (3, 3)
    # The rule tells the outcome without error, the clusters say nothing more.
    assert chosen.explained == 1


def test_nobody_is_left_who_can_be_clustered() -> None:
    table = customers().with_columns(length=pl.when(pl.col("region") == "south").then("length"))
    result = quick_fit(features=table, columns=["length"], rules={"South": "region = 'south'"})
    assert "Of the other customers, none has what segments are made of" in result.why()
    with pytest.raises(ValueError, match="plot_choice: rules take all customers"):
        plot_choice(result)


def test_rules_that_leave_no_column() -> None:
    table = customers().with_columns(length=pl.when(pl.col("region") == "south").then("length").otherwise(5.0))
    n_rest = int((table["region"] != "south").sum())
    with pytest.raises(DataError, match=f"no column is left .*: all of its .*the {n_rest} customers of whom no rule"):
        quick_fit(features=table, columns=["length"], rules={"South": "region = 'south'"})


def test_rules_for_everybody_leave_no_rest() -> None:
    rules = {"wide": "width >= 50", "narrow": "width < 50"}
    result = quick_fit(features=customers(), columns=("width", "length"), rules=rules)
    assert result.model.names == ("wide", "narrow")
    assert "A rule is true of every customer." in result.why()
    later = result.model.assign(features=customers(5).with_columns(width=pl.lit(None, pl.Float64)))
    assert later["segment"].to_list() == [None] * 5


def test_refit_keeps_the_numbers_and_names_of_rules() -> None:
    model = fitted().model
    # Half a year later other customers are wide.
    later = customers().with_columns(width=(pl.col("width") + 45) % 100)
    again = refit(model, features=later)
    same = {relation.before: relation.after for relation in again.record.relations if relation.kind == "same"}
    assert (same[0], same[1]) == (0, 1)
    assert again.result.model.names[:2] == ("Wide", "South")
    assert again.result.model.options.rules == model.options.rules


def test_drift_compares_all_segments() -> None:
    assert drift(fitted().model, customers()).verdict == "keep"


@pytest.mark.slow
def test_clusters_have_other_names_than_rules() -> None:
    names = quick_fit(features=customers(), columns=("width", "length")).model.names
    rules = {name: f"width >= {90 - 10 * index} and width < {100 - 10 * index}" for index, name in enumerate(names)}
    result = quick_fit(features=customers(), columns=("width", "length"), rules=rules)
    assert len(set(result.model.names)) == 6


@pytest.mark.parametrize(
    ("rules", "error", "words"),
    [
        ({"a": "height > 3"}, DataError, "the rules do not fit the table, a fault: rule 'a': .*lacks column 'height'"),
        ({"a": "width < 1 and width > 2"}, DataError, "“a” can never be true"),
        ({"a": "width >= 0"}, DataError, "“a” is true of every customer, so that nothing is left"),
        ({"a": "width > 1000"}, DataError, "“a” is true of no customer"),
        ({"a": "width > 50", "b": "width > 60"}, DataError, "“b” is true only of customers whom rule “a” takes"),
        (
            {"a": "width > 99"},
            InfeasibleMinimumError,
            r"rule 'a' has <10 customers, below the minimum size of 20 \(",
        ),
        ({"a": "width > 3"}, InfeasibleMinimumError, r"the rest, of whom no rule is true, has <10 customers"),
        ({"a": "width >"}, DataError, "the rules have a fault: rule 'a': the condition 'width >' has the end"),
    ],
)
def test_rules_that_are_refused(rules: dict[str, str], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        quick_fit(features=customers(), columns=("width", "length"), rules=rules)


@pytest.mark.slow
def test_another_currency_in_the_log_is_refused() -> None:
    log = make_shop(60, 0).orders
    orders = Orders(log.with_columns(currency=pl.lit("USD")), currency="currency")
    with pytest.raises(DataError, match="is in RUB, and the money of column 'order_value' in USD"):
        fit_segments(orders, rules={"big": "order_value > 5000 RUB"}, n_segments=2)
    roubles = Orders(log.with_columns(currency=pl.lit("RUB")), currency="currency")
    model = fit_segments(roubles, rules={"big": "order_value > 60 RUB"}, n_segments=1, method="kmeans").model
    with pytest.raises(DataError, match="is in RUB, and the money of column 'order_value' in USD"):
        model.assign(log.with_columns(currency=pl.lit("USD")), as_of="2025-08-01")


@pytest.mark.parametrize("seed", seeds(10, quick=0))
def test_hybrids_of_a_shop_add_up_and_keep_the_minimum(seed: int) -> None:
    shop = make_shop(600, seed)
    rules = {"readers": "rate_above(open, 0.5, sure=0.8) and recency_days within 60 days", "late": "overdue(sure=0.95)"}
    result = fit_segments(shop.orders, events=shop.events, as_of=shop.as_of, rules=rules, method="kmeans")
    sizes = [row.size for row in result.profiles.segments]
    n_in_segments = int((result.labels >= 0).sum())
    assert sum(sizes) == n_in_segments
    assert min(sizes) >= 0.05 * n_in_segments
    assert len(result.assignments) == len(result.features)
