"""Ids that are no customer, that look alike or that logs do not share; events delivered twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import polars as pl
import pytest

from custseg import Events
from custseg.features import data_report
from custseg.logs import DataReport

AsKind = Callable[[pl.DataFrame], object]
AS_OF = "2024-07-01"


def orders(ids: list[Any]) -> pl.DataFrame:
    size = len(ids)
    dates = ["2024-05-01"] * size
    return pl.DataFrame({"customer_id": ids, "order_id": range(size), "ordered_at": dates, "amount": [10.0] * size})


def events(ids: list[Any], name: str = "delivered") -> pl.DataFrame:
    return pl.DataFrame({"customer_id": ids, "occurred_at": ["2024-05-02"] * len(ids), "event": [name] * len(ids)})


def named(report: DataReport) -> dict[str, int]:
    return {item.name: item.count for item in report.findings if item.name != "days_without_data"}


def test_rows_whose_id_means_none_are_counted(as_kind: AsKind) -> None:
    table = as_kind(orders(["17", "A18", "nan", "nan", "NULL", "None", "\\N", "Guest 12", "0", "-", "N/A"]))
    report = data_report(table, as_of=AS_OF)
    assert named(report) == {"placeholder_ids": 9}
    assert "different ids: 8" in report.findings[0].text


def test_zero_among_numbers_may_be_a_customer(as_kind: AsKind) -> None:
    assert named(data_report(as_kind(orders(["0", "1", "2"])), as_of=AS_OF)) == {}


def test_people_called_guest_or_nan_are_customers() -> None:
    assert named(data_report(orders(["Nancy", "guestave@x.org", "nana"]), as_of=AS_OF)) == {}


def test_ids_in_scientific_notation_are_found(as_kind: AsKind) -> None:
    assert named(data_report(as_kind(orders(["4.91512E+11", "4.91634e+11", "7E+11", "a"])), as_of=AS_OF)) == {
        "inexact_ids": 3
    }


def test_floats_beyond_whole_numbers_are_found(as_kind: AsKind) -> None:
    table = orders([2.0**53, 2.0**53 + 2, 20231234567890123.0, 5.0])
    assert named(data_report(as_kind(table), as_of=AS_OF)) == {"inexact_ids": 3}


def test_pandas_ids_with_a_gap_are_found() -> None:
    table = orders([1, 2, 3]).to_pandas().assign(customer_id=pd.Series([20231234567890123, 20231234567890124, None]))
    assert named(data_report(table, as_of=AS_OF))["inexact_ids"] == 1


def test_numbers_cut_to_fifteen_digits_are_found(as_kind: AsKind) -> None:
    cut = [4915120123456780, 4915120123456790, 4915120123456700]
    assert named(data_report(as_kind(orders([*cut, 7])), as_of=AS_OF)) == {"inexact_ids": 3}
    assert named(data_report(as_kind(orders([*cut, 4915120123456781])), as_of=AS_OF)) == {}


def test_hashes_are_exact() -> None:
    assert named(data_report(orders(["12e5", "7e12ab", "1e9"]), as_of=AS_OF)) == {}


def test_ids_with_a_decimal_look_alike(as_kind: AsKind) -> None:
    assert named(data_report(as_kind(orders(["12345", "12345.0", "777", "a b", "AB"])), as_of=AS_OF)) == {
        "look_alike_ids": 2
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (["101.0", "102.0", "103.0"], ["101", "102", "A77"], {"alike_across_logs": 2, "few_shared_customers": 1}),
        (["Ann@x.org", "Bob@x.org"], ["ann@x.org", "bob@x.org"], {"alike_across_logs": 2, "few_shared_customers": 1}),
        (["00123", "00124", "x"], ["123", "124", "x"], {"alike_across_logs": 2, "few_shared_customers": 1}),
        (["a", "b", "c", "d"], ["e", "f", "a"], {"few_shared_customers": 1}),
        (["a", "b", "c", "d"], ["c", "d", "e"], {}),
        (["a", "b", "c", "d", "e"], ["a"], {}),
    ],
)
def test_ids_of_two_logs_are_compared(
    kind: str, as_kind: AsKind, first: list[str], second: list[str], expected: dict[str, int]
) -> None:
    # A log on Spark is compared with logs on Spark alone.
    order_log = as_kind(orders(first)) if kind == "spark" else orders(first)
    assert named(data_report(order_log, as_kind(events(second)), as_of=AS_OF)) == expected


def test_two_logs_without_common_customers_are_counted_both_ways() -> None:
    report = data_report(orders(["a", "b"]), events(["c", "d", "e"]), as_of=AS_OF)
    assert report.between[0].text == "Of 2 customers in orders and 3 in events, 0 are in both."
    assert "between the logs" in repr(report)


def test_customer_table_is_compared_too() -> None:
    people = pl.DataFrame({"customer_id": ["A", "B"], "age": [30, 40]})
    assert named(data_report(orders(["a", "b"]), customers=people, as_of=AS_OF))["alike_across_logs"] == 2


def test_bot_is_found(as_kind: AsKind) -> None:
    clicks = events(["b"] * 500 + [f"c{i}" for i in range(50)], "viewed")
    report = data_report(events=as_kind(clicks), as_of=AS_OF)
    (item,) = [f for f in report.findings if f.name == "dominant_customers"]
    assert item.text == "1 customer id holds 90.9% of the events, far more than any other."


def test_events_delivered_twice_are_a_warning(as_kind: AsKind) -> None:
    times = ["2024-06-30 10:00", "2024-06-30 10:05", "2024-06-30 10:07"]
    once = events(["a"] * 3, "viewed").with_columns(occurred_at=pl.Series(times))
    (item,) = data_report(events=Events(as_kind(pl.concat([once, once]))), as_of=AS_OF).findings
    assert (item.name, item.count, item.severity) == ("duplicate_events", 3, "warning")


def test_event_delivered_with_another_key_is_found(as_kind: AsKind) -> None:
    once = events(["a"] * 3, "viewed").with_columns(occurred_at=pl.Series([f"2024-06-30 10:0{i}" for i in range(3)]))
    table = pl.concat([once, once]).with_row_index("delivery")
    (item,) = data_report(events=as_kind(table), as_of=AS_OF).findings
    assert (item.name, item.count, item.severity) == ("alike_events", 3, "warning")


def test_equal_events_of_one_day_are_a_note() -> None:
    (item,) = data_report(events=events(["a"] * 4, "viewed"), as_of=AS_OF).findings
    assert (item.name, item.count, item.severity) == ("duplicate_events", 3, "note")


def test_texts_hold_no_ids() -> None:
    report = data_report(orders(["NULL-secret", "null-SECRET", "guest secret"]), events(["secret"]), as_of=AS_OF)
    said = [item.text + item.remedy for item in report.findings]
    assert said
    assert not any("secret" in sentence.lower() for sentence in said)
