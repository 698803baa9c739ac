"""Totals divided among rows, and purchases that were reported twice."""

import narwhals.stable.v2 as nw
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kinds import duckdb_relation

from custseg.sources.reading import ListMembers, divided, first_of_each_order, n_repeated

PURCHASES = pl.DataFrame(
    {
        "order_id": ["a", "a", "b", None, None, "c", "c"],
        "moment": [2, 1, 5, 6, 6, None, 7],
        "total": [10.0, 10.0, 5.0, 1.0, 1.0, 2.0, 2.0],
        "weight": [1.0, 3.0, 0.0, 1.0, 1.0, None, None],
    }
)


def test_total_is_divided_by_weight_or_equally() -> None:
    frame = nw.from_native(PURCHASES.lazy()).with_columns(divided("total", "weight", "order_id").alias("share"))
    shares = frame.collect("polars").filter(~nw.col("order_id").is_null())["share"].to_list()
    assert shares == [2.5, 7.5, 5.0, 1.0, 1.0]


@given(st.lists(st.one_of(st.none(), st.floats(0, 1e6)), min_size=1, max_size=8), st.floats(-1e6, 1e6))
def test_shares_sum_to_the_total(weights: list[float | None], total: float) -> None:
    rows = pl.DataFrame({"order": ["x"] * len(weights), "weight": weights}, schema_overrides={"weight": pl.Float64})
    frame = nw.from_native(rows.with_columns(total=pl.lit(total)).lazy())
    shares = frame.with_columns(divided("total", "weight", "order").alias("share")).collect("polars")["share"]
    assert shares.sum() == pytest.approx(total, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_the_earliest_report_of_an_order_counts(engine: str) -> None:
    native = PURCHASES.lazy()
    if engine == "duckdb":
        native = duckdb_relation(PURCHASES.to_arrow())
    first = first_of_each_order(nw.from_native(native)).collect("polars").to_native().sort("moment", nulls_last=True)
    assert first.select("order_id", "moment").rows() == [("a", 1), ("b", 5), (None, 6), (None, 6), ("c", 7)]
    assert n_repeated(nw.from_native(native)) == 2


def test_members_that_are_not_there_are_null() -> None:
    frame = nw.from_native(pl.LazyFrame({"items": [[{"price": "1.5"}]], "none": [1]}))
    item = ListMembers.of(frame, "items")
    row = frame.explode("items").select(price=item.number("price"), name=item.text("name")).collect("polars")
    assert row.rows() == [(1.5, None)]
    assert ListMembers.of(frame, "none").names == ListMembers.of(frame, "absent").names == frozenset()
