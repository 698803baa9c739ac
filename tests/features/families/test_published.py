"""Agreement with figures that others have published about public logs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from custseg import Orders
from custseg.features import data_report, rfm

SharedFile = Callable[[str], Path]


@pytest.fixture(scope="module")
def online_retail(shared_file: SharedFile) -> Orders:
    lines = pl.scan_parquet(shared_file("online_retail.parquet"))
    return Orders(
        lines.with_columns(void=pl.col("InvoiceNo").str.starts_with("C")),
        customer="CustomerID",
        order="InvoiceNo",
        date="InvoiceDate",
        quantity="Quantity",
        price="UnitPrice",
        cancelled="void",
    )


@pytest.mark.slow
def test_counts_of_online_retail(online_retail: Orders) -> None:
    report = data_report(online_retail, as_of="2011-12-10")
    (orders,) = report.logs
    assert (orders.rows, orders.customers) == (541_909, 4_372)
    assert report.count("duplicate_lines") == 5_268
    assert report.count("rows_without_customer") == 135_080
    assert report.count("cancelled_lines") == 9_288
    assert str(online_retail.snapshot(None, "test")) == "2011-12-10 00:00 (midnight after the last row)"


@pytest.mark.parametrize(("zero_orders", "buyers"), [("drop", 4_338), ("keep", 4_339)])
def test_buyers_of_online_retail(online_retail: Orders, zero_orders: str, buyers: int) -> None:
    table = rfm(online_retail, as_of="2011-12-10", zero_orders=zero_orders).collect()
    assert table.height == buyers
    assert table["recency_days"].min() == 1


@pytest.mark.slow
def test_money_of_online_retail_is_the_sum_of_its_lines(online_retail: Orders) -> None:
    table = rfm(online_retail, as_of="2011-12-10", zero_orders="keep").collect()
    buyers = pl.col("CustomerID").is_in(table["customer_id"].to_list())
    lines = online_retail.table.filter(buyers).select(pl.col("Quantity") * pl.col("UnitPrice")).collect()
    spent = sum(round(value * 10_000) for value in lines.to_series())
    assert sum(round(value * 10_000) for value in table["revenue"]) == spent


def test_repeats_span_and_age_of_cdnow(shared_file: SharedFile) -> None:
    orders = Orders(shared_file("cdnow_sample.csv"), customer="id", order=None, date="date", amount="spent")
    found = rfm(orders, as_of="1997-09-30 12:00", zero_orders="keep").select(
        pl.col("customer_id").cast(pl.Int64).alias("ID"),
        pl.col("repeat_count").alias("x"),
        (pl.col("recency_span_days") / 7).alias("t_x"),
        (pl.col("age_days") / 7).alias("T"),
        # The summary has 0 where nobody came back.
        pl.col("repeat_value").fill_null(0.0).alias("zbar"),
    )
    published = pl.read_csv(shared_file("cdnow_sample_expected_summary.csv"))
    assert found["ID"].to_list() == published["ID"].to_list()
    assert found["x"].to_list() == published["x"].to_list()
    for name in ("t_x", "T", "zbar"):
        assert found[name].to_list() == pytest.approx(published[name].to_list(), abs=0.0051)


@pytest.fixture(scope="module")
def lifetimes(shared_file: SharedFile) -> dict[str, Any]:
    """A small log with the summaries that two libraries for customer lifetimes expect of it."""
    return dict(json.loads(shared_file("rfm_summary_expected.json").read_text("utf-8")))


def of_lifetimes(expected: dict[str, Any]) -> pl.DataFrame:
    log = pl.DataFrame(expected["transactions"], schema=["who", "on", "spent"], orient="row")
    orders = Orders(log, customer="who", order=None, date="on", amount="spent")
    return rfm(orders, as_of="2015-02-07 12:00")


def test_days_of_the_lifetimes_log(lifetimes: dict[str, Any]) -> None:
    found = of_lifetimes(lifetimes).select(
        "customer_id", "repeat_count", "recency_span_days", "age_days", pl.col("repeat_value").fill_null(0.0)
    )
    published = lifetimes["rfm_summary_daily_end_2015-02-07"]["rows"]
    assert found.rows() == [tuple(row) for row in published]


def test_recency_and_value_of_the_lifetimes_log(lifetimes: dict[str, Any]) -> None:
    found = of_lifetimes(lifetimes).select(
        "customer_id", "order_days", "recency_days", pl.col("revenue") / pl.col("order_days")
    )
    published = lifetimes["rfm_summary_include_first_transaction_end_2015-02-07"]["rows"]
    assert found.rows() == [tuple(row) for row in published]
