"""What holds for every log, however dirty."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest
from effort import A_FEW, examples
from hypothesis import given
from hypothesis import strategies as st
from kinds import KINDS, OTHER_KINDS, rows_of, same
from reference import Rfm, completed, rfm_by_hand
from strategies import NOON, moments, order_logs, with_a_line

from custseg import Orders
from custseg.features import build_features, rfm

logs = order_logs().map(with_a_line)
policies = st.fixed_dictionaries(
    {"refunds": st.sampled_from(["net", "gross"]), "zero_orders": st.sampled_from(["drop", "keep"])}
)


def everyone(log: pl.DataFrame, as_of: datetime, **policy: str) -> dict[Any, Rfm]:
    """The features of all customers of the log, also of those without a purchase."""
    table = build_features(Orders(log, cancelled="cancelled"), as_of=as_of, families=["rfm"], **policy)
    return by_customer(table.local.to_native())


def by_customer(table: pl.DataFrame) -> dict[Any, Rfm]:
    return {customer: Rfm(*values) for customer, *values in table.select("customer_id", *Rfm._fields).rows()}


def units(table: pl.DataFrame) -> list[int]:
    """The revenues in ten-thousandths."""
    return [round(value * 10_000) for value in table["revenue"]]


@pytest.mark.slow
@given(logs, moments, policies)
def test_features_agree_with_plain_python(log: pl.DataFrame, as_of: datetime, policy: dict[str, str]) -> None:
    assert everyone(log, as_of, **policy) == rfm_by_hand(log.to_dicts(), as_of, **policy)


@pytest.mark.slow
@given(logs, policies)
def test_rfm_is_of_the_buyers_alone(log: pl.DataFrame, policy: dict[str, str]) -> None:
    result = rfm(Orders(log, cancelled="cancelled"), as_of=NOON, **policy)
    found = by_customer(result)
    by_hand = rfm_by_hand(log.to_dicts(), NOON, **policy)
    assert found == {customer: values for customer, values in by_hand.items() if values.order_count}
    assert list(found) == sorted(found)


@pytest.mark.slow
@given(logs)
def test_without_an_order_column_one_moment_is_one_order(log: pl.DataFrame) -> None:
    result = rfm(Orders(log, order=None, cancelled="cancelled"), as_of=NOON, zero_orders="keep")
    blind = log.with_columns(order_id=None).to_dicts()
    by_hand = rfm_by_hand(blind, NOON, zero_orders="keep")
    assert by_customer(result) == {c: v for c, v in by_hand.items() if v.order_count}


@pytest.mark.slow
@examples(A_FEW)
@given(logs, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing(log: pl.DataFrame, random: Any) -> None:
    places = list(range(len(log)))
    random.shuffle(places)
    assert rfm(log[places], as_of=NOON).equals(rfm(log, as_of=NOON), null_equal=True)


@pytest.mark.slow
@examples(A_FEW)
@given(logs, order_logs(customers="integers"), st.integers(0, 3))
def test_lines_at_or_after_as_of_change_nothing(log: pl.DataFrame, later: pl.DataFrame, hours: int) -> None:
    customer = log.schema["customer_id"]
    later = later.with_columns(pl.col("customer_id").cast(customer), ordered_at=NOON + timedelta(hours=hours))
    longer = pl.concat([later, log, later])
    assert everyone(longer, NOON) == everyone(log, NOON)


@pytest.mark.slow
@examples(A_FEW)
@given(logs)
def test_ten_times_the_money_is_ten_times_the_revenue(log: pl.DataFrame) -> None:
    plain = rfm(log, as_of=NOON)
    tenfold = rfm(log.with_columns(pl.col("amount") * 10), as_of=NOON)
    money = ["revenue", "order_value", "order_value_shrunk", "repeat_value"]
    assert tenfold.drop(money).equals(plain.drop(money))
    assert units(tenfold) == [10 * unit for unit in units(plain)]


@pytest.mark.slow
@examples(A_FEW)
@given(logs)
def test_a_later_snapshot_ages_all_alike(log: pl.DataFrame) -> None:
    now, later = (rfm(log, as_of=datetime(2025, 1, day)) for day in (1, 8))
    for column, step in [("recency_days", 7), ("age_days", 7), ("order_count", 0), ("revenue", 0)]:
        assert (later[column] - now[column]).to_list() == [step] * len(now)


@pytest.mark.slow
@examples(A_FEW)
@given(logs)
def test_no_money_is_lost_between_lines_and_customers(log: pl.DataFrame) -> None:
    known = pl.col("customer_id").cast(pl.String).str.strip_chars() != ""
    counted = ~pl.col("cancelled").fill_null(value=False) | (pl.col("amount") < 0)
    whole = pl.DataFrame(completed(log.to_dicts(), NOON), schema=log.schema)
    lines = whole.filter(known, counted, pl.col("ordered_at") < NOON)
    spent = sum(round(amount * 10_000) for amount in lines["amount"].fill_nan(None).fill_null(0.0))
    assert sum(round(row.revenue * 10_000) for row in everyone(log, NOON).values()) == spent


@pytest.mark.slow
@examples(A_FEW)
@given(logs)
def test_features_keep_their_bounds(log: pl.DataFrame) -> None:
    for row in everyone(log, NOON).values():
        assert 0 <= row.order_days <= row.order_count
        assert (row.recency_days is None) == (row.age_days is None) == (row.order_count == 0)
        if row.recency_days is not None and row.age_days is not None:
            assert 0 <= row.recency_days <= row.age_days
            assert row.order_days <= row.age_days - row.recency_days + 1


@pytest.mark.slow
@examples(20)
@given(log=order_logs(customers="integers").map(with_a_line))
@pytest.mark.parametrize("kind", OTHER_KINDS)
def test_every_kind_of_table_gives_the_same(kind: str, log: pl.DataFrame) -> None:
    with TemporaryDirectory() as folder:
        orders = Orders(KINDS[kind](log, Path(folder)), cancelled="cancelled")
        result = rows_of(rfm(orders, as_of=NOON))
    assert same(result, rfm(Orders(log, cancelled="cancelled"), as_of=NOON).to_dicts())
