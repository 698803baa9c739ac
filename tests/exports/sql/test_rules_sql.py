"""`to_sql` of rules: every customer is in the segment that Python says, missing values included."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from effort import all_of
from sql_databases import DATABASES, PARAMETERS

from custseg import SegmentModel, fit_segments
from custseg.exports import to_sql

RULES = {
    "sure openers": "rate_above(emails_opened / emails_delivered, 0.5, sure=0.8) and recency_days within 30 days",
    "not north, plain": "not (region in ['north', 'it''s'] or revenue > 500) and rate_above(open, 0.3)",
    "late": "overdue(sure=0.9) or vip is yes and recency_days != 60 days",
    "fresh south": "region = 'south' valid for 90 days by region_age_days or region is unknown and revenue > 0",
    "unknown or no": "vip is no and not recency_days <= 10",
}


def customers(count: int, seed: int = 0) -> pl.DataFrame:
    """Customers with missing values and NaN in every column."""
    rng = np.random.default_rng(seed)
    delivered = rng.poisson(4, count).astype(float) * rng.choice([1, 1, 1, 100, 600], count)
    columns: dict[str, Any] = {
        "recency_days": rng.choice([0.0, 10, 29, 30, 31, 60, 200], count),
        "revenue": rng.gamma(1.0, 300.0, count),
        "emails_delivered": delivered,
        "emails_opened": np.floor(delivered * rng.beta(1.5, 3, count)),
        "overdue_ratio": rng.gamma(1.0, 2.0, count),
        "order_days": 1.0 + rng.poisson(2, count),
        "region_age_days": rng.choice([0.0, 90, 91, 400], count),
    }
    for values in columns.values():
        values[rng.random(count) < 0.08] = np.nan
    table = pl.DataFrame({"customer_id": np.arange(count), **columns})
    missing = pl.Series(rng.random(count) < 0.5)
    words = {
        "region": [
            ["north", "south", "it's", "South", None, "", "\t\u00a0"][value] for value in rng.integers(0, 7, count)
        ],
        "vip": [[True, False, None][value] for value in rng.integers(0, 3, count)],
    }
    # Half of the missing numbers are NULL, the others NaN.
    nulls = [
        pl.when(pl.col(name).is_nan() & missing).then(None).otherwise(pl.col(name)).alias(name) for name in columns
    ]
    return table.with_columns(nulls).with_columns(**{name: pl.Series(name, values) for name, values in words.items()})


@pytest.fixture(scope="module")
def model() -> SegmentModel:
    columns = ["recency_days", "revenue"]
    return fit_segments(
        features=customers(3000), columns=columns, rules=RULES, method="kmeans", n_segments=3, min_size=0.01
    ).model


def in_sql(model: SegmentModel, dialect: str, table: pl.DataFrame) -> list[tuple[Any, ...]]:
    rows = DATABASES[dialect](to_sql(model, dialect, "features"), {"features": table})
    return [(*row[:3], None if row[3] is None else round(row[3], 9)) for row in sorted(rows)]


@pytest.mark.parametrize("dialect", PARAMETERS)
def test_every_customer_is_where_python_says(model: SegmentModel, dialect: str) -> None:
    table = customers(2000, seed=1)
    expected = model.assign(features=table).select("customer_id", "segment", "name", pl.col("confidence").round(9))
    assert in_sql(model, dialect, table) == expected.rows()
    assert set(expected["segment"].unique()) == {*range(8), None}


@pytest.mark.parametrize("dialect", PARAMETERS)
def test_rest_that_is_no_segment_has_none(model: SegmentModel, dialect: str) -> None:
    """Of the fit all customers were in rules; later ones need not be."""
    rules = {"known": "not recency_days is unknown", "other": "recency_days is unknown"}
    table = customers(300).with_columns(region=pl.lit("south"))
    complete = fit_segments(features=table, columns=["revenue"], rules=rules, min_size=0.01, method="kmeans").model
    later = table.with_columns(recency_days=pl.lit(None, pl.Float64)).head(5)
    assert [row[1] for row in in_sql(complete, dialect, later)] == [1] * 5
    assert len(complete.segments) == 2


@pytest.mark.slow
@pytest.mark.parametrize("trials", all_of([1, 2, 9, 10, 199, 200, 201, 5000], quick=(1, 200)))
def test_counts_of_trials_at_the_bound(model: SegmentModel, trials: int) -> None:
    successes = np.arange(trials + 1.0)[:: max(1, trials // 400)]
    table = customers(len(successes)).with_columns(
        emails_delivered=pl.lit(float(trials)), emails_opened=pl.Series(successes), recency_days=pl.lit(1.0)
    )
    expected = model.assign(features=table).select("customer_id", "segment").rows()
    assert [row[:2] for row in in_sql(model, "duckdb", table)] == expected
