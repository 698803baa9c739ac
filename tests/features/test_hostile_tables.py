"""Tables that engines misread unless told otherwise."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import polars as pl
import pytest
from kinds import rows_of

from custseg import Orders
from custseg.features import build_features, data_report, rfm

LOG = pl.DataFrame(
    {
        "customer_id": ["a", "a", "b"],
        "order_id": [1, 2, 3],
        "ordered_at": ["2024-01-01", "2024-01-05", "2024-01-02"],
        "amount": [10.0, 20.0, 5.0],
    }
)


@pytest.mark.parametrize("name", ["^amount$", "*", "^o.*$", 'a"b', "сумма"])
def test_names_of_columns_are_no_patterns(name: str, kind: str, as_kind: Callable[[pl.DataFrame], object]) -> None:
    if kind == "csv":
        pytest.skip("polars itself cannot write these names to a CSV file")
    table = as_kind(LOG.with_columns(pl.Series(name, [1.0, 2.0, 3.0])))
    rows = rows_of(rfm(Orders(table, amount=name), as_of="2024-02-01"))
    assert [row["revenue"] for row in rows] == [3.0, 3.0]


def test_nan_in_a_csv_is_no_amount(tmp_path: Path) -> None:
    log = LOG.with_columns(amount=pl.Series([10.0, float("nan"), 5.0]))
    log.write_csv(tmp_path / "nan.csv")
    assert rfm(tmp_path / "nan.csv", as_of="2024-02-01").equals(rfm(log, as_of="2024-02-01"))


def test_whole_numbers_with_gaps_stay_whole_in_pandas() -> None:
    log = pd.concat([LOG.to_pandas(), pd.DataFrame([["c", 4, "2024-01-03", -1.0]], columns=LOG.columns)])
    table = build_features(log, as_of="2024-02-01", families=["rfm"]).frame
    assert str(table["recency_days"].dtype) == "Int64"
    assert table["recency_days"].tolist()[:2] == [27, 30]


def test_an_infinite_amount_is_found_beside_an_unreadable_date() -> None:
    beside = LOG.with_columns(
        ordered_at=pl.Series(["2024-01-01", "x", "2024-01-02"]), amount=pl.Series([1.0, float("inf"), 1.0])
    )
    assert data_report(beside, as_of="2024-02-01").count("unusable_amounts") == 1


def test_without_a_discount_column_nothing_is_said_of_discounts() -> None:
    refund = LOG.with_columns(amount=pl.Series([10.0, -1.0, 5.0]))
    assert not any("discount" in name for name in build_features(refund, as_of="2024-02-01").names)
