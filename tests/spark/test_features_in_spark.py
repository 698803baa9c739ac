"""Features of logs on Spark: those of polars, whatever the session, in one shuffle of each log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from kinds import rows_of, same
from plans import shuffles
from spark_session import spark_frame

from custseg import Customers, Events, Orders
from custseg.datasets import make_shop
from custseg.feature_table import DistributedFeatures
from custseg.features import build_features

pytestmark = pytest.mark.spark

SHOP = make_shop(60, 0)
OF_ORDERS = {name: name for name in ("category", "channel", "source", "discount", "cancelled")}


@contextmanager
def settings(spark: Any, values: Mapping[str, str]) -> Iterator[None]:
    """The session with these settings."""
    before = {key: spark.conf.get(key) for key in values}
    for key, value in values.items():
        spark.conf.set(key, value)
    try:
        yield
    finally:
        for key, value in before.items():
            spark.conf.set(key, value)


def assert_same(found: list[dict[str, Any]], expected: list[dict[str, Any]]) -> None:
    assert len(found) == len(expected)
    assert [pair for pair in zip(found, expected, strict=True) if not same(*pair)] == []


def built(on: Any) -> Any:
    """All families of the shop, of its logs as `on` presents them."""
    orders, events = Orders(on(SHOP.orders), **OF_ORDERS), Events(on(SHOP.events))
    return build_features(orders, events, on(SHOP.customers), as_of=SHOP.as_of, window_days=300)


@pytest.fixture(scope="module")
def all_families(spark: Any) -> DistributedFeatures:
    """Built once, for it takes half a minute."""
    table = built(spark_frame)
    assert isinstance(table, DistributedFeatures)
    return table


def test_all_families_of_a_shop_are_those_of_polars(all_families: DistributedFeatures) -> None:
    expected = built(lambda log: log)
    assert all_families.described == expected.described
    assert_same(rows_of(all_families.frame), rows_of(expected.frame))


def test_rhythm_of_a_season_is_that_of_polars() -> None:
    starts = [date(2021, 1, 3), date(2022, 1, 4), date(2023, 1, 3)]
    visits = [(f"w{i:02}", start + timedelta(days=i % 40)) for start in starts for i in range(60)]
    visits += [(f"e{i}", starts[0] + timedelta(days=29 * n + i)) for n in range(36) for i in range(20)]
    log = pl.DataFrame(visits, schema=["customer_id", "ordered_at"], orient="row")
    tables = [
        build_features(Orders(on, order=None, amount=None), as_of="2023-10-10", families=["rhythm"])
        for on in (spark_frame(log), log)
    ]
    assert tables[0].figures["rhythm"].season is not None
    assert_same(*(rows_of(table.frame) for table in tables))


def test_each_log_is_shuffled_once(all_families: DistributedFeatures) -> None:
    orders = Orders(spark_frame(SHOP.orders), **OF_ORDERS)
    rhythm = build_features(orders, as_of=SHOP.as_of, families=["rfm", "rhythm"]).frame
    assert (shuffles(rhythm, "customer"), shuffles(rhythm, "customer_id")) == (1, 0)
    everything = all_families.frame
    everything.count()
    assert (shuffles(everything, "customer"), shuffles(everything, "customer_id")) == (3, 0)


def test_compiled_plans_give_the_same(spark: Any) -> None:
    compiled = {"spark.sql.codegen.wholeStage": "true", "spark.sql.codegen.factoryMode": "FALLBACK"}
    with settings(spark, compiled):
        table = build_features(spark_frame(SHOP.orders), as_of=SHOP.as_of, families=["rfm", "rhythm"])
        found = rows_of(table.frame)
    assert_same(found, rows_of(build_features(SHOP.orders, as_of=SHOP.as_of, families=["rfm", "rhythm"]).frame))


MOMENTS = [datetime(2024, 3, 30, 23, 30), datetime(2024, 3, 31, 1, 30), datetime(2024, 10, 27, 0, 30)]
DATES: dict[str, pl.Series] = {
    "wall clock": pl.Series(MOMENTS, dtype=pl.Datetime("us")),
    "instants": pl.Series(MOMENTS, dtype=pl.Datetime("us")).dt.replace_time_zone("UTC"),
    "text": pl.Series([f"{at:%Y-%m-%dT%H:%M}+0200" for at in MOMENTS]),
    "days": pl.Series([at.date() for at in MOMENTS], dtype=pl.Date),
}


@pytest.mark.parametrize(("zone", "ansi"), [("America/New_York", "true"), ("UTC", "false")])
@pytest.mark.parametrize("dates", DATES)
def test_no_setting_of_the_session_changes_a_number(spark: Any, dates: str, zone: str, ansi: str) -> None:
    log = pl.DataFrame(
        {
            "customer_id": ["a", "a", "b"],
            "order_id": [1, 2, 3],
            "ordered_at": DATES[dates],
            "amount": pl.Series([Decimal("0.10005"), Decimal("-0.3"), Decimal("7.123456789")], dtype=pl.Decimal(20, 9)),
        }
    )
    expected = build_features(Orders(log, timezone="Europe/Berlin"), as_of="2024-12-01", families=["rfm"])
    with settings(spark, {"spark.sql.session.timeZone": zone, "spark.sql.ansi.enabled": ansi}):
        table = spark_frame(log)
        found = build_features(Orders(table, timezone="Europe/Berlin"), as_of="2024-12-01", families=["rfm"])
        assert_same(rows_of(found.frame), rows_of(expected.frame))


def test_what_spark_keeps_can_be_released(spark: Any) -> None:
    table = build_features(spark_frame(SHOP.orders), as_of=SHOP.as_of, families=["rfm"])
    assert isinstance(table, DistributedFeatures)
    expected = rows_of(table.frame)
    assert [kept.storageLevel.useMemory for kept in table.kept] == [True]
    table.release()
    assert [kept.storageLevel.useMemory for kept in table.kept] == [False]
    assert rows_of(table.frame) == expected


def test_one_customer_with_a_tenth_of_the_lines(spark: Any) -> None:
    n = 20_000
    log = pl.DataFrame(
        {
            "customer_id": [0 if line % 10 == 0 else line % 977 for line in range(n)],
            "order_id": [line // 2 for line in range(n)],
            "ordered_at": [date(2023, 1, 1) + timedelta(days=line % 500) for line in range(n)],
            "amount": 2.5,
        }
    )
    found, expected = (
        build_features(table, as_of="2024-12-01", families=["rfm", "rhythm"]) for table in (spark_frame(log), log)
    )
    assert_same(rows_of(found.frame), rows_of(expected.frame))


def test_names_of_columns_may_hold_anything(spark: Any) -> None:
    people = pl.DataFrame({"who is.it": [1, 2], "Ünusual `name`.x": [1.5, None], "ünusual `name`.x": ["a", "b"]})
    described = {"customer": "who is.it", "numeric": ["Ünusual `name`.x"], "category": ["ünusual `name`.x"]}
    with settings(spark, {"spark.sql.caseSensitive": "true"}):
        customers = Customers(spark_frame(people), **described)
    [first, second] = rows_of(build_features(customers=customers, as_of="2024-12-01").frame)
    assert first == {"customer_id": 1, "Ünusual `name`.x": 1.5, "ünusual `name`.x": "a"}
    assert second["Ünusual `name`.x"] is None
