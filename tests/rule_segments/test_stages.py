"""The stages of the lifecycle, by the rhythm of each customer."""

import numpy as np
import polars as pl
import pytest

from custseg import DataError
from custseg.feature_table import FeatureTable, given_features
from custseg.rule_segments._stages import lifecycle_rules


def table(ratios: list[float | None], days: list[int]) -> FeatureTable:
    columns = {"customer_id": range(len(days)), "overdue_ratio": ratios, "order_days": days}
    return given_features(pl.DataFrame(columns, schema_overrides={"overdue_ratio": pl.Float64}), None, "test")


def stages(features: FeatureTable, min_size: int = 1) -> list[str]:
    rules = lifecycle_rules(features, "test", min_size=min_size)
    positions = rules.learned(features).first_match(rules.predicates, features)
    return [rules.names()[position].split()[0] if position >= 0 else "" for position in positions]


def test_stages_by_hand() -> None:
    """Bounds after one order: 2 (5^(1/2) - 1) = 2.47 and 2 (20^(1/2) - 1) = 6.94; after eleven: 1.72 and 3.40."""
    ratios = [2.4, 2.5, 7.0, 1.7, 1.8, 3.3, 3.5, None]
    expected = ["New", "Lapsing", "Lapsed", "Established", "Lapsing", "Lapsing", "Lapsed", ""]
    assert stages(table(ratios, [1, 1, 1, 11, 11, 11, 11, 0])) == expected


def test_stage_below_the_minimum_is_joined_with_its_smaller_neighbor() -> None:
    features = table([0.1] * 30 + [2.0] * 2 + [9.0] * 5, [5] * 30 + [11] * 7)
    rules = lifecycle_rules(features, "test", min_size=5)
    assert rules.names() == ["New customers and established customers", "Lapsing customers and lapsed customers"]
    assert rules.names("ru")[1] == "Уходящие клиенты и ушедшие клиенты"
    positions = rules.learned(features).first_match(rules.predicates, features)
    assert np.bincount(positions).tolist() == [30, 7]


def test_every_customer_with_an_order_is_in_one_stage() -> None:
    rng = np.random.default_rng(0)
    features = table(rng.gamma(1, 2, 500).tolist(), rng.integers(1, 20, 500).tolist())
    rules = lifecycle_rules(features, "test", min_size=10)
    truths = [rules.learned(features).truth(predicate, features).is_true for predicate in rules.predicates]
    assert (np.sum(truths, axis=0) == 1).all()


def test_table_without_rhythm() -> None:
    features = given_features(pl.DataFrame({"customer_id": [1], "revenue": [1.0]}), None, "test")
    with pytest.raises(DataError, match="needs the rhythm of customers, overdue_ratio, order_days"):
        lifecycle_rules(features, "fit_segments", min_size=1)


def test_nobody_ordered_twice() -> None:
    with pytest.raises(DataError, match="needs customers with orders on two days or more"):
        lifecycle_rules(table([None, None], [1, 1]), "fit_segments", min_size=1)
