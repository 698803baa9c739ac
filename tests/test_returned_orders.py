"""Customers whose orders were all returned, charged back or cancelled: a row of their own."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest
from quick import quick_fit

from custseg import Customers, Orders, Segmentation
from custseg.features import build_features

AS_OF = "2024-07-01"
LINES = [
    (
        f"c{i:03}",
        f"o{i}_{j}",
        f"2024-{1 + (i * j + j) % 6:02}-{1 + (i * 7 + j) % 24:02}",
        20.0 + (i * 37 + j * 11) % 180,
    )
    for i in range(200)
    for j in range(1 + i % 5)
]
RETURNED = "All orders returned or cancelled"


def log(lines: list[tuple[str, str, str, float]], **columns: list[object]) -> pl.DataFrame:
    frame = pl.DataFrame(lines, schema=["customer_id", "order_id", "ordered_at", "amount"], orient="row")
    return frame.with_columns(**{name: pl.Series(values) for name, values in columns.items()})


def outside(result: Segmentation) -> list[tuple[str, int]]:
    return [(row.name, row.size) for row in result.profiles if row.segment is None]


def refunds(n: int, *, order: str = "{}") -> list[tuple[str, str, str, float]]:
    return [(who, order.format(number), "2024-06-25", -value) for who, number, _, value in LINES if int(who[1:]) < n]


@pytest.mark.slow
def test_all_orders_refunded(kind: str, as_kind: Callable[[pl.DataFrame], object]) -> None:
    result = quick_fit(as_kind(log(LINES + refunds(20))), as_of=AS_OF)
    assert outside(result) == [(RETURNED, 20)]
    last = result.profiles[-1]
    assert (last.key, last.share, last.description[:12]) == ("returned", None, "Have ordered")
    assert "fraud" in " ".join(last.advice.do)
    assert not any("welcome" in line.lower() for line in (*last.advice.do, *last.advice.dont))


@pytest.mark.slow
def test_refunds_with_numbers_of_their_own() -> None:
    assert outside(quick_fit(log(LINES + refunds(20, order="r{}")), as_of=AS_OF)) == [(RETURNED, 20)]


@pytest.mark.slow
def test_refund_of_an_order_before_the_log_begins() -> None:
    only_refunds = [(f"z{i}", f"z{i}", "2024-06-01", -9.0) for i in range(12)]
    assert outside(quick_fit(log(LINES + only_refunds), as_of=AS_OF)) == [(RETURNED, 12)]


@pytest.mark.slow
def test_all_orders_cancelled() -> None:
    frame = log(LINES, cancelled=[int(who[1:]) < 15 for who, *_ in LINES])
    assert outside(quick_fit(Orders(frame, cancelled="cancelled"), as_of=AS_OF)) == [(RETURNED, 15)]
    without_money = Orders(frame.drop("amount"), amount=None, cancelled="cancelled")
    assert outside(quick_fit(without_money, as_of=AS_OF)) == [(RETURNED, 15)]


@pytest.mark.slow
def test_refunds_in_a_column_of_their_own() -> None:
    frame = log(LINES, refunded=[value if int(who[1:]) < 15 else 0.0 for who, *_, value in LINES])
    assert outside(quick_fit(Orders(frame, refund="refunded"), as_of=AS_OF)) == [(RETURNED, 15)]


@pytest.mark.slow
def test_gross_policy_counts_returned_orders() -> None:
    assert outside(quick_fit(log(LINES + refunds(20)), as_of=AS_OF, refunds="gross")) == []


@pytest.mark.slow
def test_part_of_an_order_returned_is_a_purchase() -> None:
    half = [(who, number, day, value / 2) for who, number, day, value in refunds(20)]
    assert outside(quick_fit(log(LINES + half), as_of=AS_OF)) == []


def both() -> Segmentation:
    people = pl.DataFrame({"customer_id": [f"c{i:03}" for i in range(230)], "tier": ["a", "b"] * 115})
    return quick_fit(log(LINES + refunds(20)), customers=Customers(people, category=["tier"]), as_of=AS_OF)


@pytest.mark.slow
def test_people_who_never_ordered_have_another_row() -> None:
    result = both()
    assert outside(result) == [(RETURNED, 20), ("Prospects", 30)]
    assert sum(row.size for row in result.profiles) == 230


@pytest.mark.slow
def test_assignments_name_both_rows() -> None:
    result = both()
    names = result.assignments.filter(pl.col("segment").is_null()).group_by("name").len().sort("name")
    assert names.rows() == [(RETURNED, 20), ("Prospects", 30)]
    assert result.model.assign(features=result.features).equals(result.assignments)


@pytest.mark.slow
def test_row_in_russian() -> None:
    result = quick_fit(log(LINES + refunds(20)), as_of=AS_OF, language="ru")
    assert outside(result) == [("Все заказы возвращены или отменены", 20)]


@pytest.mark.slow
def test_window_is_named() -> None:
    result = quick_fit(log(LINES + refunds(20)), as_of=AS_OF, window_days=200)
    assert ("All orders in the window returned or cancelled", 20) in outside(result)


@pytest.mark.slow
def test_name_of_the_row_cannot_be_given_to_a_segment() -> None:
    with pytest.raises(ValueError, match="names must differ"):
        both().rename({0: RETURNED})


def test_returned_orders_by_hand() -> None:
    lines = [
        ("a", "1", "2024-05-01", 10.0), ("a", "1", "2024-05-03", -10.0), ("a", "2", "2024-05-04", 5.0),
        ("b", "3", "2024-05-01", 10.0), ("b", "3", "2024-05-02", -4.0),
        ("c", "4", "2024-05-01", 0.0),
        ("d", "5", "2024-05-01", -3.0),
    ]  # fmt: skip
    table = build_features(log(lines), as_of=AS_OF, families=["rfm"])
    columns = table.frame.select("customer_id", "order_count", "returned_orders")
    assert columns.rows() == [("a", 1, 1), ("b", 1, 0), ("c", 0, 0), ("d", 0, 0)]
    assert table.returned_everything().tolist() == [False, False, False, True]


def test_log_without_refunds_has_no_column_of_them() -> None:
    assert "returned_orders" not in build_features(log(LINES), as_of=AS_OF).names
