"""Dates, order-level fields and small amounts: the same answer for every kind of table."""

from __future__ import annotations

import tempfile
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kinds import EVERY_KIND, KINDS, rows_of

from custseg import Orders
from custseg.errors import DataError
from custseg.features import build_features, rfm

OFFSETS = {"Z": 0, " UTC": 0, "+00": 0, "-0500": -300, " -05:00": -300, "+05:30": 330}


def log_of(texts: list[str]) -> pl.DataFrame:
    """One customer per text; its moment is that of the customer's order."""
    n = len(texts)
    return pl.DataFrame({"customer_id": range(n), "order_id": range(n), "ordered_at": texts, "amount": [1.0] * n})


def moments(table: object, **described: str) -> list[int | None]:
    lines = Orders(table, **described).lines().select("customer", "moment").collect("polars").to_native()
    return lines.sort("customer")["moment"].to_list()


def microseconds(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1)) // timedelta(microseconds=1)


@pytest.mark.parametrize("kind", EVERY_KIND)
@given(
    moments_=st.lists(st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29)), min_size=1, max_size=4),
    zone=st.sampled_from(["", *OFFSETS]),
    joint=st.sampled_from([" ", "T"]),
    digits=st.integers(0, 9),
)
@settings(max_examples=4)
def test_iso_texts(kind: str, moments_: list[datetime], zone: str, joint: str, digits: int) -> None:
    texts = [
        f"{at.year:04}-{at:%m-%d}{joint}{at:%H:%M:%S}"
        + (f".{at.microsecond:06}000"[: digits + 1] if digits else "")
        + zone
        for at in moments_
    ]
    cut = 10 ** (6 - min(digits, 6))
    wall = [at.replace(microsecond=at.microsecond // cut * cut if digits else 0) for at in moments_]
    expected = [microseconds(at - timedelta(minutes=OFFSETS.get(zone, 0))) for at in wall]
    with tempfile.TemporaryDirectory() as folder:
        assert moments(KINDS[kind](log_of(texts), Path(folder))) == expected


@pytest.mark.parametrize("kind", EVERY_KIND)
@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("%d.%m.%y", "03.05.69", datetime(1969, 5, 3)),
        ("%d.%m.%y", "03.05.68", datetime(2068, 5, 3)),
        ("%m/%d/%Y %I:%M %p", "5/1/2024 12:05 am", datetime(2024, 5, 1, 0, 5)),
        ("%d %b %Y", "1 September 2024", datetime(2024, 9, 1)),
        ("%Y-%j", "2024-366", datetime(2024, 12, 31)),
        ("%Y-%m-%dT%H:%M:%SZ", "2024-05-01T10:00:00Z", datetime(2024, 5, 1, 10)),
        ("unix", "1714521600.5", datetime(2024, 5, 1, 0, 0, 0, 500_000)),
        ("excel", "45413.75", datetime(2024, 5, 1, 18)),
        ("%d.%m.%Y", "31.02.2024", None),
        ("%H:%M %d.%m.%Y", "24:00 01.05.2024", None),
        ("%d %b %Y", "1 mai 2024", None),
    ],
)
def test_patterns(kind: str, pattern: str, text: str, expected: datetime | None, tmp_path: Path) -> None:
    found = moments(KINDS[kind](log_of([text]), tmp_path), date_format=pattern)
    assert found == [None if expected is None else microseconds(expected)]


@pytest.mark.parametrize("kind", EVERY_KIND)
@pytest.mark.parametrize(("pattern", "number"), [("unix_ms", 1714521600000), ("excel", 45413), ("%Y%m%d", 20240501)])
def test_typed_numbers(kind: str, pattern: str, number: int, tmp_path: Path) -> None:
    log = log_of([""]).with_columns(ordered_at=pl.lit(number))
    table = KINDS[kind](log, tmp_path)
    assert moments(table, date_format=pattern) == [microseconds(datetime(2024, 5, 1))]
    with pytest.raises(DataError, match=f"date_format='{pattern}'"):
        rfm(Orders(table), as_of="2024-06-01")


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_zero_dates_are_no_dates(kind: str, tmp_path: Path) -> None:
    log = log_of(["2024-05-01", "0000-00-00", "0000-00-00 00:00:00"])
    assert len(rows_of(rfm(Orders(KINDS[kind](log, tmp_path)), as_of="2024-06-01"))) == 1


@pytest.mark.slow
@pytest.mark.parametrize("kind", EVERY_KIND)
def test_fields_on_first_line_alone(kind: str, tmp_path: Path) -> None:
    whole = pl.DataFrame(
        {
            "customer_id": ["a", "a", "b", "b", "c"],
            "order_id": [1, 1, 2, 2, 3],
            "ordered_at": ["2024-05-01", "2024-05-01", "2024-05-03", "2024-05-03", "2024-05-04"],
            "amount": [5.0, 6.0, 1.0, 2.0, 4.0],
            "currency": ["EUR", "EUR", "USD", "USD", "USD"],
            "channel": ["web", "web", "app", "app", "web"],
            "cancelled": [False, False, True, True, False],
        }
    )
    order_level = [name for name in whole.columns if name not in ("order_id", "amount")]
    first = pl.int_range(pl.len()).over("order_id") == 0
    gaps = whole.with_columns(pl.when(first).then(pl.col(name)).alias(name) for name in order_level)
    described = {name: name for name in ("currency", "channel", "cancelled")}

    def features(table: pl.DataFrame) -> list[str]:
        orders = Orders(KINDS[kind](table, tmp_path), rates={"EUR": 2.0, "USD": 1.0}, **described)
        frame = build_features(orders, as_of="2024-07-01", families=["rfm", "rhythm", "mix"]).frame
        return sorted(str(row) for row in rows_of(frame))

    expected = features(whole)
    assert "'revenue': 22.0" in expected[0]
    assert features(gaps) == expected
    assert features(gaps.reverse()) == expected


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_small_amounts_are_exact(kind: str, tmp_path: Path) -> None:
    log = log_of(["2024-05-01"] * 1001).with_columns(
        customer_id=pl.when(pl.int_range(pl.len()) < 1000).then(pl.lit("a")).otherwise(pl.lit("b")),
        amount=pl.when(pl.int_range(pl.len()) < 1000).then(pl.lit(0.00004)).otherwise(pl.lit(1.0)),
    )
    rows = rows_of(rfm(Orders(KINDS[kind](log, tmp_path)), as_of="2024-06-01"))
    assert {row["customer_id"]: row["revenue"] for row in rows} == {"a": 0.04, "b": 1.0}


LINE = "'a' customer_id, 1 order_id, DATE '2024-05-01' ordered_at, 2.5 amount"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["it", "custseg_result", "custseg_log"])
def test_tables_of_the_database(name: str) -> None:
    connection = duckdb.connect(config={"python_enable_replacements": False})
    connection.execute(
        "CREATE TABLE log AS SELECT 'a' customer_id, 1 order_id, DATE '2024-05-01' ordered_at, 2.5 amount"
    )
    connection.execute(f"CREATE TABLE {name} AS SELECT 'old' customer_id, 1.0 revenue")
    connection.execute("SET enable_external_access = false; SET lock_configuration = true")
    assert rows_of(rfm(connection.table("log"), as_of="2024-06-01"))[0]["revenue"] == 2.5


@pytest.mark.parametrize(
    "query", ["FROM log USING SAMPLE 50 PERCENT (bernoulli)", "FROM log WHERE random() < 0.5", "FROM v"]
)
def test_changing_relation_is_read_once(query: str) -> None:
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE log AS SELECT i AS customer_id, i AS order_id, '2024-05-01' AS ordered_at, 1.0 AS amount "
        "FROM range(2000) r(i); CREATE VIEW v AS SELECT * FROM log WHERE random() < 0.5"
    )
    orders = Orders(connection.sql(f"SELECT * {query}"))
    first, second = (rows_of(rfm(orders, as_of="2024-06-01")) for _ in range(2))
    assert first == second


def test_unneeded_columns_of_any_type() -> None:
    log = duckdb.sql(
        "SELECT 'a' customer_id, 1 order_id, DATE '2024-05-01' ordered_at, 1.0 amount, INTERVAL 1 DAY AS i, [1] AS l, "
        "{'x': 1} AS s, MAP {1: 2} AS m"
    )
    assert len(rows_of(rfm(log, as_of="2024-06-01"))) == 1
    with pytest.raises(DataError, match=r"column 'i' must hold words .* got INTERVAL"):
        Orders(log, channel="i")
