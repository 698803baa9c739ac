"""Nothing that a model stores is a number of a single customer."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from effort import all_of, examples
from every_method import estimator
from hypothesis import given
from hypothesis import strategies as st

from custseg import fit_segments
from custseg.clustering import METHODS, method_names
from custseg.preparation import Preparation, fit_preparation
from custseg.rules import segment_rules

PLANTED, CLIPPED_AT = 4, 4.0


def planted_table(seed: int, n: int) -> dict[str, np.ndarray]:
    """Random columns; the first rows have recognizable values: the largest, the smallest, and two inside."""
    rng = np.random.default_rng(seed)
    group = rng.integers(0, 3, n)
    columns = {
        "revenue": rng.lognormal(3 + 2 * group, 0.6),
        "age": rng.normal(30 + 15 * group, 3),
        "orders": 1.0 + rng.poisson(4 * group + 1),
        "luck": rng.standard_t(1.5, n),
    }
    for name, values in columns.items():
        low, high, *inside = np.quantile(values[PLANTED:], [0, 1, 0.3, 0.62])
        span = high - low
        values[:PLANTED] = np.array([high + 0.3 * span, low - 0.01 * span, *inside]) + rng.uniform(0, 1e-3, PLANTED)
        columns[name] = np.abs(values) if name in ("revenue", "orders") else values
    return columns


def numbers_in(stored: Any) -> Iterator[float]:
    """Every number in nested lists, mappings and plain values."""
    if isinstance(stored, dict):
        stored = list(stored.values())
    if isinstance(stored, (list, tuple)):
        for entry in stored:
            yield from numbers_in(entry)
    elif isinstance(stored, (int, float)) and not isinstance(stored, bool):
        yield float(stored)


def assert_absent(values: np.ndarray, stored: Any) -> None:
    """No value is stored, with either sign; whole numbers and the limit of clipping are those of many customers."""
    wanted = np.array([value for value in np.ravel(values) if value != round(value) and abs(value) != CLIPPED_AT])
    numbers = np.abs(np.array(list(numbers_in(stored))))
    assert not np.isclose(numbers[:, None], np.abs(wanted)[None, :], rtol=1e-9, atol=0).any()


def numbers_of_planted(columns: dict[str, np.ndarray], preparation: Preparation) -> np.ndarray:
    """Their values as given, standardized and prepared, and the distances from the medians."""
    given = np.column_stack(list(columns.values()))
    plans = {plan.name: plan for plan in preparation.columns}
    standardized = np.column_stack([plan.standardized(columns[name]) for name, plan in plans.items()])
    prepared = preparation.matrix(columns)
    clipped = np.clip(standardized, -CLIPPED_AT, CLIPPED_AT).round(9)
    tables = (given, standardized, prepared, clipped, clipped - np.median(clipped, axis=0))
    return np.concatenate([np.ravel(table[:PLANTED]) for table in tables])


@pytest.mark.parametrize("method", METHODS, ids=method_names())
@examples(40)
@given(st.integers(0, 99_999), st.integers(150, 600))
def test_no_model_stores_a_number_of_one_customer(method: Any, seed: int, n: int) -> None:
    columns = planted_table(seed, n)
    preparation = fit_preparation(columns, min_size=15)
    X = preparation.matrix(columns)
    model = estimator(method, 3, min_size=15, min_samples=5, random_state=0).fit(X)
    rule = model.assignment_rule_
    stored = [asdict(preparation), rule.to_dict()]
    if (model.labels_ >= 0).any():
        rules = segment_rules(columns, model.labels_)
        stored.append([asdict(condition) for row in rules.rules for condition in row.conditions])
        stored.append([asdict(condition) for row in rules.rule_set.rules for condition in row.conditions])
    assert_absent(numbers_of_planted(columns, preparation), stored)
    distances, index, counts = np.unique(rule.assess(X).distance, return_inverse=True, return_counts=True)
    of_few = np.isfinite(distances) & (counts < 10)
    planted = np.isin(np.arange(len(distances)), index[:PLANTED])
    # A distance may be the core distance of a prototype, a mean of ten rows or more.
    limits = {name: numbers for name, numbers in rule.to_dict().items() if name in ("reach", "limit")}
    assert_absent(distances[of_few & planted], limits)
    assert_absent(distances[of_few][-3:], limits)


@pytest.mark.slow
@pytest.mark.parametrize("method", all_of(method_names(), quick=["hdbscan"]))
def test_no_file_has_a_number_or_an_id_of_one_customer(method: str, tmp_path: Path) -> None:
    columns = planted_table(0, 600)
    table = pl.DataFrame({"customer_id": [f"№ {number}" for number in range(600)], **columns})
    model = fit_segments(features=table, method=method).model
    model.save(tmp_path / "model.json")
    text = (tmp_path / "model.json").read_text(encoding="utf-8")
    assert len(text.encode()) < 1_000_000
    assert "№" not in text
    assert_absent(numbers_of_planted(columns, model.preparation), json.loads(text))
