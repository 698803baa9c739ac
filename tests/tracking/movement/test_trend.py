from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from snapshots import snapshot

from custseg import DataError
from custseg.tracking import SegmentHistory, trend


@pytest.fixture
def history(tmp_path: Path) -> SegmentHistory:
    """30, 20 and 12 customers; then 25, 3 and 34, of whom all but the first two are in no segment."""
    history = SegmentHistory(tmp_path / "history")
    for moment, sizes in {"2024-06-01": (30, 20, 12), "2024-07-01": (25, 3, 34)}.items():
        segments = [number for number, size in zip((0, 1, None), sizes, strict=True) for _ in range(size)]
        history.record(snapshot(dict(enumerate(segments))), moment)
    return history


def revenue(**changes: Any) -> pl.DataFrame:
    columns = {"as_of": ["2024-06-01", "2024-07-01"], "segment": [0, 0], "revenue": [500.5, 1000]}
    return pl.DataFrame(columns | changes, strict=False)


def test_sizes_by_hand_with_small_ones_hidden(history: SegmentHistory) -> None:
    result = trend(history)
    assert result.moments == (datetime(2024, 6, 1), datetime(2024, 7, 1))
    assert [item.name for item in result.segments] == ["Loyal", "New", "No data"]
    # With 3 the next smallest is hidden: the total would give it away.
    assert result.sizes == ((30, None), (20, None), (12, 34))
    assert result.revenues is None


def test_revenue_is_that_of_the_table_and_hidden_with_the_size(history: SegmentHistory) -> None:
    result = trend(history, revenue=revenue())
    assert result.revenues == ((500.5, None), (None, None), (None, None))


def test_moments_of_the_table_may_be_dates(history: SegmentHistory) -> None:
    table = revenue(as_of=[date(2024, 6, 1), date(2024, 7, 1)])
    assert trend(history, revenue=table).revenues == trend(history, revenue=revenue()).revenues


def test_columns_have_a_row_per_snapshot_and_segment(history: SegmentHistory) -> None:
    rows = pl.DataFrame(trend(history, revenue=revenue()).columns()).rows()
    assert rows[:3] == [
        (datetime(2024, 6, 1), 0, "Loyal", 30, 500.5),
        (datetime(2024, 6, 1), 1, "New", 20, None),
        (datetime(2024, 6, 1), None, "No data", 12, None),
    ]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (revenue().drop("revenue"), r"trend: revenue lacks \['revenue'\]"),
        (revenue(segment=[0, 7]), "as of 2024-07-01 for segment 7, which the history has not"),
        (revenue(as_of=["2024-06-01", "2024-08-01"]), "as of 2024-08-01 for segment 0"),
        (revenue(as_of=["2024-06-01"] * 2), "two rows as of 2024-06-01 for segment 0. Sum them"),
        (revenue(revenue=[1.0, None]), "as of 2024-07-01 of segment 0 must be a number"),
    ],
)
def test_tables_of_revenue_are_checked(history: SegmentHistory, table: pl.DataFrame, message: str) -> None:
    with pytest.raises(DataError, match=message):
        trend(history, revenue=table)


def test_history_is_checked(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="trend: the history has no snapshots yet"):
        trend(SegmentHistory(tmp_path / "empty"))
    with pytest.raises(TypeError, match="trend: history must be a SegmentHistory, got str"):
        trend("history")
