"""Money paid back that stands in a column of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest
from effort import examples
from hypothesis import given
from hypothesis import strategies as st
from kinds import EVERY_KIND, KINDS, rows_of
from strategies import NOON, order_logs

from custseg import Orders
from custseg.errors import DataError
from custseg.features import build_features, data_report, rfm

LOG = pl.DataFrame(
    [
        ("ann", 1, "2024-05-01", 10.0, 25.0),  # the order's refund stands on its first line
        ("ann", 1, "2024-05-01", 20.0, None),
        ("bob", 2, "2024-05-02", 8.0, 8.0),  # all of it paid back
        ("cid", 3, "2024-05-03", 7.0, 0.0),
    ],
    schema=["customer_id", "order_id", "ordered_at", "amount", "back"],
    orient="row",
)


def bought(table: Any, refunds: str) -> dict[str, tuple[int, float]]:
    found = rows_of(rfm(Orders(table, refund="back"), as_of="2024-06-01", refunds=refunds))
    return {row["customer_id"]: (row["order_count"], row["revenue"]) for row in found}


def test_refund_is_subtracted_from_its_order(as_kind: Callable[[pl.DataFrame], object]) -> None:
    # 10 + 20 - 25 = 5; bob's order nets 8 - 8 = 0 and is no purchase
    assert bought(as_kind(LOG), "net") == {"ann": (1, 5.0), "cid": (1, 7.0)}


def test_refund_is_left_out_under_gross() -> None:
    assert bought(LOG, "gross") == {"ann": (1, 30.0), "bob": (1, 8.0), "cid": (1, 7.0)}


def test_refund_is_refused_under_error() -> None:
    with pytest.raises(DataError, match="0 negative, 2 refunded and 0 cancelled lines"):
        bought(LOG, "error")


def test_refund_may_have_either_sign() -> None:
    assert bought(LOG.with_columns(-pl.col("back")), "net") == bought(LOG, "net")


def test_refund_of_a_cancelled_line_counts_for_nothing() -> None:
    log = LOG.with_columns(void=pl.col("order_id") == 2)
    table = rfm(Orders(log, refund="back", cancelled="void"), as_of="2024-06-01", zero_orders="keep")
    assert table["revenue"].to_list() == [5.0, 7.0]


def test_return_share_counts_the_refund_column() -> None:
    table = build_features(Orders(LOG, refund="back"), as_of="2024-06-01", families=["mix"])
    assert table.values("return_share").tolist() == [25 / 30, 1.0, 0.0]


def test_refund_that_cannot_be_read_is_an_error() -> None:
    log = LOG.with_columns(back=pl.Series([float("inf"), None, 8.0, 0.0]))
    with pytest.raises(DataError, match="1 value of 'back' is not a finite number"):
        bought(log, "net")
    assert data_report(Orders(log, refund="back"), as_of="2024-06-01").count("unusable_refunds") == 1


def test_refunds_are_reported() -> None:
    found = data_report(Orders(LOG, refund="back"), as_of="2024-06-01")
    assert (found.count("refunded_lines"), found.count("zero_value_orders")) == (2, 1)


@st.composite
def refund_logs(draw: st.DrawFn) -> pl.DataFrame:
    log = draw(order_logs(customers="integers")).drop("cancelled")
    cents = st.one_of(st.integers(0, 9_000), st.none())
    back = draw(st.lists(cents, min_size=len(log), max_size=len(log)))
    return log.with_columns(back=pl.Series(back, dtype=pl.Int64) / 100)


@pytest.mark.slow
@examples(12)
@given(log=refund_logs())
@pytest.mark.parametrize("kind", EVERY_KIND)
def test_refund_column_equals_negative_lines(kind: str, log: pl.DataFrame) -> None:
    lines = log.filter(pl.col("back") > 0).with_columns(amount=-pl.col("back"))
    negative = pl.concat([log, lines]).drop("back")
    long_ago = pl.DataFrame(
        [(1, 9, "2024-01-01", 9.0)], schema=negative.schema | {"ordered_at": pl.String}, orient="row"
    )
    long_ago = long_ago.with_columns(pl.col("ordered_at").str.to_datetime())
    negative = pl.concat([negative, long_ago])
    log = pl.concat([log, long_ago], how="diagonal")
    families = ["rfm", "rhythm"]
    with TemporaryDirectory() as folder:
        orders = Orders(KINDS[kind](log, Path(folder)), refund="back")
        found = rows_of(build_features(orders, as_of=NOON, families=families).frame)
    assert found == rows_of(build_features(negative, as_of=NOON, families=families).frame)


@pytest.mark.parametrize("roles", [{"refund": "amount"}, {"discount": "amount"}, {"refund": "ordered_at"}])
def test_column_of_two_contrary_roles_is_refused(roles: dict[str, str]) -> None:
    table = pl.DataFrame({"customer_id": ["a"], "order_id": [1], "ordered_at": ["2024-01-05"], "amount": [10.0]})
    with pytest.raises(ValueError, match=r"Orders: .* cannot both be column '.*'\. Name one for each\."):
        Orders(table, **roles)


def test_role_that_is_a_list_is_no_name() -> None:
    table = pl.DataFrame({"customer_id": ["a"], "order_id": [1], "ordered_at": ["2024-01-05"], "amount": [10.0]})
    with pytest.raises(TypeError, match=r"Orders: refund must be the name of a column, got list"):
        Orders(table, refund=["amount"])  # type: ignore[arg-type]
