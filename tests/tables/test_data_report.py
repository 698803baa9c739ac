"""What was found in a log, in counts and words; never rows or ids."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from strategies import NOON, order_logs, with_a_line

from custseg import DataReport, Orders
from custseg.features import build_features
from custseg.tables import order_facts, report_orders

DIRTY = pl.DataFrame(
    [
        ("ann-secret", 1, "2024-05-01", 30.0, False),
        ("ann-secret", 1, "2024-05-01", 30.0, False),  # the same again
        ("ann-secret", 1, "2024-05-01", 30.0, False),  # and again
        ("ann-secret", 2, "2024-05-09", -5.0, False),
        ("bob-secret", 3, "2024-05-02", 0.0, False),
        ("bob-secret", 4, "2024-05-03", None, False),
        ("bob-secret", 5, "2024-05-04", 7.0, False),
        ("bob-secret", 5, "2024-05-05", -7.0, True),
        ("cat-secret", 6, "2024-05-06", 9.0, True),
        (None, 7, "2024-04-30", 9.0, False),
        (" ", 8, "2024-05-20", float("nan"), False),
        ("ann-secret", 9, None, 4.0, False),
        ("dan-secret", 10, "2024-06-01", 4.0, False),
        ("dan-secret", 10, "2024-06-01", 4.0, False),
    ],
    schema=["customer_id", "order_id", "ordered_at", "amount", "cancelled"],
    orient="row",
)


def report(
    table: object, as_of: object = "2024-06-01", *, refunds: str = "net", **described: Any
) -> DataReport:
    orders = Orders(table, **described)
    snapshot = orders.snapshot(as_of, "test")
    return report_orders(orders, snapshot, order_facts(orders, snapshot, "test"), refunds=refunds)


def test_counts_of_a_dirty_log() -> None:
    assert report(DIRTY, cancelled="cancelled") == DataReport(
        rows=11,
        customers=3,
        first_day=date(2024, 4, 30),
        last_day=date(2024, 5, 20),
        rows_after_as_of=2,
        rows_without_date=1,
        rows_without_customer=2,
        rows_without_amount=2,
        refund_lines=2,
        cancelled_lines=2,
        zero_value_orders=3,
        duplicate_lines=3,
        refunds="net",
    )


def test_text_tells_each_finding_once() -> None:
    assert repr(report(DIRTY, cancelled="cancelled")).splitlines() == [
        "DataReport: 11 lines of 3 customers, 2024-04-30 to 2024-05-20",
        "  2 lines have no customer and are left out.",
        "  1 line has no date and is left out.",
        "  2 lines have no amount and count as no money.",
        "  2 lines lie at or after the snapshot and are left out.",
        "  2 lines have a negative amount (refunds: they reduce the money).",
        "  2 lines are marked as cancelled.",
        "  3 orders are worth nothing.",
        "  3 lines repeat an earlier one exactly and are kept.",
    ]


def test_text_says_under_gross_that_refunds_are_left_out() -> None:
    found = report(DIRTY, refunds="gross", cancelled="cancelled")
    assert "2 lines have a negative amount (refunds: they are left out)." in repr(found)
    assert found.zero_value_orders == 2


def test_text_holds_no_ids() -> None:
    found = report(DIRTY, cancelled="cancelled")
    assert "secret" not in repr(found) + str(found) + str(found.findings)


def test_findings_have_a_name_a_count_and_a_severity() -> None:
    found = report(DIRTY, cancelled="cancelled")
    by_name = {finding.name: finding for finding in found.findings}
    assert by_name["rows_without_customer"].severity == "warning"
    assert by_name["duplicate_lines"].severity == "note"
    assert all(finding.count == getattr(found, name) for name, finding in by_name.items())
    assert set(by_name) < {field.name for field in fields(DataReport)}


def test_a_clean_log_has_no_findings() -> None:
    clean = report(DIRTY.filter(order_id=5, amount=7.0))
    assert clean.findings == ()
    assert repr(clean) == "DataReport: 1 line of 1 customer, 2024-05-04 to 2024-05-04"


def test_a_log_without_any_customer_is_reported() -> None:
    nobody = report(DIRTY.with_columns(customer_id=pl.lit(None, pl.String)))
    assert (nobody.customers, nobody.rows_without_customer) == (0, 11)


def test_days_are_those_of_the_zone() -> None:
    table = DIRTY.head(2).with_columns(ordered_at=pl.Series(["2024-05-01T22:30:00Z", "2024-05-02T21:30:00Z"]))
    assert report(table).first_day == date(2024, 5, 1)
    assert report(table, timezone="Europe/Berlin").first_day == date(2024, 5, 2)
    assert report(table, None, timezone="Europe/Berlin").rows_after_as_of == 0


@pytest.mark.parametrize(
    ("table", "repeated"),
    [
        (pl.DataFrame({"a": [1, None, None, 1], "b": [None, 1, 1, None]}), 2),
        (pl.DataFrame({"a": [None, None, 0], "b": [0, None, None]}), 0),
        (pl.DataFrame({"a": ["", None, "a"], "b": ["a", "a", ""]}), 0),
        (pl.DataFrame({"a": [float("nan"), float("nan")], "b": [0.0, -0.0]}), 1),
    ],
)
def test_duplicates_agree_in_every_column(table: pl.DataFrame, repeated: int) -> None:
    log = table.with_columns(customer_id=1, order_id=1, ordered_at=pl.lit("2024-05-01"), amount=1.0)
    assert report(log).duplicate_lines == repeated


@given(order_logs().map(with_a_line))
def test_counts_agree_with_plain_python(log: pl.DataFrame) -> None:
    found = report(log, NOON, cancelled="cancelled")
    before = [row for row in log.to_dicts() if row["ordered_at"] is not None and row["ordered_at"] < NOON]
    blank = [row for row in before if str(row["customer_id"] or "").strip() == ""]
    no_amount = [row for row in before if row["amount"] is None or row["amount"] != row["amount"]]
    assert found.rows == len(before)
    assert found.rows_after_as_of + found.rows_without_date == len(log) - len(before)
    assert found.rows_without_customer == len(blank)
    assert found.customers == len({row["customer_id"] for row in before if row not in blank})
    assert found.rows_without_amount == len(no_amount)
    assert found.refund_lines == sum(row not in no_amount and row["amount"] < 0 for row in before)
    assert found.cancelled_lines == sum(row["cancelled"] is True for row in before)
    assert found.duplicate_lines == len(log) - len({str(row) for row in log.fill_nan(-9.5e8).to_dicts()})


@given(order_logs().map(with_a_line))
def test_customers_are_as_many_as_rows_of_features(log: pl.DataFrame) -> None:
    orders = Orders(log, cancelled="cancelled")
    snapshot = orders.snapshot(datetime(2024, 4, 1), "test")
    facts = order_facts(orders, snapshot, "test")
    features = build_features(orders, snapshot, facts)
    assert report_orders(orders, snapshot, facts, refunds="net").customers == len(features)
