"""The description of a log, and what it refuses before anything is computed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import narwhals.stable.v2 as nw
import polars as pl
import pytest

from custseg import Orders
from custseg.errors import DataError
from custseg.features import rfm

LOG = pl.DataFrame(
    {
        "customer_id": ["ann", "ann"],
        "order_id": [1, 2],
        "ordered_at": ["2024-05-01", "2024-05-20"],
        "amount": [30.0, 50.0],
        "money": ["EUR", "EUR"],
        "pieces": [1, 2],
    }
)


def lines(orders: Orders) -> dict[str, list[Any]]:
    return {name: list(values) for name, values in orders.lines().collect().to_dict(as_series=False).items()}


def test_repr_tells_the_columns_by_role() -> None:
    orders = Orders(LOG, order=None, quantity="pieces", price="amount", currency="money", timezone="Asia/Tokyo")
    assert repr(orders) == (
        "Orders(customer='customer_id', order=None, date='ordered_at', quantity='pieces', "
        "price='amount', currency='money', timezone='Asia/Tokyo')"
    )


def test_lines_have_one_canonical_form() -> None:
    table = LOG.with_columns(pl.lit(True).alias("void"), pl.lit(" ").alias("shelf"), pl.lit(0.5).alias("off"))
    orders = Orders(table, cancelled="void", category="shelf", discount="off", currency="money")
    assert lines(orders) == {
        "customer": ["ann", "ann"],
        "order": [1, 2],
        "moment": [1_714_521_600_000_000, 1_716_163_200_000_000],
        "day": [19_844, 19_863],
        "money": [300_000, 500_000],
        "has_date": [True, True],
        "has_amount": [True, True],
        "in_paid_order": [True, True],
        "rounded": [False, False],
        "has_mark": [True, True],
        "cancelled": [True, True],
        "discount": [5_000, 5_000],
        "currency": ["EUR", "EUR"],
        "category": [None, None],
    }


def test_lines_are_lazy() -> None:
    assert isinstance(Orders(LOG.lazy()).lines(), nw.LazyFrame)


def test_money_is_rounded_once_to_the_nearest_ten_thousandth() -> None:
    table = pl.concat([LOG] * 4).with_columns(amount=pl.Series([0.1, 0.3, 1 / 3, 2 / 3, 1e-5, -1e-5, 6e-5, -6e-5]))
    assert lines(Orders(table))["money"] == [1000, 3000, 3333, 6667, 0, 0, 1, -1]


def test_all_missing_columns_are_named_at_once() -> None:
    message = (
        r"Orders: the table lacks columns 'client' \(customer=\), 'order_idd' \(order=\) "
        r"Did you mean 'order_id'\?, 'shop' \(channel=\)\. "
        r"Name the right columns; columns are \['customer_id', .*'pieces'\]"
    )
    with pytest.raises(DataError, match=message):
        Orders(LOG, customer="client", order="order_idd", channel="shop")


def test_one_missing_column_is_told_in_the_singular() -> None:
    with pytest.raises(DataError, match=r"lacks column 'day' \(date=\)\. Name the right column; columns are"):
        Orders(LOG, date="day")


def test_all_wrong_types_are_named_at_once() -> None:
    table = LOG.with_columns(
        pl.lit("much").alias("amount"),
        pl.lit(20240501).alias("ordered_at"),
        pl.concat_list("pieces").alias("order_id"),
    )
    message = (
        r"Orders: column 'order_id' must hold ids \(numbers or text\), got List\(Int64\)\. .*"
        r"column 'ordered_at' must hold dates, got Int32\. Cast it, or pass date='\.\.\.'; "
        r"column 'amount' must be numeric, got String\. Cast it, or pass amount='\.\.\.'; columns are"
    )
    with pytest.raises(DataError, match=message):
        Orders(table)


@pytest.mark.parametrize(
    ("role", "column", "rule"),
    [
        ("customer", pl.lit(True), "must hold ids"),
        ("customer", pl.lit(b"x"), "must hold ids"),
        ("date", pl.lit(1.5), "must hold dates"),
        ("date", pl.time(10), "must hold dates"),
        ("date", pl.duration(days=1), "must hold dates"),
        ("amount", pl.lit(True), "must be numeric"),
        ("amount", pl.lit(datetime(2024, 5, 1)), "must be numeric"),
        ("discount", pl.lit("5"), "must be numeric"),
        ("cancelled", pl.lit("yes"), "must be boolean"),
        ("cancelled", pl.lit(1.0), "must be boolean"),
    ],
)
def test_a_column_of_a_type_that_cannot_serve_is_refused(role: str, column: pl.Expr, rule: str) -> None:
    with pytest.raises(DataError, match=f"Orders: column 'odd' {rule}.* Cast it, or pass {role}='...'"):
        Orders(LOG.with_columns(column.alias("odd")), **{role: "odd"})


@pytest.mark.parametrize(
    ("role", "value"),
    [
        (role, value)
        for role in ("customer", "date", "amount")
        for value in (None, 5, ["x"])
        if (role, value) != ("amount", None)
    ],
)
def test_a_role_must_be_the_name_of_a_column(role: str, value: Any) -> None:
    with pytest.raises(TypeError, match=f"Orders: {role} must be the name of a column, got {type(value).__name__}"):
        Orders(LOG, **{role: value})


def test_optional_roles_must_be_names_too() -> None:
    with pytest.raises(TypeError, match=r"Orders: channel must be the name of a column, got int"):
        Orders(LOG, channel=3)  # type: ignore[arg-type]


@pytest.mark.parametrize("given", ["quantity", "price"])
def test_quantity_and_price_come_together(given: str) -> None:
    with pytest.raises((TypeError, ValueError), match=r"Orders: (price must be the name|quantity and price)"):
        Orders(LOG, **{given: "pieces"})


def test_quantity_and_price_need_no_amount() -> None:
    table = LOG.rename({"amount": "each"})
    assert lines(Orders(table, quantity="pieces", price="each"))["money"] == [300_000, 1_000_000]


@pytest.mark.parametrize("timezone", ["Mars", "", "../UTC", "UTC+2"])
def test_unknown_zones_are_refused(timezone: str) -> None:
    with pytest.raises(ValueError, match=r"Orders: timezone must be a name such as 'UTC' or 'Europe/Berlin', got"):
        Orders(LOG, timezone=timezone)


def test_a_zone_must_be_a_name() -> None:
    with pytest.raises(TypeError, match=r"Orders: timezone must be a name, got NoneType"):
        Orders(LOG, timezone=None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rates", "error"),
    [
        ({}, ValueError),
        ({"EUR": 0.0}, ValueError),
        ({"EUR": -1}, ValueError),
        ({"EUR": float("nan")}, ValueError),
        ({"EUR": float("inf")}, ValueError),
        ({"EUR": "1.0"}, TypeError),
        ({"EUR": None}, TypeError),
        ({978: 1.0}, TypeError),
        ([1.0], TypeError),
        (1.0, TypeError),
    ],
    ids=repr,
)
def test_rates_must_be_positive_numbers_per_currency(rates: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match=r"Orders: rates must be positive numbers per currency, such as .*, got"):
        Orders(LOG, currency="money", rates=rates)


def test_rates_need_a_currency() -> None:
    with pytest.raises(ValueError, match=r"Orders: rates need currency=, the column of currency codes"):
        Orders(LOG, rates={"EUR": 1.0})


@pytest.mark.parametrize("table", [None, 5, [1, 2], {"customer_id": [1]}, b"orders.csv", pl.Series([1])])
def test_what_is_no_table_is_refused(table: object) -> None:
    with pytest.raises(TypeError, match=r"Orders: the table must be a polars DataFrame or LazyFrame, a pandas Data"):
        rfm(table, as_of="2024-06-01")


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("%d/%m/%Y %H:%M", "01/05/2024 00:00"),
        ("%d.%m.%Y", "01.05.2024"),
        ("%Y-%m-%d %T", "2024-05-01 00:00:00"),
        ("%Y-%m-%dT%H:%M:%SZ", "2024-05-01T00:00:00Z"),
        ("%d %b %Y", "01 MAY 2024"),
        ("%A, %d %B %Y", "Wednesday, 01 May 2024"),
        ("%d%m%y", "010524"),
        ("%m/%d/%Y %I:%M %p", "05/01/2024 12:00 AM"),
        ("%Y-%m-%d %H:%M %z", "2024-05-01 02:00 +0200"),
        ("%d.%m.%Y %H:%M:%S%.f%#z", "01.05.2024 00:00:00.5Z"),
    ],
)
def test_dates_are_read_by_their_format(pattern: str, text: str) -> None:
    orders = Orders(LOG.with_columns(pl.lit(text).alias("ordered_at")), date_format=pattern)
    assert lines(orders)["day"] == [(date(2024, 5, 1) - date(1970, 1, 1)).days] * 2
    assert orders.dates.style.zoned == ("z" in pattern or pattern.endswith("Z"))


@pytest.mark.parametrize(
    ("pattern", "rule"),
    [
        ("%H:%M", "must name one year, a month and a day"),
        ("%nonsense", "has the directive '%n', which is not supported"),
        ("", "must name one year"),
        ("%Y-%m-%d %y", "must name one year"),
        ("%d.%d.%Y", "has the directive '%d' twice"),
        ("%Y-%m-%d %I:%M", "must have %I and %p together"),
        ("%Y-%m-%d %H:%M:%S EST", "ends with the time zone 'EST', .* Give timezone="),
    ],
)
def test_patterns_that_are_not_supported(pattern: str, rule: str) -> None:
    with pytest.raises(ValueError, match=f"^Orders: date_format {rule}"):
        Orders(LOG.with_columns(pl.lit("2024-05-01").alias("ordered_at")), date_format=pattern)


@pytest.mark.parametrize(
    "text",
    [
        "2024-05-01",
        " 2024-05-01 ",
        "2024-05-01 10:30",
        "2024-05-01T10:30:15",
        "2024-05-01 10:30:15.123456789",
        "2024-05-01T10:30:15Z",
        "2024-05-01 10:30+02",
        "2024-05-01 10:30:15.5 +0200",
        "2024-05-01T12:00:00-05:30",
    ],
)
def test_dates_as_text_are_read_as_iso_8601(text: str) -> None:
    orders = Orders(LOG.with_columns(pl.lit(text).alias("ordered_at")))
    assert lines(orders)["day"] == [(date(2024, 5, 1) - date(1970, 1, 1)).days] * 2
    assert orders.dates.style.zoned == (len(text) > 12 and any(mark in text[11:] for mark in "Z+-"))


def test_a_format_must_be_text() -> None:
    with pytest.raises(TypeError, match=r"Orders: date_format must be a pattern such as '%d/%m/%Y', got int"):
        Orders(LOG, date_format=5)  # type: ignore[arg-type]


def test_midnight_after_the_last_row_is_the_default_snapshot() -> None:
    snapshot = Orders(LOG, timezone="Europe/Berlin").snapshot(None, "test")
    assert (snapshot.as_of, snapshot.assumed) == (datetime(2024, 5, 21), True)
    assert str(snapshot) == "2024-05-21 00:00 (midnight after the last row)"


def test_a_log_without_dates_has_no_default_snapshot() -> None:
    table = LOG.with_columns(pl.lit(None, pl.String).alias("ordered_at"))
    with pytest.raises(DataError, match=r"test: the order log has no row with a date that can be read"):
        Orders(table).snapshot(None, "test")
