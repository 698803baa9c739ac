"""Rules on the fewest columns: planted segments, held-out customers, missing values and bad input."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from custseg import DataError
from custseg.rules import ShortestRules, shortest_rules

N = 1_200


def planted(seed: int = 0) -> tuple[dict[str, Any], np.ndarray[Any, Any]]:
    """Segments by orders (0-4, 5-19) and region; seven columns of noise, and one that repeats the orders roughly."""
    rng = np.random.default_rng(seed)
    orders = rng.integers(0, 20, N)
    region = rng.choice(["north", "south"], N)
    columns = {f"noise{i}": rng.normal(size=N) for i in range(7)}
    labels = np.where(orders < 5, 0, np.where(region == "north", 1, 2))
    return {**columns, "spent": orders * 10 + rng.normal(0, 30, N), "orders": orders, "region": region}, labels


@pytest.fixture(scope="module")
def shortest() -> ShortestRules:
    return shortest_rules(*planted())


@pytest.mark.slow
def test_planted_columns_and_threshold(shortest: ShortestRules) -> None:
    assert sorted(shortest.names) == ["orders", "region"]
    assert shortest.rule_set.fidelity == 1
    assert {c.low for rule in shortest.rule_set.rules for c in rule.conditions if c.feature == "orders"} <= {None, 5}


def test_a_lower_aim_takes_fewer_columns() -> None:
    # By orders alone the smaller part of the others is lost: three eighths of all are wrong.
    shortest = shortest_rules(*planted(), at_least=0.5)
    assert shortest.names in (("orders",), ("region",))
    assert 0.5 <= (shortest.rule_set.fidelity or 0) < 0.8


@pytest.mark.slow
def test_held_out_customers_have_no_say(shortest: ShortestRules) -> None:
    features, labels = planted()
    assert 0.28 * N < len(shortest.held_out) < 0.32 * N
    predicted = shortest.rule_set.labels({name: features[name][shortest.held_out] for name in shortest.names})
    assert shortest.rule_set.fidelity == (predicted == labels[shortest.held_out]).mean()


@pytest.mark.slow
def test_labels_that_are_noise_are_not_recovered() -> None:
    # Two segments of one half: whatever is learned, held-out customers are guessed. Five standard errors of 360: .13.
    features, _ = planted()
    labels = np.random.default_rng(1).integers(0, 2, N)
    shortest = shortest_rules(features, labels)
    assert abs((shortest.rule_set.fidelity or 0) - 0.5) < 0.13
    assert all(accuracy < 0.85 for accuracy in shortest.validated)


@pytest.mark.slow
def test_order_of_rows_does_not_matter(shortest: ShortestRules) -> None:
    features, labels = planted()
    order = np.random.default_rng(2).permutation(N)
    shuffled = shortest_rules({name: values[order] for name, values in features.items()}, labels[order])
    assert shuffled.rule_set.sql == shortest.rule_set.sql


def test_exactly_one_rule_holds_whatever_is_missing(shortest: ShortestRules) -> None:
    orders = np.array([0, 4, 5, 19, np.nan, np.nan, np.nan])
    region = np.array(["north", None, None, "east", "north", "south", None], dtype=object)
    holds = [rule.holds({"orders": orders, "region": region}) for rule in shortest.rule_set.rules]
    assert np.sum(holds, axis=0).tolist() == [1] * 7


def test_way_of_a_missing_value_is_the_likelier_one(shortest: ShortestRules) -> None:
    # Three quarters have five orders or more, so that without the orders a northerner is in segment 1.
    answers = {"orders": np.array([np.nan, np.nan]), "region": np.array(["north", "south"], dtype=object)}
    assert shortest.rule_set.labels(answers).tolist() == [1, 2]


def test_way_of_missing_values_is_learned() -> None:
    # Nobody of segment 0 has a first click: it is the missing value that tells.
    clicks = np.where(np.arange(400) < 200, np.nan, np.arange(400) % 30)
    shortest = shortest_rules({"clicks": clicks}, (np.arange(400) >= 200).astype(int))
    assert shortest.rule_set.labels({"clicks": np.array([np.nan, 0.0, 29.0])}).tolist() == [0, 1, 1]
    assert shortest.rule_set.fidelity == 1


def test_thresholds_have_two_digits() -> None:
    spent = np.random.default_rng(0).uniform(1000, 2000, 800)
    shortest = shortest_rules({"spent": spent}, (spent >= 1234).astype(int))
    [bound] = {c.low for rule in shortest.rule_set.rules for c in rule.conditions} - {None}
    assert bound == 1200


@pytest.mark.parametrize("at_least", [0, -0.1, 1.01, float("nan")])
def test_accuracy_out_of_range(at_least: float) -> None:
    with pytest.raises(ValueError, match="shortest_rules: at_least must be an accuracy above 0 and up to 1"):
        shortest_rules(*planted(), at_least=at_least)


def test_accuracy_of_another_type() -> None:
    with pytest.raises(TypeError, match="shortest_rules: at_least must be a number, got str"):
        shortest_rules(*planted(), at_least="high")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("features", "labels", "message"),
    [
        ({"a": np.arange(200)}, np.zeros(200, dtype=int), "two segments or more of at least ten customers"),
        ({"a": np.arange(60)}, np.arange(60) % 2, "100 customers are needed.*60 customers are in segments"),
        ({"a": np.ones(200), "b": ["x"] * 200}, np.arange(200) % 2, r"no column can be asked: each of \['a', 'b'\]"),
    ],
)
def test_nothing_to_choose_from(features: dict[str, Any], labels: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        shortest_rules(features, labels)
