"""Shops of very different kinds whose logs have no fault, and the faults that look most like them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from custseg import Customers, Orders
from custseg.features import data_report

LETTERS = np.array(list("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"))


def serious(table: pl.DataFrame, **roles: Any) -> dict[str, int]:
    report = data_report(Orders(table, **roles), as_of="2024-01-15")
    return {item.name: item.count for item in report.findings if item.severity != "note"}


def shop(
    *, customers: int = 150, orders: int = 450, more: float = 0.8, prices: tuple[float, ...] = (), seed: int = 0
) -> pl.DataFrame:
    """A year of orders of one to several lines; customers of a heavy tail; any amount, or a price list."""
    rng = np.random.default_rng(seed)
    weights = 1 / np.arange(1, customers + 1) ** 0.8
    lines = 1 + rng.poisson(more, orders)
    day = rng.integers(0, 365, orders)
    seconds, start = rng.integers(86_400, size=orders), datetime(2023, 1, 1)
    times = [start + timedelta(days=int(d), seconds=int(s)) for d, s in zip(day, seconds, strict=True)]
    log = pl.DataFrame(
        {
            "customer_id": rng.choice(customers, orders, p=weights / weights.sum()),
            "order_id": range(orders),
            "ordered_at": times,
        }
    )
    log = log[np.repeat(np.arange(orders), lines)].with_columns(pl.format("c{}", "customer_id").alias("customer_id"))
    amounts = rng.choice(prices, len(log)) if prices else np.round(rng.lognormal(3, 1, len(log)), 2)
    return log.with_columns(amount=pl.Series(amounts))


def on_days(days: Any, *, customers: int = 40) -> pl.DataFrame:
    size = len(days)
    ids = [f"c{place % customers}" for place in range(size)]
    dates = [date(2023, 1, 1) + timedelta(days=int(day)) for day in days]
    amounts = np.arange(size) % 37 + 1.0
    return pl.DataFrame({"customer_id": ids, "order_id": range(size), "ordered_at": dates, "amount": amounts})


FIRSTS = [(date(2023, month, 1) - date(2023, 1, 1)).days for month in range(1, 13)]
HONEST: dict[str, pl.DataFrame] = {
    "twelve firms": shop(customers=12, orders=120),
    "a price list": shop(prices=(9.99, 19.99, 29.99)),
    "one price": shop(prices=(5.0,)),
    "thirty lines": shop(customers=14, orders=17),
    "billed on the first": on_days(np.repeat(FIRSTS, 40)),
    "a market on Saturdays": on_days(np.repeat(np.arange(6, 360, 7), 8)),
    "one event": on_days([100] * 300),
    "closed, with a late refund": on_days([*range(200)] * 2 + [330]),
    "fading out": on_days([*range(200), 205, 214, 240, 300] * 2),
    "wholesale": shop(customers=60, orders=100, more=14),
}
FAULTY: dict[str, tuple[pl.DataFrame, str]] = {
    "a price list, loaded twice": (pl.concat([HONEST["a price list"]] * 2), "duplicate_lines"),
    "one price, loaded twice": (pl.concat([HONEST["one price"]] * 2), "duplicate_lines"),
    "a third loaded twice": (pl.concat([shop(), shop().head(250)]), "duplicate_lines"),
    "two months of markets missing": (on_days([*range(6, 90, 7), *range(160, 360, 7)] * 8), "days_without_data"),
    "nine days missing": (on_days([*range(200), *range(209, 365)] * 2), "days_without_data"),
}


@pytest.mark.parametrize("name", HONEST)
def test_honest_shop_has_no_warning(name: str) -> None:
    assert serious(HONEST[name]) == {}


def test_days_without_orders_are_usual_where_orders_are_rare() -> None:
    report = data_report(Orders(on_days(range(0, 360, 5))), as_of="2024-01-15")
    [finding] = [item for item in report.findings if item.name == "days_without_data"]
    assert finding.text.startswith("Most days have no row (284)")
    assert "usual where customers order seldom" in finding.remedy


@pytest.mark.parametrize("name", FAULTY)
def test_fault_of_such_a_shop_is_a_warning(name: str) -> None:
    table, finding = FAULTY[name]
    assert finding in serious(table)


def coded(table: pl.DataFrame) -> pl.DataFrame:
    """Ids of three letters or digits in both cases, of which some are equal but for case."""
    rng = np.random.default_rng(0)
    codes = {f"c{place}": "".join(rng.choice(LETTERS, 3)) for place in range(1000)}
    return table.with_columns(pl.col("customer_id").replace_strict(codes))


def test_codes_that_differ_by_case_are_customers() -> None:
    table = coded(shop(customers=400, orders=800))
    ids = table["customer_id"].unique()
    assert ids.str.to_lowercase().n_unique() < len(ids)
    assert serious(table) == {}


def test_codes_written_in_small_letters_by_another_log_are_found() -> None:
    table = coded(shop(customers=400, orders=800))
    people = table.select(pl.col("customer_id").str.to_lowercase().unique()).with_columns(age=30)
    report = data_report(table, customers=Customers(people, numeric=["age"]), as_of="2024-01-15")
    assert "alike_across_logs" in [item.name for item in report.between]


@pytest.mark.parametrize("name", ["Guest, Christopher", "Guest House Ltd", "Null, Gary", "Nana", "Na Li", "na@x.org"])
def test_names_with_such_words_are_customers(name: str) -> None:
    assert serious(shop().with_columns(pl.col("customer_id").replace("c3", name))) == {}


@pytest.mark.parametrize(
    "name",
    ["Guest 12", "guest-7f3a", "Guest User", "guest@shop.org", "Walk-in customer", "Не указан", "[NULL]", "Gast"],
)
def test_words_for_nobody_are_found(name: str) -> None:
    assert list(serious(shop().with_columns(pl.col("customer_id").replace("c3", name)))) == ["placeholder_ids"]


def test_two_people_born_on_one_day_are_no_default() -> None:
    born = [date(1960, 1, 1) + timedelta(days=97 * place) for place in range(150)]
    people = pl.DataFrame({"customer_id": range(156), "born": [*born, *born[:3], *born[:3]]})
    report = data_report(customers=Customers(people, birth_date="born"), as_of="2024-01-15")
    assert report.findings == ()


@pytest.mark.parametrize(
    ("offs", "amount", "expected"),
    [
        ([10, 25, 50], 12.0, {"discount_percentages": 300}),  # more than was paid
        ([5, 10, 20], 4000.0, {"discount_percentages": 300}),  # next to nothing
        ([5, 10, 20], 60.0, {}),  # coupons
        ([20], 4000.0, {}),  # one coupon
        ([3, 10, 20], 4000.0, {}),
        ([50, 100, 500], 4000.0, {}),
        ([0.1, 0.25, 1.0], 12.0, {"discount_rates": 300}),
    ],
)
def test_percentages_and_rates_are_told_from_money(offs: list[float], amount: float, expected: dict[str, int]) -> None:
    size = 300
    table = on_days(np.arange(size)).with_columns(
        off=pl.Series([float(offs[place % len(offs)]) for place in range(size)]), amount=amount
    )
    assert serious(table, discount="off") == expected
