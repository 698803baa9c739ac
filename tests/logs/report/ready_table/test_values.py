"""Codes, outliers and repeated rows of a ready table."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from custseg.feature_table import given_features
from custseg.logs import table_report

N = 400
RNG = np.random.default_rng(1)


def found(**columns: Any) -> dict[str, int]:
    table = given_features(
        pl.DataFrame({"customer_id": range(len(next(iter(columns.values())))), **columns}), None, "f"
    )
    return {item.name: item.count for item in table_report(table, table.numeric_names(), were_given=True).findings}


def test_code_and_cycle() -> None:
    days = np.where(np.arange(N) % 5 < 4, -1, RNG.integers(20, 400, N))
    assert found(days_since_contact=days) == {"code_values": 320}
    assert found(usual_hour=RNG.integers(0, 24, N), x=RNG.normal(size=N)) == {"cycle_values": N}


@pytest.mark.parametrize("seed", range(5))
def test_heavy_tails_have_no_outlier(seed: int) -> None:
    rng = np.random.default_rng(seed)
    tails = {"a": rng.pareto(1, N), "b": rng.lognormal(7, 1.5, N), "c": rng.normal(size=N), "d": rng.poisson(0.2, N)}
    assert "outliers" not in found(**tails)


def test_typing_errors_are_outliers() -> None:
    income = RNG.normal(52_000, 20_000, N)
    income[:2] = 6_666_666
    assert found(income=income) == {"outliers": 2}
    assert found(income=-income) == {"outliers": 2}


def test_repeated_customers() -> None:
    rows = np.column_stack([RNG.normal(size=N), RNG.integers(0, 50, N)])
    rows[-30:] = rows[:30]
    assert found(a=rows[:, 0], b=rows[:, 1]) == {"repeated_rows": 30}


def test_rows_of_a_few_flags_are_equal_by_chance() -> None:
    assert found(a=RNG.integers(0, 2, N), b=RNG.integers(0, 3, N)) == {}


def test_alike_answers_on_short_scales_are_no_repeated_customers() -> None:
    mood = RNG.integers(1, 6, N)
    answers = {name: np.clip(mood + (RNG.random(N) < 0.3), 1, 5) for name in "abcde"}
    assert found(**answers) == {}
    table = {**answers, "amount": RNG.normal(size=N)}
    repeated = {name: np.r_[column[:-20], column[:20]] for name, column in table.items()}
    assert found(**repeated) == {"repeated_rows": 20}
