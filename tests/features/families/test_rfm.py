"""Recency, frequency and money, each rule worked by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from custseg import Orders
from custseg.errors import DataError
from custseg.features import build_features, rfm

JUNE = "2024-06-01"
SIX = ["recency_days", "age_days", "order_count", "order_days", "revenue", "order_value"]


def log(*lines: tuple[Any, ...], extra: tuple[str, ...] = ()) -> pl.DataFrame:
    """A log of lines (customer, order, moment, amount, ...)."""
    names = ["customer_id", "order_id", "ordered_at", "amount", *extra]
    return pl.DataFrame(lines, schema=names, orient="row", infer_schema_length=None)


def summary(orders: object, as_of: object = JUNE, **policy: str) -> dict[Any, tuple[Any, ...]]:
    """By customer: recency, age, orders, days with an order, revenue, order value."""
    table = rfm(orders, as_of=as_of, **policy).select("customer_id", *SIX)
    return {customer: tuple(values) for customer, *values in table.rows()}


def test_rfm_of_three_customers() -> None:
    lines = log(
        ("ann", 1, "2024-05-01 10:00", 30.0),
        ("ann", 1, "2024-05-01 10:00", 12.5),
        ("ann", 2, "2024-05-01 18:00", 7.5),
        ("ann", 3, "2024-05-20 09:00", 50.0),
        ("bob", 4, "2024-03-01", 20.0),
        ("cat", 5, "2024-05-31", 0.1),
        ("cat", 6, "2024-05-30", 0.2),
    )
    assert summary(lines) == {
        "ann": (12, 31, 3, 2, 100.0, 100 / 3),
        "bob": (92, 92, 1, 1, 20.0, 20.0),
        "cat": (1, 2, 2, 2, 0.3, 0.15),
    }


def test_rfm_columns_have_their_types_and_rows_are_sorted() -> None:
    table = rfm(log((9, 1, "2024-05-01", 1.0), (-2, 2, "2024-05-01", 1.0), (3, 3, "2024-05-01", 1)), as_of=JUNE)
    assert table["customer_id"].to_list() == [-2, 3, 9]
    assert dict(table.schema) == {
        "customer_id": pl.Int64,
        "recency_days": pl.Int64,
        "age_days": pl.Int64,
        "order_count": pl.Int64,
        "order_days": pl.Int64,
        "revenue": pl.Float64,
        "order_value": pl.Float64,
        "order_value_shrunk": pl.Float64,
        "orders_per_30d": pl.Float64,
        "recency_span_days": pl.Int64,
        "repeat_count": pl.Int64,
        "repeat_value": pl.Float64,
    }


@pytest.mark.parametrize(
    ("at", "as_of", "recency"),
    [
        ("2024-05-31 23:59:59.999999", "2024-06-01", 1),
        ("2024-05-31 00:00:00", "2024-06-01", 1),
        ("2024-05-30 23:59:59", "2024-06-01", 2),
        ("2024-06-01 00:00:00", "2024-06-01 00:00:01", 0),
        ("2024-05-31 23:00:00", "2024-06-01 23:30:00", 1),
        ("2024-02-28", "2024-03-01", 2),
        ("2023-02-28", "2023-03-01", 1),
    ],
)
def test_recency_counts_midnights_not_hours(at: str, as_of: str, recency: int) -> None:
    assert summary(log(("ann", 1, at, 5.0)), as_of)["ann"][:2] == (recency, recency)


def test_a_line_at_as_of_does_not_exist() -> None:
    lines = log(("ann", 1, "2024-05-31 12:00", 5.0), ("ann", 2, "2024-05-31 12:00:00.000001", 7.0))
    assert summary(lines, "2024-05-31 12:00:00.000001")["ann"] == (0, 0, 1, 1, 5.0, 5.0)
    with pytest.raises(DataError, match=r"as_of 2024-05-31 12:00 is not after any row .* Give a later as_of"):
        rfm(lines, as_of="2024-05-31 12:00")


def test_a_refund_under_its_own_number_is_money_and_no_order() -> None:
    lines = log(("ann", 1, "2024-05-01", 30.0), ("ann", 2, "2024-05-20", -10.0))
    assert summary(lines) == {"ann": (31, 31, 1, 1, 20.0, 20.0)}


def test_a_refund_in_the_same_order_lowers_its_value() -> None:
    lines = log(("ann", 1, "2024-05-01", 30.0), ("ann", 1, "2024-05-03", -10.0), ("ann", 2, "2024-05-02", 1.0))
    assert summary(lines) == {"ann": (30, 31, 2, 2, 21.0, 10.5)}


@pytest.mark.parametrize("refund", [-30.0, -30.01])
def test_an_order_refunded_in_full_is_no_purchase(refund: float) -> None:
    lines = log(("ann", 1, "2024-05-01", 30.0), ("ann", 1, "2024-05-03", refund), ("ann", 2, "2024-05-02", 1.0))
    assert summary(lines) == {"ann": (30, 30, 1, 1, pytest.approx(31 + refund), pytest.approx(31 + refund))}


def test_revenue_below_zero_is_kept() -> None:
    lines = log(("ann", 1, "2024-05-01", 30.0), ("ann", 2, "2024-05-20", -50.0))
    assert summary(lines) == {"ann": (31, 31, 1, 1, -20.0, -20.0)}


def test_a_customer_with_refunds_alone_is_no_buyer() -> None:
    lines = log(("ann", 1, "2024-05-01", -30.0), ("bob", 2, "2024-05-20", 5.0))
    assert set(summary(lines)) == {"bob"}


def test_gross_leaves_refunds_out() -> None:
    lines = log(("ann", 1, "2024-05-01", 30.0), ("ann", 1, "2024-04-01", -10.0), ("bob", 2, "2024-05-20", -5.0))
    assert summary(lines, refunds="gross") == {"ann": (31, 31, 1, 1, 30.0, 30.0)}


def test_error_refuses_refunds_with_their_count() -> None:
    lines = log(("ann", 1, "2024-05-01", 30.0, True), ("ann", 2, "2024-05-20", -50.0, False), extra=("void",))
    with pytest.raises(DataError, match=r"rfm: the log has 1 negative and 1 cancelled lines"):
        rfm(Orders(lines, cancelled="void"), as_of=JUNE, refunds="error")
    assert summary(lines.head(1), refunds="error") == {"ann": (31, 31, 1, 1, 30.0, 30.0)}


def test_error_refuses_cancelled_lines_alone() -> None:
    lines = log(("ann", 1, "2024-05-01", 30.0, True), ("bob", 2, "2024-05-20", 5.0, False), extra=("void",))
    with pytest.raises(DataError, match=r"rfm: the log has 0 negative and 1 cancelled lines.* Use refunds='net'"):
        rfm(Orders(lines, cancelled="void"), as_of=JUNE, refunds="error")


def test_error_overlooks_refunds_that_are_still_to_come() -> None:
    lines = log(("ann", 1, "2024-05-01", 30.0), ("ann", 2, "2024-06-01", -50.0))
    assert summary(lines, refunds="error") == {"ann": (31, 31, 1, 1, 30.0, 30.0)}


def cancellations() -> Orders:
    lines = log(
        ("ann", 1, "2024-05-01", 30.0, False),
        ("ann", 1, "2024-04-01", 12.0, True),  # cancelled before it was paid
        ("ann", 2, "2024-05-20", -5.0, True),  # paid back
        ("ann", 3, "2024-05-25", 0.0, True),  # a gift that did not leave
        ("ann", 4, "2024-05-26", None, True),
        ("bob", 5, "2024-05-26", 10.0, True),
        extra=("void",),
    )
    return Orders(lines, cancelled="void")


def test_a_cancelled_line_is_worth_nothing_and_a_cancelled_refund_is_paid() -> None:
    assert summary(cancellations()) == {"ann": (31, 31, 1, 1, 25.0, 25.0)}
    assert summary(cancellations(), refunds="gross") == {"ann": (31, 31, 1, 1, 30.0, 30.0)}


@pytest.mark.parametrize("refunds", ["net", "gross"])
def test_a_cancelled_gift_is_no_purchase(refunds: str) -> None:
    kept = summary(cancellations(), refunds=refunds, zero_orders="keep")
    assert kept == summary(cancellations(), refunds=refunds)


def test_a_line_without_a_mark_is_not_cancelled() -> None:
    lines = log(("ann", 1, "2024-05-01", 30.0, None), ("bob", 2, "2024-05-01", 1.0, True), extra=("void",))
    assert set(summary(Orders(lines, cancelled="void"))) == {"ann"}


def test_cancelled_may_be_zero_and_one() -> None:
    lines = log(("ann", 1, "2024-05-01", 30.0, 0), ("bob", 2, "2024-05-01", 1.0, 1), extra=("void",))
    assert set(summary(Orders(lines, cancelled="void"))) == {"ann"}


def test_gifts_are_no_purchases_unless_asked() -> None:
    lines = log(("ann", 1, "2024-05-01", 30.0), ("ann", 2, "2024-05-20", 0.0), ("bob", 3, "2024-05-31", 0.0))
    assert summary(lines) == {"ann": (31, 31, 1, 1, 30.0, 30.0)}
    assert summary(lines, zero_orders="keep") == {
        "ann": (12, 31, 2, 2, 30.0, 15.0),
        "bob": (1, 1, 1, 1, 0.0, 0.0),
    }


def test_kept_gifts_do_not_bring_refunds_in() -> None:
    lines = log(("ann", 1, "2024-05-01", 30.0), ("ann", 2, "2024-05-20", -0.0001))
    assert summary(lines, zero_orders="keep")["ann"][:4] == (31, 31, 1, 1)


def test_a_line_without_an_amount_counts_as_no_money() -> None:
    lines = log(("ann", 1, "2024-05-01", 30.0), ("ann", 1, "2024-04-30", None), ("bob", 2, "2024-05-20", None))
    assert summary(lines) == {"ann": (32, 32, 1, 1, 30.0, 30.0)}
    assert summary(lines, zero_orders="keep")["bob"] == (12, 12, 1, 1, 0.0, 0.0)


def test_the_same_number_at_two_customers_is_two_orders() -> None:
    lines = log(("ann", 1, "2024-05-01", 30.0), ("bob", 1, "2024-05-01", 10.0))
    assert summary(lines) == {"ann": (31, 31, 1, 1, 30.0, 30.0), "bob": (31, 31, 1, 1, 10.0, 10.0)}


@pytest.mark.parametrize("order", [None, "order_id"])
def test_without_numbers_one_moment_is_one_order(order: str | None) -> None:
    lines = log(
        ("ann", None, "2024-05-01 10:00", 30.0),
        ("ann", None, "2024-05-01 10:00", 5.0),
        ("ann", None, "2024-05-01 10:01", 5.0),
        ("bob", None, "2024-05-01 10:00", 1.0),
    ).with_columns(pl.col("order_id").cast(pl.Int64))
    expected = {"ann": (31, 31, 2, 1, 40.0, 20.0), "bob": (31, 31, 1, 1, 1.0, 1.0)}
    assert summary(Orders(lines, order=order)) == expected


@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_lines_without_a_number_stay_apart_from_those_with_one(nothing: str | None) -> None:
    lines = log(("ann", "1", "2024-05-01", 30.0), ("ann", nothing, "2024-05-01", 5.0))
    assert summary(lines) == {"ann": (31, 31, 2, 1, 35.0, 17.5)}


def test_quantity_times_price_stands_in_for_amount() -> None:
    lines = pl.DataFrame(
        {
            "customer_id": [1, 1, 1],
            "order_id": [1, 1, 2],
            "ordered_at": ["2024-05-01", "2024-05-01", "2024-05-09"],
            "pieces": [3, -1, None],
            "each": [0.1, 0.05, 9.0],
        }
    )
    orders = Orders(lines, quantity="pieces", price="each")
    assert summary(orders) == {1: (31, 31, 1, 1, 0.25, 0.25)}


def test_rates_bring_money_to_one_currency() -> None:
    lines = log(("ann", 1, "2024-05-01", 10.0, "EUR"), ("ann", 2, "2024-05-02", 10.0, "USD"), extra=("money",))
    orders = Orders(lines, currency="money", rates={"EUR": 1, "USD": 0.9, "GBP": 1.2})
    assert summary(orders) == {"ann": (30, 31, 2, 2, 19.0, 9.5)}


def test_one_currency_needs_no_rates() -> None:
    lines = log(("ann", 1, "2024-05-01", 10.0, "EUR"), ("ann", 2, "2024-06-02", 10.0, "USD"), extra=("money",))
    assert summary(Orders(lines, currency="money"))["ann"][4] == 10.0


def test_lines_without_a_customer_or_a_date_are_left_out() -> None:
    lines = log(
        ("ann", 1, "2024-05-01", 10.0),
        (None, 2, "2024-05-02", 5.0),
        ("ann", 3, None, 5.0),
        ("", 4, JUNE, 5.0),
    )
    assert summary(lines) == {"ann": (31, 31, 1, 1, 10.0, 10.0)}


def test_no_buyer_at_all_gives_an_empty_table() -> None:
    table = rfm(log(("ann", 1, "2024-05-01", -10.0)), as_of=JUNE)
    assert table.is_empty()
    assert table.columns[:2] == ["customer_id", "recency_days"]


def zoned(*moments: str) -> pl.DataFrame:
    """A log of moments in UTC, all of one customer."""
    return log(*(("ann", i, moment, 1.0) for i, moment in enumerate(moments)))


@pytest.mark.slow
def test_days_are_those_of_the_zone() -> None:
    late = zoned("2024-05-30T21:59:59Z", "2024-05-31T22:30:00Z")
    assert summary(late, "2024-06-02")["ann"][:4] == (2, 3, 2, 2)
    assert summary(Orders(late, timezone="Europe/Berlin"), "2024-06-02")["ann"][:4] == (1, 3, 2, 2)
    assert summary(Orders(late, timezone="Asia/Tokyo"), "2024-06-02")["ann"][:4] == (1, 2, 2, 2)


def test_the_short_day_of_summer_time_is_one_day() -> None:
    # Berlin, 31 March 2024: 01:59:59+01:00 is followed by 03:00:00+02:00.
    lines = Orders(zoned("2024-03-30T22:59:59Z", "2024-03-30T23:00:00Z", "2024-03-31T21:59:59Z"),
                   timezone="Europe/Berlin")  # fmt: skip
    assert summary(lines, "2024-04-01")["ann"][:4] == (1, 2, 3, 2)


def test_an_hour_that_the_clock_skips_is_read_as_the_hour_after() -> None:
    lines = Orders(zoned("2024-03-31T01:29:59Z", "2024-03-31T01:30:00Z"), timezone="Europe/Berlin")
    assert summary(lines, "2024-03-31 02:30")["ann"][2] == 1


def test_an_hour_that_comes_twice_is_read_as_the_first() -> None:
    # Berlin, 27 October 2024: 02:30 is 00:30Z, and again 01:30Z.
    lines = Orders(zoned("2024-10-27T00:29:59Z", "2024-10-27T00:30:00Z", "2024-10-27T01:29:00Z"),
                   timezone="Europe/Berlin")  # fmt: skip
    assert summary(lines, "2024-10-27 02:30")["ann"][:4] == (0, 0, 1, 1)
    assert summary(lines, "2024-10-28")["ann"][:4] == (1, 1, 3, 1)


def test_as_of_without_a_zone_is_on_the_clock_of_the_log() -> None:
    lines = Orders(zoned("2024-05-31T14:59:59Z", "2024-05-31T15:00:00Z"), timezone="Asia/Tokyo")
    assert summary(lines, "2024-06-01")["ann"][:3] == (1, 1, 1)


def test_as_of_with_a_zone_is_brought_to_the_clock_of_the_log() -> None:
    lines = Orders(zoned("2024-06-01 08:59:59", "2024-06-01 09:00"), timezone="Asia/Tokyo")
    assert summary(lines, "2024-06-01T00:00Z")["ann"][:3] == (0, 0, 1)
    assert summary(lines, datetime(2024, 5, 31, 20, tzinfo=timezone(timedelta(hours=-4))))["ann"][:3] == (
        0,
        0,
        1,
    )


def test_typed_dates_with_a_zone_are_brought_to_the_zone_of_the_log() -> None:
    lines = zoned("2024-05-31 23:30").with_columns(
        pl.col("ordered_at").str.to_datetime("%Y-%m-%d %H:%M").dt.replace_time_zone("America/New_York")
    )
    assert summary(lines, "2024-06-03")["ann"][0] == 2
    assert summary(Orders(lines, timezone="America/New_York"), "2024-06-03")["ann"][0] == 3


@pytest.mark.parametrize(
    "as_of",
    [
        "2024-06-01",
        " 2024-06-01 ",
        "2024-06-01T00:00:00",
        "2024-06-01 00:00",
        "2024-06-01T02:00+02:00",
        datetime(2024, 6, 1).date(),
        datetime(2024, 6, 1),
        datetime(2024, 6, 1, tzinfo=UTC),
        pd.Timestamp("2024-06-01"),
        pd.Timestamp("2024-05-31 20:00", tz="America/New_York"),
        np.datetime64("2024-06-01"),
        np.datetime64("2024-06-01T00:00:00.000000000"),
    ],
    ids=repr,
)
def test_as_of_may_be_written_in_many_ways(as_of: object) -> None:
    lines = zoned("2024-05-31 23:59:59", "2024-06-01 00:00:00")
    assert summary(lines, as_of)["ann"] == (1, 1, 1, 1, 1.0, 1.0)


@pytest.mark.parametrize(
    ("as_of", "got"),
    [
        (None, "None. The clock is never read"),
        (20240601, "int"),
        (np.int64(20240601), "int64"),
        (1717200000.0, "float"),
        (pd.NaT, "NaTType"),
        (np.datetime64("NaT"), "datetime64"),
        (["2024-06-01"], "list"),
    ],
)
def test_as_of_of_another_type_is_refused(as_of: object, got: str) -> None:
    with pytest.raises(TypeError, match=rf"rfm: as_of must be a date, a datetime or ISO text, got {got}"):
        rfm(zoned("2024-05-01"), as_of=as_of)


@pytest.mark.parametrize("as_of", ["yesterday", "", "01.06.2024", "2024-06-31"])
def test_as_of_that_is_no_date_is_refused(as_of: str) -> None:
    with pytest.raises(ValueError, match=r"rfm: as_of must be a date such as '2024-05-31'"):
        rfm(zoned("2024-05-01"), as_of=as_of)


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        (
            {"refunds": "nett"},
            r"refunds must be one of \['net', 'gross', 'error'\], got 'nett'. Did you mean 'net'",
        ),
        ({"zero_orders": "no"}, r"zero_orders must be one of \['drop', 'keep'\], got 'no'\.$"),
    ],
)
def test_unknown_policies_are_refused(policy: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        rfm(zoned("2024-05-01"), as_of=JUNE, **policy)


def test_build_features_keeps_customers_without_a_purchase() -> None:
    orders = Orders(log(("ann", 1, "2024-05-01", -30.0), ("bob", 2, "2024-05-20", 5.0), (None, 3, "2024-05-20", 5.0)))
    table = build_features(orders, as_of="2024-05-21", families=["rfm"])
    six = table.frame.select("customer_id", *SIX)
    assert six.rows() == [("ann", None, None, 0, 0, -30.0, None), ("bob", 1, 1, 1, 1, 5.0, 5.0)]
    assert table.names == [feature.name for feature in table.described] == table.frame.columns[1:]
    assert repr(table).startswith("FeatureTable: <10 customers as of 2024-05-21 00:00\n  rfm: recency_days")


def test_build_features_is_sorted_by_id() -> None:
    orders = Orders(log(*((number % 97, number, "2024-05-01", 1.0) for number in range(500, 0, -1))))
    table = build_features(orders, as_of=JUNE)
    assert table.ids.to_list() == list(range(97))
