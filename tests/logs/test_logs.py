"""`described_logs`: descriptions, one snapshot and one type of ids for several logs."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from custseg.datasets import make_shop
from custseg.errors import DataError
from custseg.logs import Events, Logs, Orders, described_logs

ORDERS = pl.DataFrame({"customer_id": [1], "order_id": [1], "ordered_at": ["2024-05-01"], "amount": [-5.0]})
EVENTS = pl.DataFrame({"customer_id": ["1"], "occurred_at": ["2024-05-03 10:00"], "event": ["visited"]})


def described(orders: object = None, events: object = None, **options: object) -> Logs:
    return described_logs(orders, events, caller="test", **{"as_of": "2024-06-01", **options})  # type: ignore[arg-type]


def test_facts_are_counted_once() -> None:
    logs = described(ORDERS)
    assert logs.order_facts is logs.order_counts
    assert (logs.order_facts.rows, logs.order_facts.refund_lines) == (1, 1)


def test_policy_error_is_raised_by_the_facts_alone() -> None:
    logs = described(ORDERS, refunds="error")
    assert logs.order_counts.refund_lines == 1
    with pytest.raises(DataError, match="test: the log has 1 negative and 0 cancelled lines"):
        _ = logs.order_facts


def test_snapshot_after_the_last_row_of_all_logs() -> None:
    logs = described(None, EVENTS, as_of=None, may_assume=True)
    assert (logs.as_of, logs.assumed) == (datetime(2024, 5, 4), True)
    with pytest.raises(TypeError, match="test: as_of must be a date, a datetime or ISO text, got None"):
        described(None, EVENTS, as_of=None)


def test_ids_of_different_types() -> None:
    with pytest.raises(DataError, match="the customer ids of orders and events are of different types"):
        described(ORDERS, EVENTS)


def test_at_least_one_log() -> None:
    with pytest.raises(TypeError, match="test: give at least one of orders, events and customers, got none"):
        described()


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_loaded_log_needs_its_file_no_more(tmp_path: Path, form: str) -> None:
    dates = ["2024-05-01", "2024-05-02"]
    orders = pl.DataFrame({"customer_id": ["007", "8"], "order_id": [1, 2], "ordered_at": dates, "amount": [1.5, 2]})
    events = pl.DataFrame({"customer_id": ["007", "8"], "occurred_at": dates, "event": ["opened", "clicked"]})
    for name, kind, table in (("orders", Orders, orders), ("events", Events, events)):
        path = tmp_path / f"{name}.{form}"
        table.write_csv(path) if form == "csv" else table.write_parquet(path)
        log = kind(str(path))
        expected = log.lines().collect().to_native()
        loaded = log.loaded()
        path.unlink()
        assert loaded.lines().collect().to_native().equals(expected)


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_loaded_log_of_a_shop_has_the_same_facts(tmp_path: Path, form: str) -> None:
    """Lines without a customer are completed from their order, also in memory."""
    shop, path = make_shop(200, 0), tmp_path / f"orders.{form}"
    shop.orders.write_csv(path) if form == "csv" else shop.orders.write_parquet(path)
    log = Orders(str(path), cancelled="cancelled", discount="discount")
    facts, loaded = (described(orders, as_of=shop.as_of).order_counts for orders in (log, log.loaded()))
    assert (facts.rows, facts.without_customer, facts.zero_lines) == (
        loaded.rows,
        loaded.without_customer,
        loaded.zero_lines,
    )
