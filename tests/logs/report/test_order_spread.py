"""How the values of an order log are spread: findings worked by hand, and logs that must raise none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from custseg import Orders
from custseg.features import data_report

AsKind = Callable[[pl.DataFrame], object]

SPREAD = {
    "dominant_customers", "one_order_each", "repeated_totals", "restarted_orders", "shared_orders", "crowded_days",
    "discount_percentages", "discount_rates", "undescribed_refunds", "alike_values", "placeholder_ids",
    "inexact_ids", "inexact_orders", "placeholder_orders", "over_refunded_orders", "look_alike_ids",
}  # fmt: skip


def found(table: object, **described: Any) -> dict[str, tuple[int, str]]:
    """Count and severity of the findings about how values are spread."""
    report = data_report(Orders(table, **described), as_of="2025-07-01")
    return {item.name: (item.count, item.severity) for item in report.findings if item.name in SPREAD}


def log(customers: list[Any], **columns: Any) -> pl.DataFrame:
    """A log with an order per line, on as many of 28 days, and amounts from 10 up, unless said otherwise."""
    size = len(customers)
    usual = {
        "order_id": [f"o{i}" for i in range(size)],
        "ordered_at": [f"2024-05-{i % 28 + 1:02}" for i in range(size)],
        "amount": [10.0 + i for i in range(size)],
    }
    return pl.DataFrame({"customer_id": customers, **usual, **columns})


def repeat_buyers(orders: int = 60) -> list[str]:
    return [f"c{i % 20}" for i in range(orders)]


def test_id_of_most_orders_is_found(as_kind: AsKind) -> None:
    table = as_kind(log(["0x"] * 60 + [f"c{i}" for i in range(40)]))
    assert found(table) == {"dominant_customers": (1, "warning")}
    (item,) = [f for f in data_report(table, as_of="2025-07-01").findings if f.name == "dominant_customers"]
    assert item.text == "1 customer id holds 60.0% of the orders, far more than any other."


def test_two_tills_are_found_together() -> None:
    assert found(log(["t1"] * 90 + ["t2"] * 80 + [f"c{i}" for i in range(60)])) == {
        "dominant_customers": (2, "warning")
    }


@pytest.mark.parametrize(
    "orders",
    [
        [40, 20, 12, 8, 5, 5, 4, 3, 2, 2, 1, 1],  # a wholesaler of twelve customers
        [44, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4],  # half of all with one of them
        [40, 40, 40, 4, 4, 4, 4, 4, 4, 4, 4, 4],
        [25, 20, 16, 12, *[6] * 30, *[3] * 60, *[1] * 100],  # loyal ones and many others
    ],
)
def test_large_customers_are_no_finding(orders: list[int]) -> None:
    assert "dominant_customers" not in found(log([f"c{i}" for i, n in enumerate(orders) for _ in range(n)]))


def test_total_on_each_line_is_found(as_kind: AsKind) -> None:
    lines = [
        (f"c{i % 12}", i, f"2024-05-{i % 28 + 1:02}", f"p{j}", 20.0 + i) for i in range(30) for j in range(1 + i % 3)
    ]
    table = as_kind(
        pl.DataFrame(lines, schema=["customer_id", "order_id", "ordered_at", "sku", "amount"], orient="row")
    )
    # 10 orders of one line, 10 of two, 10 of three
    assert found(table, product="sku") == {"repeated_totals": (20, "warning")}


@pytest.mark.parametrize("prices", [[9.0], [9.0, 19.0]])
def test_lines_of_a_shop_with_few_prices_are_no_totals(prices: list[float]) -> None:
    lines = [(f"c{i % 12}", i, "2024-05-01", f"p{j}", prices[i % len(prices)]) for i in range(8) for j in range(2)]
    table = pl.DataFrame(lines, schema=["customer_id", "order_id", "ordered_at", "sku", "amount"], orient="row")
    assert found(table, product="sku") == {}


def test_pieces_of_one_product_are_no_totals() -> None:
    lines = [(f"c{i % 12}", i, "2024-05-01", f"p{i}", 20.0 + i) for i in range(30) for _ in range(2)]
    table = pl.DataFrame(lines, schema=["customer_id", "order_id", "ordered_at", "sku", "amount"], orient="row")
    assert found(table, product="sku") == {}


def test_order_number_a_year_later_is_found(as_kind: AsKind) -> None:
    table = pl.DataFrame(
        {
            "customer_id": ["a", "a", "b"],
            "order_id": ["17", "17", "18"],
            "ordered_at": ["2023-01-05", "2024-01-09", "2024-01-05"],
            "amount": [50.0, 70.0, 10.0],
        }
    )
    assert found(as_kind(table)) == {"restarted_orders": (1, "warning")}


def test_order_number_of_two_customers_is_a_note(as_kind: AsKind) -> None:
    table = log(repeat_buyers(), order_id=[f"o{i % 59}" for i in range(60)])
    assert found(as_kind(table)) == {"shared_orders": (1, "note")}


def test_refund_long_after_its_order_is_no_new_order() -> None:
    table = log(["a", "a"], order_id=[1, 1], ordered_at=["2024-01-05", "2024-12-05"], amount=[50.0, -50.0])
    assert found(table) == {}


def test_new_id_with_each_order_is_found(as_kind: AsKind) -> None:
    assert found(as_kind(log([f"k{i}" for i in range(300)]))) == {"one_order_each": (300, "warning")}


def test_nobody_who_ordered_twice_is_said_as_such() -> None:
    def words(customers: list[str]) -> str:
        report = data_report(log(customers), as_of="2025-01-01")
        return next(item.text for item in report.findings if item.name == "one_order_each")

    assert words([f"k{i}" for i in range(300)]) == "300 customers have ordered, and none of them more than once."
    assert "(customers with several orders: 1)" in words([*(f"k{i}" for i in range(400)), "k0"])


def test_few_or_returning_customers_are_no_new_ids() -> None:
    assert found(log([f"k{i}" for i in range(100)])) == {}
    assert found(log([f"k{i % 280}" for i in range(300)])) == {}


def test_day_of_an_import_is_found(as_kind: AsKind) -> None:
    days = ["2024-01-01"] * 60 + [f"2024-{2 + i // 28:02}-{i % 28 + 1:02}" for i in range(60)]
    assert found(as_kind(log(repeat_buyers(120), ordered_at=days))) == {"crowded_days": (1, "warning")}


def test_best_day_of_the_year_is_no_import() -> None:
    days = ["2024-11-29"] * 40 + [f"2024-{10 + i % 56 // 28:02}-{i % 28 + 1:02}" for i in range(224)]
    assert "crowded_days" not in found(log(repeat_buyers(264), ordered_at=days))


def test_discounts_as_rates_are_found(as_kind: AsKind) -> None:
    table = log(repeat_buyers(), off=[0.2 if i % 2 else 0.0 for i in range(60)])
    assert found(as_kind(table), discount="off") == {"discount_rates": (30, "warning")}


@pytest.mark.parametrize("off", [[1.0] * 60, [0.5] * 59 + [3.0], [0.0] * 60])
def test_discounts_as_money_are_no_rates(off: list[float]) -> None:
    assert found(log(repeat_buyers(), off=off), discount="off") == {}


def test_cents_off_a_cheap_line_are_no_rate() -> None:
    assert found(log(repeat_buyers(), amount=[2.0] * 60, off=[0.5] * 60), discount="off") == {}


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["Refunded Amount", "refundedAmount", "Erstattung", "сумма возврата", "returns", "devolución"]
)
def test_refund_column_that_nobody_described_is_found(name: str) -> None:
    table = log(repeat_buyers(), **{name: [0.0] * 50 + [7.0] * 10})
    assert found(table) == {"undescribed_refunds": (10, "note")}
    (item,) = [f for f in data_report(table, as_of="2025-07-01").findings if f.name == "undescribed_refunds"]
    assert f"refund={name!r}" in item.remedy
    assert found(table, refund=name) == {}


@pytest.mark.parametrize(
    ("name", "values"),
    [("refund_id", [7] * 60), ("refunded", [0, 1] * 30), ("refund", ["x"] * 60), ("returning", [9.0] * 60)],
)
def test_other_columns_are_no_refunds(name: str, values: list[Any]) -> None:
    assert found(log(repeat_buyers(), **{name: values})) == {}


def test_undescribed_refunds_are_found_in_every_kind(as_kind: AsKind) -> None:
    table = log(repeat_buyers(), refunded=[0.0] * 50 + [7.0] * 10)
    assert found(as_kind(table)) == {"undescribed_refunds": (10, "note")}


def test_refund_repeated_on_each_line_is_found(as_kind: AsKind) -> None:
    table = log(["a", "a", "b"], order_id=[1, 1, 2], amount=[10.0, 5.0, 9.0], back=[12.0, 12.0, 9.0])
    assert found(as_kind(table), refund="back") == {"over_refunded_orders": (1, "warning")}


@pytest.mark.slow
def test_spellings_are_counted_by_column(as_kind: AsKind) -> None:
    table = log(["a", "a", "a", "b"], utm=["Google", "google", "google ", "mail"], sku=["A1", "a1", "b", "b"])
    assert found(as_kind(table), source="utm") == {"alike_values": (2, "warning")}
    assert found(as_kind(table), product="sku") == {"alike_values": (1, "note")}


def test_log_loaded_twice_is_a_warning() -> None:
    once = log(repeat_buyers())
    for table, severity in ((pl.concat([once, once]), "warning"), (pl.concat([once, once.head(3)]), "note")):
        (item,) = [f for f in data_report(table, as_of="2025-07-01").findings if f.name == "duplicate_lines"]
        assert item.severity == severity


def test_order_ids_that_mean_none_or_lost_digits_are_found(as_kind: AsKind) -> None:
    table = log(["a", "a", "b", "c"], order_id=["NULL", "nan", "4.91E+11", "x"])
    assert found(as_kind(table)) == {"placeholder_orders": (2, "warning"), "inexact_orders": (1, "warning")}
