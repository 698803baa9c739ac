"""What a log is refused for once it is read: counts and shapes in the message, never a value."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import duckdb
import polars as pl
import pytest

from custseg import Orders
from custseg.errors import CustsegError, DataError
from custseg.features import rfm
from custseg.logs import OrderFacts, gather_order_facts, usable_order_facts

LOG = pl.DataFrame(
    {
        "customer_id": ["ann", "bob", "bob"],
        "order_id": [1, 2, 3],
        "ordered_at": ["2024-05-01", "2024-05-20", "2024-05-21"],
        "amount": [30.0, 50.0, 20.0],
    }
)


def facts(table: object, as_of: object = "2024-06-01", **described: Any) -> OrderFacts:
    orders = Orders(table, **described)
    snapshot = orders.snapshot(as_of, "test")
    return usable_order_facts(orders, snapshot, gather_order_facts(orders, snapshot), caller="test")


def dated(*dates: str | None) -> pl.DataFrame:
    return LOG.with_columns(pl.Series("ordered_at", dates, pl.String))


def test_facts_of_a_dirty_log() -> None:
    table = pl.DataFrame(
        [
            ("ann", 1, "2024-05-01", 30.0, False),
            ("ann", None, "2024-05-02", -10.5, True),
            (None, 2, "2024-05-03", None, True),
            ("  ", None, "2024-04-03", float("nan"), None),
            ("bob", 3, None, 5.0, True),
            ("bob", 4, "2024-06-01", -5.0, True),
        ],
        schema=["customer_id", "order_id", "ordered_at", "amount", "void"],
        orient="row",
    )
    counted = facts(table, cancelled="void")
    assert counted == OrderFacts(
        rows=4,
        rows_after=1,
        without_date=1,
        unusable_dates=0,
        without_customer=2,
        without_order=2,
        without_amount=2,
        unusable_amounts=0,
        refund_lines=1,
        cancelled_lines=2,
        unusable_flags=0,
        zero_lines=0,
        refunded_lines=0,
        unusable_refunds=0,
        filled={},
        currencies={},
        first_day=19_816,
        last_day=19_846,
        money=405_000.0,
        rounded_amounts=0,
        unmarked_lines=1,
        lines_marked_no=1,
        orders=counted.orders,
    )


def test_no_rows() -> None:
    with pytest.raises(DataError, match=r"^test: the order log has no rows\.$"):
        facts(LOG.head(0))


def test_no_dates() -> None:
    with pytest.raises(DataError, match=r"^test: column 'ordered_at' of the order log has no dates\.$"):
        facts(dated(None, "", " "))


def test_only_rows_at_or_after_as_of() -> None:
    with pytest.raises(DataError, match=r"as_of 2024-05-01 00:00 is not after any row of the order log.* Give a later"):
        facts(LOG, "2024-05-01")


@pytest.mark.parametrize(
    ("dates", "message"),
    [
        (
            ("2024-05-01", "12 May, Ann", "2024-05-02"),
            r"1 value .* in ISO 8601, .* shaped like '99 AAA, AAA'",
        ),
        (
            ("31/05/2024", "2024-05-01", "2024-05-02"),
            r"1 value .* '99/99/9999'.* fit date_format='%d/%m/%Y'",
        ),
        (("2024-02-30", "2024-13-01", "2024-05-02"), r"2 values .* shaped like '9999-99-99'.* no such day in the cal"),
        (("24-05-01", "24-05-02", "24-05-03"), r"3 values .* shaped like '99-99-99'.* none of them decides"),
        (
            ("01-05-96", "02-05-96", "31-05-96"),
            r"3 values .* shaped like '99-99-99'.* fit date_format='%d-%m-%y': give",
        ),
        (("+12024-05-01", "2024-05-01", "2024-05-02"), r"1 value .* shaped like '\+99999-99-99'"),
        (("2024-05-01 25:00", "2024-05-01", "2024-05-02"), r"1 value .* shaped like '9999-99-99 99:99'"),
        (("1714521600", "2024-05-01", "2024-05-02"), r"1 value .* shaped like '9999999999'.* seconds since 1970"),
        (("45413", "45414", "45415.5"), r"3 values .* shaped like '99999'.* spreadsheet.*'excel'\): give it"),
        (("1714521600", "1714521601", None), r"2 values .* seconds since 1970 \(date_format='unix'\): give it"),
        (("1714521600000", None, None), r"1 value .* milliseconds since 1970 \(date_format='unix_ms'\)"),
        (("5/1/2024 1:05 PM", "5/31/2024 1:05 PM", None), r"2 values .* fit date_format='%m/%d/%Y %I:%M %p': give it"),
        (("2024-05-01 10:00 EST", None, None), r"1 value .* date_format='%Y-%m-%d %H:%M EST', and timezone= the place"),
        (("2024-05-01 10:00 EST", "2024-05-01 10:00 CST", None), r"2 values .* offsets from UTC such as -05:00"),
        (("2024-05-01", "Ä" * 90, "2024-05-02"), r"1 value .* shaped like 'A{40}'\."),
    ],
)
def test_dates_that_cannot_be_read(dates: tuple[str | None, ...], message: str) -> None:
    with pytest.raises(DataError, match=f"^test: {message}") as caught:
        facts(dated(*dates))
    assert not any(date in str(caught.value) for date in dates if date)


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("2024-05-01", "%d/%m/%Y"),
        ("01/05/24", "%d/%m/%Y"),
    ],
)
def test_dates_that_do_not_have_the_given_format(text: str, pattern: str) -> None:
    with pytest.raises(DataError, match=rf"3 values of column 'ordered_at' .* of the form '{pattern}', for instance"):
        facts(dated(text, text, text), date_format=pattern)


@pytest.mark.parametrize(
    "dates",
    [
        ("2024-05-01 10:00:00", "2024-05-01T10:00:00Z", None),
        ("2024-05-01T10:00:00+02:00", "2024-05-01", None),
        (None, "2024-05-01 10:00 +0200", "2024-05-01 10:00"),
    ],
)
def test_dates_with_and_without_a_zone(dates: tuple[str | None, ...]) -> None:
    with pytest.raises(DataError, match=r"test: column 'ordered_at' mixes dates with and without a time zone"):
        facts(dated(*dates))


def test_offsets_that_differ_are_one_zone() -> None:
    table = dated("2024-05-01T10:00:00Z", "2024-05-01 10:00+02:00", "2024-05-01 05:00:00.5 -0500")
    assert facts(table, datetime.fromisoformat("2024-05-01T10:00:00+00:00")).rows == 1


@pytest.mark.parametrize("amount", [float("inf"), float("-inf"), 9.3e14, -1e15, 1e300])
def test_amounts_that_are_not_finite_or_too_large(amount: float) -> None:
    table = LOG.with_columns(amount=pl.Series([1.0, amount, 2.0]))
    with pytest.raises(
        DataError, match=r"test: 1 value of 'amount' is not a finite number below 9\.2e14\. Correct these"
    ):
        facts(table)


def test_amounts_of_other_types_that_are_too_large() -> None:
    whole = LOG.with_columns(amount=pl.Series([2**63, 1, 2**64 - 1], dtype=pl.UInt64))
    exact = LOG.with_columns(amount=pl.Series(["1e30", "1", "1e37"]).cast(pl.Float64).cast(pl.Decimal(38, 0)))
    for table in (whole, exact):
        with pytest.raises(DataError, match=r"2 values of 'amount' are not a finite number below 9\.2e14\."):
            facts(table)


def test_a_product_that_is_too_large() -> None:
    table = LOG.with_columns(pieces=pl.lit(10_000_000), each=pl.lit(1e9))
    with pytest.raises(DataError, match=r"3 values of 'pieces' × 'each' are not a finite number below 9\.2e14"):
        facts(table, quantity="pieces", price="each")


def test_what_is_wrong_after_as_of_does_not_matter() -> None:
    broken = pl.Series([1.0, 2.0, float("inf")])
    assert facts(LOG.with_columns(amount=broken), "2024-05-21").unusable_amounts == 0


def test_amounts_that_add_up_to_too_much() -> None:
    table = LOG.with_columns(amount=pl.Series([9e14, -9e14, 1.0]))
    with pytest.raises(DataError, match=r"test: the amounts add up to more than 9\.2e14, .* in a larger unit"):
        facts(table)
    assert facts(table, "2024-05-10").rows == 1


def test_two_currencies_are_never_added() -> None:
    table = LOG.with_columns(money=pl.Series(["USD", "EUR", "USD"]))
    with pytest.raises(DataError, match=r"in several currencies, \['EUR', 'USD'\], and cannot be added\. Give rates="):
        facts(table, currency="money")


def test_an_order_in_two_currencies_does_not_complete_its_lines() -> None:
    table = LOG.with_columns(money=pl.Series(["EUR", "USD", None]), order_id=pl.lit(1), customer_id=pl.lit(1))
    with pytest.raises(DataError, match=r"lines without a currency; .* Fill in column 'money' on these lines"):
        facts(table, currency="money", rates={"EUR": 1.0, "USD": 0.9})


def test_no_currency_is_another_currency() -> None:
    table = LOG.with_columns(money=pl.Series(["EUR", None, " "]))
    with pytest.raises(DataError, match=r"several currencies, \['EUR'\] and lines without a currency"):
        facts(table, currency="money")


@pytest.mark.parametrize(
    ("codes", "lacking"),
    [(["USD", "EUR", "RUB"], r"\['RUB', 'USD'\]"), (["EUR", None, ""], "lines without a currency")],
)
def test_rates_that_lack_a_currency(codes: list[str | None], lacking: str) -> None:
    table = LOG.with_columns(money=pl.Series(codes))
    with pytest.raises(DataError, match=rf"test: rates lack {lacking}; they have \['EUR', 'GBP'\]"):
        facts(table, currency="money", rates={"EUR": 1.0, "GBP": 1.2})


def test_currencies_of_rows_after_as_of_do_not_matter() -> None:
    table = LOG.with_columns(money=pl.Series(["EUR", "EUR", "USD"]))
    assert facts(table, "2024-05-21", currency="money").rows == 2


def test_errors_of_data_are_ours_and_value_errors() -> None:
    with pytest.raises(CustsegError, match="no rows"):
        rfm(LOG.head(0), as_of="2024-06-01")
    assert issubclass(DataError, ValueError)


def test_typed_dates_outside_the_calendar() -> None:
    table = duckdb.sql("SELECT 1 customer_id, 1 order_id, 'infinity'::TIMESTAMP ordered_at, 5.0 amount")
    with pytest.raises(DataError, match=r"1 value of column 'ordered_at' is infinite or outside the years 1 to 9999"):
        facts(table)
