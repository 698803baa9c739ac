"""Features of later logs are those of the fit."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import duckdb
import polars as pl
import pytest
from logs import clean_log
from quick import quick_fit

from custseg import DataError, Events, Orders, Segmentation
from custseg.datasets import Shop, make_shop
from custseg.features import build_features
from custseg.logs import described_logs
from custseg.model import recent_features

COLUMNS = ["recency_days", "order_value_shrunk", "expected_gap_days", "channel_share_web", "channel_diversity"]


@pytest.fixture(scope="module")
def shop() -> Shop:
    return make_shop(400, 1)


@pytest.fixture(scope="module")
def whole(shop: Shop) -> Segmentation:
    """A fit on every kind of log, on columns that depend on the whole customer base."""
    orders = Orders(shop.orders, channel="channel", cancelled="cancelled")
    columns = [*COLUMNS, "open_rate_shrunk", "engagement_web"]
    return quick_fit(orders, events=shop.events, customers=shop.customers, as_of=shop.as_of, columns=columns)


@pytest.mark.slow
def test_logs_of_the_fit_give_its_assignments(shop: Shop, whole: Segmentation) -> None:
    assigned = whole.model.assign(shop.orders, shop.events, shop.customers, as_of=shop.as_of)
    assert assigned.equals(whole.assignments)


@pytest.mark.slow
def test_customer_is_measured_against_the_base_of_the_fit(shop: Shop, whole: Segmentation) -> None:
    """Other customers' new orders do not change the features of a customer."""
    model, later = whole.model, shop.as_of + timedelta(days=7)
    assert model.definition is not None
    columns = model.preparation.names
    before = model.features_of(logs_of(shop), as_of=later, caller="test").local
    one = before["customer_id"][0]
    others = shop.orders.filter(pl.col("customer_id") != one).with_columns(
        ordered_at=pl.col("ordered_at") + pl.duration(days=3),
        order_id=pl.col("order_id").cast(pl.String) + "x",
        amount=pl.col("amount") * 7,
    )
    orders = pl.concat([shop.orders.with_columns(pl.col("order_id").cast(pl.String)), others])
    after = model.features_of({**logs_of(shop), "orders": orders}, as_of=later, caller="test").local
    row = pl.col("customer_id") == one
    assert before.to_native().filter(row).select(columns).equals(after.to_native().filter(row).select(columns))
    assert not before.to_native().select(columns).equals(after.to_native().select(columns))


def logs_of(shop: Shop) -> dict[str, object]:
    return {"orders": shop.orders, "events": shop.events, "customers": shop.customers}


@pytest.mark.slow
def test_customers_without_new_rows_age(shop: Shop) -> None:
    fit = quick_fit(shop.orders, as_of=shop.as_of, columns=["recency_days", "order_count"])
    later = shop.as_of + timedelta(days=400)
    features = fit.model.features_of({"orders": shop.orders}, as_of=later, caller="test")
    assert (features.values("recency_days") >= 400).sum() == (features.values("order_count") > 0).sum()
    assert not fit.model.assign(shop.orders, as_of=later)["segment"].equals(fit.assignments["segment"])


@pytest.mark.slow
def test_columns_are_found_by_the_description_of_the_fit(shop: Shop) -> None:
    renamed = shop.orders.rename({"customer_id": "client", "amount": "sum"})
    fit = quick_fit(Orders(renamed, customer="client", amount="sum"), as_of=shop.as_of)
    columns = ["extra", *renamed.columns]
    shuffled = renamed.with_columns(extra=pl.lit("x")).select(sorted(columns, reverse=True))
    assert fit.model.assign(shuffled, as_of=shop.as_of).equals(fit.assignments)


@pytest.mark.slow
def test_all_missing_columns_are_named(shop: Shop, whole: Segmentation) -> None:
    with pytest.raises(DataError, match=r"lacks columns \['ordered_at', 'amount'\]"):
        whole.model.assign(shop.orders.drop("ordered_at", "amount"), shop.events, as_of=shop.as_of)


@pytest.mark.slow
def test_columns_that_the_model_does_not_need_may_be_missing(shop: Shop) -> None:
    fit = quick_fit(Orders(shop.orders, channel="channel", category="category"), as_of=shop.as_of)
    orders = shop.orders.drop("channel", "category")
    assert fit.model.assign(orders, as_of=shop.as_of).equals(fit.assignments)


def test_log_that_the_model_needs(shop: Shop, whole: Segmentation) -> None:
    with pytest.raises(TypeError, match=r"assign: the model needs events=, as in the fit"):
        whole.model.assign(shop.orders, as_of=shop.as_of)


@pytest.mark.slow
def test_log_without_the_events_that_the_model_needs(shop: Shop, whole: Segmentation) -> None:
    visits = Events(shop.events.filter(pl.col("event") == "visited"))
    with pytest.raises(DataError, match=r"assign: the logs give no .*'open_rate_shrunk'.* which the model needs"):
        whole.model.assign(shop.orders, visits, as_of=shop.as_of)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"as_of": None}, "assign: give as_of="),
        ({"orders": None, "events": None}, r"assign: the model needs orders=, as in the fit"),
    ],
)
def test_missing_arguments(arguments: dict[str, object], words: str) -> None:
    log = clean_log(60)
    model = quick_fit(log).model
    with pytest.raises(TypeError, match=words):
        model.assign(**{"orders": log, "as_of": "2025-01-01", **arguments})


@pytest.mark.slow
def test_features_given_as_a_log() -> None:
    fit = quick_fit(clean_log(60))
    for table in (fit.features, fit.features.frame):
        for moment in ("2025-01-01", None):
            with pytest.raises(TypeError, match="features="):
                fit.model.assign(table, as_of=moment)


@pytest.mark.slow
def test_features_given_as_one_of_two_logs(shop: Shop) -> None:
    fit = quick_fit(shop.orders, events=shop.events, as_of=shop.as_of)
    with pytest.raises(TypeError, match=r"orders= got a table with the features of the model. Give it as features="):
        fit.model.assign(fit.features.frame, as_of=shop.as_of)


@pytest.mark.slow
def test_logs_given_to_a_model_of_a_ready_table() -> None:
    fit = quick_fit(features=quick_fit(clean_log(60)).features.frame)
    with pytest.raises(TypeError, match=r"this model was fitted on a ready table. Give features="):
        fit.model.assign(clean_log(60), as_of="2025-01-01")


@pytest.mark.slow
def test_rows_after_a_moment_are_ignored_while_ages_go_on(shop: Shop, whole: Segmentation) -> None:
    """As if nothing had happened since: the log cut off gives the same."""
    since, later = shop.as_of, shop.as_of + timedelta(days=30)
    model = whole.model
    after = shop.orders.with_columns(
        ordered_at=pl.col("ordered_at") + pl.duration(days=30), order_id=pl.col("order_id").cast(pl.String) + "x"
    )
    orders = pl.concat([shop.orders.with_columns(pl.col("order_id").cast(pl.String)), after])
    cut = orders.filter(pl.col("ordered_at") < since)
    events = shop.events.with_columns(occurred_at=pl.col("occurred_at") + pl.duration(days=20))
    events = pl.concat([shop.events, events])
    logs = {"orders": orders, "events": events, "customers": shop.customers}
    ignored = model.features_of(logs, as_of=later, known_until=since, caller="test").frame
    logs |= {"orders": cut, "events": events.filter(pl.col("occurred_at") < since)}
    assert ignored.equals(model.features_of(logs, as_of=later, caller="test").frame)


@pytest.mark.slow
@pytest.mark.parametrize("source", ["polars", "duckdb", "text"])
def test_recent_features_are_those_of_a_window(source: str) -> None:
    shop = make_shop(200, 0)
    orders: Any = shop.orders.select("customer_id", "order_id", "ordered_at", "amount", "channel")
    if source == "text":
        orders = orders.with_columns(pl.col("ordered_at").dt.to_string())
    if source == "duckdb":
        connection = duckdb.connect()
        orders = connection.from_arrow(orders.to_arrow())
    logs = described_logs(Orders(orders, channel="channel"), None, as_of=shop.as_of, caller="test", window_days=400)
    recent = recent_features(logs)
    assert recent is not None
    columns = ["customer_id", "recency_days", "order_count", "order_value", "preferred_channel"]
    names = ["rfm", "mix"]
    whole = build_features(Orders(shop.orders, channel="channel"), as_of=shop.as_of, window_days=56, families=names)
    expected = whole.frame.filter(pl.col("order_count") > 0).select(columns)
    columns_of_recent = pl.DataFrame(recent).filter(pl.col("order_count") > 0).select(columns)
    assert columns_of_recent.equals(expected)
    if source == "duckdb":
        connection.close()


def test_log_without_recent_orders_has_no_recent_features() -> None:
    logs = described_logs(clean_log(20), None, as_of="2026-01-01", caller="test")
    assert recent_features(logs) is None
