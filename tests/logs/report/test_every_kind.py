"""The report is the same whatever kind of table the logs are, and in whatever order their rows come."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest
from effort import examples
from hypothesis import given
from hypothesis import strategies as st
from kinds import KINDS, OTHER_KINDS
from strategies import NOON, order_logs, with_a_line

from custseg import Customers, Events, Orders
from custseg.features import data_report
from custseg.logs import DataReport

ROLES: dict[str, str] = {"cancelled": "cancelled", "channel": "channel", "discount": "off", "refund": "back"}
IDS = ["nan", "Null", "ann", " Ann", "guest-1", "4.5E+11", "12.0", "12", None]


@st.composite
def wide_logs(draw: st.DrawFn) -> pl.DataFrame:
    """Order lines with a channel, a discount and a refund, a few of them repeated many times."""
    log = with_a_line(draw(order_logs(customers="texts", max_lines=10)))
    size = len(log)

    def column(values: list[Any]) -> list[Any]:
        return draw(st.lists(st.sampled_from(values), min_size=size, max_size=size))

    log = log.with_columns(
        pl.col("amount").fill_nan(None) + 0.0,  # a CSV has no NaN, and keeps the sign of -0.0
        channel=pl.Series(column(["web", "Web ", "store", None]), dtype=pl.String),
        off=pl.Series(column([0.1, 0.5, 0.0, None]), dtype=pl.Float64),
        back=pl.Series(column([5.0, 0.0, None]), dtype=pl.Float64),
    )
    return pl.concat([log, *[log.head(1)] * draw(st.sampled_from([0, 1, 60]))])


@st.composite
def event_logs(draw: st.DrawFn) -> pl.DataFrame:
    ids = draw(st.lists(st.sampled_from(IDS), min_size=2, max_size=12))
    when = datetime(2024, 3, 1, 12)
    names = [("viewed", "??")[place % 2] for place in range(len(ids))]
    columns = {"customer_id": pl.Series(ids, dtype=pl.String), "occurred_at": [when] * len(ids), "event": names}
    return pl.DataFrame(columns)


@st.composite
def customer_tables(draw: st.DrawFn) -> pl.DataFrame:
    ids = draw(st.lists(st.sampled_from([i for i in IDS if i]), min_size=1, max_size=7, unique=True))
    born = draw(
        st.lists(
            st.sampled_from([datetime(1900, 1, 1), datetime(1980, 5, 2), None]), min_size=len(ids), max_size=len(ids)
        )
    )
    cities = ["Rome", "rome", None, "Oslo"] * 2
    return pl.DataFrame(
        {"customer_id": ids, "born": pl.Series(born, dtype=pl.Datetime("us")).dt.date(), "city": cities[: len(ids)]}
    )


def reported(orders: object, events: object, people: object) -> DataReport:
    described = Orders(orders, **ROLES), Events(events), Customers(people, birth_date="born", category=["city"])
    return data_report(*described, as_of=NOON)


@pytest.mark.slow
@pytest.mark.parametrize("kind", OTHER_KINDS)
@examples(12)
@given(orders=wide_logs(), events=event_logs(), people=customer_tables())
def test_every_kind_of_table_gives_the_same_report(
    kind: str, orders: pl.DataFrame, events: pl.DataFrame, people: pl.DataFrame
) -> None:
    expected = reported(orders, events, people)
    with TemporaryDirectory() as folder:
        tables = zip(("orders", "events", "people"), (orders, events, people), strict=True)
        found = reported(*(KINDS[kind](table, _folder(folder, name)) for name, table in tables))
    assert found.logs == expected.logs
    assert found.between == expected.between


def _folder(parent: str, name: str) -> Path:
    (Path(parent) / name).mkdir()
    return Path(parent) / name


@pytest.mark.slow
@examples(24)
@given(wide_logs(), event_logs(), customer_tables(), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing(
    orders: pl.DataFrame, events: pl.DataFrame, people: pl.DataFrame, random: Any
) -> None:
    shuffled = [table[random.sample(range(len(table)), len(table))] for table in (orders, events, people)]
    assert reported(*shuffled) == reported(orders, events, people)
