"""What was found in a log, in counts and words; never rows or ids."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from typing import Any

import polars as pl
import pytest
from effort import A_FEW, examples
from hypothesis import given
from reference import completed
from strategies import NOON, order_logs, with_a_line

from custseg import Orders, fit_segments
from custseg.errors import DataError
from custseg.features import build_features, data_report
from custseg.logs import DataReport, LogReport
from custseg.logs.report import Finding

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


def report(table: object, as_of: object = "2024-06-01", **described: Any) -> LogReport:
    (orders,) = data_report(Orders(table, **described), as_of=as_of).logs
    return orders


def counts(found: LogReport) -> dict[str, int]:
    return {finding.name: finding.count for finding in found.findings}


def test_counts_of_a_dirty_log() -> None:
    found = report(DIRTY, cancelled="cancelled")
    assert (found.rows, found.customers) == (11, 3)
    assert (found.first_day, found.last_day) == (date(2024, 4, 30), date(2024, 5, 20))
    assert counts(found) == {
        "rows_without_customer": 2,
        "rows_without_date": 1,
        "rows_without_amount": 2,
        "rows_after_as_of": 2,
        "refund_lines": 2,
        "zero_lines": 1,
        "cancelled_lines": 2,
        "zero_value_orders": 3,
        "duplicate_lines": 3,
        "days_without_data": 12,
    }


def test_text_tells_each_finding_once_the_serious_ones_first() -> None:
    assert repr(report(DIRTY, cancelled="cancelled")).splitlines() == [
        "orders: 11 rows of 3 customers, 2024-04-30 to 2024-05-20",
        "  !  2 lines have no customer, left out.",
        "       Nobody knows whose orders these are. "
        "If the ids of the customers are in another column, name that column with customer=.",
        "  !  1 line has no date, left out.",
        "       Fill in the dates, or name another column with date=.",
        "  !  2 lines have no amount, counted as no money.",
        "       Fill in the amounts, or name another column with amount=, or quantity= and price=.",
        "  !  3 lines repeat an earlier one exactly (21.4% of all), kept.",
        "       If the log was loaded twice, remove the repeated rows; two equal lines can also be two equal orders.",
        "     2 lines lie at or after the snapshot, left out.",
        "     2 lines have a negative amount (refunds reduce the money).",
        "     1 line has an amount of 0.",
        "     2 lines are marked as cancelled.",
        "     3 orders add up to 0.",
        "     Most days have no row (12); the longest gap is 10 days, after 2024-05-09.",
        "     Columns with gaps: customer 81.8%, amount 81.8% filled.",
    ]


def test_a_fit_tells_its_policy_for_refunds() -> None:
    log = DIRTY.head(7).with_columns(pl.Series("customer_id", list("abcdefg")), amount=1.0)
    refund = log.head(1).with_columns(amount=-3.0)
    fitted = fit_segments(pl.concat([log, refund]), n_segments=1, refunds="gross", columns=["recency_days"])
    assert "1 line has a negative amount (refunds are left out)." in repr(fitted.data_report)


def test_text_holds_no_ids() -> None:
    found = report(DIRTY, cancelled="cancelled")
    assert "secret" not in repr(found) + str(found) + str(found.findings)


def test_findings_have_a_severity() -> None:
    found = {finding.name: finding.severity for finding in report(DIRTY, cancelled="cancelled").findings}
    assert found["rows_without_customer"] == "warning"
    assert found["refund_lines"] == "note"


def test_strict_tells_all_that_is_severe_in_one_error() -> None:
    bad = DIRTY.with_columns(amount=pl.Series([float("inf")] * 2 + [1.0] * 12), ordered_at=pl.lit("May"))
    found = data_report(bad, as_of="2024-06-01")
    assert [finding.name for finding in found.findings if finding.severity == "severe"] == [
        "unusable_dates",
        "unusable_amounts",
    ]
    with pytest.raises(
        DataError,
        match=r"14 dates in column 'ordered_at' cannot be read\. Give .* 2 amounts in 'amount' are not finite numbers",
    ):
        data_report(bad, as_of="2024-06-01", strict=True)
    with pytest.raises(DataError, match="2 amounts in 'amount' are not finite numbers"):
        data_report(bad.with_columns(ordered_at=DIRTY["ordered_at"]), as_of="2024-06-01", strict=True)


def test_currencies_without_rates_are_severe() -> None:
    log = DIRTY.with_columns(currency=pl.Series(["EUR", "USD"] * 7))
    orders = Orders(log, currency="currency")
    assert "Several currencies (['EUR', 'USD']) without rates" in repr(data_report(orders, as_of="2024-06-01"))
    with pytest.raises(DataError, match="without rates"):
        data_report(orders, as_of="2024-06-01", strict=True)


def test_ids_that_look_alike_are_counted() -> None:
    log = DIRTY.head(6).with_columns(customer_id=pl.Series(["007", "7", "Ann", " ann", "bob", "0"]))
    assert counts(report(log))["look_alike_ids"] == 2


def test_a_clean_log_has_no_findings() -> None:
    clean = report(DIRTY.filter(order_id=5, amount=7.0), cancelled="cancelled")
    assert clean.findings == ()
    assert repr(clean) == "orders: 1 row of 1 customer, 2024-05-04 to 2024-05-04"


def test_a_log_without_any_customer_is_reported() -> None:
    nobody = report(DIRTY.with_columns(customer_id=pl.lit(None, pl.String)))
    assert (nobody.customers, counts(nobody)["rows_without_customer"]) == (0, 11)


def test_days_are_those_of_the_zone() -> None:
    table = DIRTY.head(2).with_columns(ordered_at=pl.Series(["2024-05-01T22:30:00Z", "2024-05-02T21:30:00Z"]))
    assert report(table).first_day == date(2024, 5, 1)
    assert report(table, timezone="Europe/Berlin").first_day == date(2024, 5, 2)


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
    assert counts(report(log)).get("duplicate_lines", 0) == repeated


@pytest.mark.slow
@given(order_logs().map(with_a_line))
def test_counts_agree_with_plain_python(log: pl.DataFrame) -> None:
    found = report(log, NOON, cancelled="cancelled")
    before = [
        row for row in completed(log.to_dicts(), NOON) if row["ordered_at"] is not None and row["ordered_at"] < NOON
    ]
    blank = [row for row in before if str(row["customer_id"] or "").strip() == ""]
    no_amount = [row for row in before if row["amount"] is None or row["amount"] != row["amount"]]
    told = defaultdict(int, counts(found))
    assert found.rows == len(before)
    assert told["rows_after_as_of"] + told["rows_without_date"] == len(log) - len(before)
    assert told["rows_without_customer"] == len(blank)
    assert found.customers == len({row["customer_id"] for row in before if row not in blank})
    paid = {row["order_id"] for row in before if row not in no_amount and row["order_id"] is not None}
    assert told["rows_without_amount"] == sum(row["order_id"] not in paid for row in no_amount)
    assert told["refund_lines"] == sum(row not in no_amount and row["amount"] < 0 for row in before)
    assert told["cancelled_lines"] == sum(row["cancelled"] is True for row in before)
    # -0.0 is 0.0, and NaN is NaN.
    amount = pl.col("amount").fill_nan(-9.5e8)
    plain = log.with_columns(pl.when(amount == 0).then(0.0).otherwise(amount).alias("amount"))
    assert told["duplicate_lines"] == len(log) - len({str(row) for row in plain.to_dicts()})


@pytest.mark.slow
@examples(A_FEW)
@given(order_logs().map(with_a_line))
def test_customers_are_as_many_as_rows_of_features(log: pl.DataFrame) -> None:
    orders = Orders(log, cancelled="cancelled")
    as_of = datetime(2024, 4, 1)
    assert report(log, as_of, cancelled="cancelled").customers == len(build_features(orders, as_of=as_of))


def test_columns_that_the_log_has_and_nobody_described_are_named() -> None:
    [finding] = [item for item in report(DIRTY, amount=None).findings if item.name == "undescribed_columns"]
    assert finding.text.endswith("though their names say what they may be: 'amount', 'cancelled'.")
    assert "undescribed_columns" not in counts(report(DIRTY, cancelled="cancelled"))


def test_findings_are_a_table_without_small_counts() -> None:
    few = Finding("few", 9, "note", {"en": "a"}, {"en": ""})
    many = Finding("many", 10, "warning", {"en": "b"}, {"en": "c"})
    report = DataReport((LogReport("orders", 20, 20, findings=(many,)),), (few,))
    assert report.to_polars().rows() == [
        ("orders", "many", "warning", 10, "b", "c"),
        (None, "few", "note", None, "a", ""),
    ]
