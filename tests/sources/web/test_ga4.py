"""Google Analytics 4: an invented export as JSON lines, Parquet and flattened CSV; every value worked by hand."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from kinds import duckdb_relation
from pyarrow.parquet import read_table

from custseg.errors import DataError
from custseg.sources import ga4

DEVICE = "100200300.1788253199"


def event(name: str, at: int, **members: Any) -> dict[str, Any]:
    params = {"ga_session_id": {"int_value": "1788253199"}, **members.pop("params", {})}
    return {
        "event_date": "20260901",
        "event_timestamp": str(1788253200000000 + at),  # 2026-09-01 09:00 UTC; JSON has 64 bits as text
        "event_name": name,
        "event_params": [{"key": key, "value": value} for key, value in params.items()],
        "user_pseudo_id": DEVICE,
        **members,
    }


def item(name: str, quantity: int, revenue: float) -> dict[str, Any]:
    return {"item_id": name.upper(), "item_name": name, "quantity": str(quantity), "item_revenue": revenue}


EURO = {"currency": {"string_value": "EUR"}}
CUPS = [item("cup", 2, 19.0), item("tea", 1, 6.0)]
BOUGHT = {"transaction_id": "T-1", "purchase_revenue": 20.0}
EVENTS = [
    event("session_start", 0, params={"source": {"string_value": "newsletter"}}),
    event("view_item", 60_000_000, user_id="C17"),
    event("purchase", 300_000_001, user_id="C17", params=EURO, ecommerce=BOUGHT, items=CUPS),
    event("purchase", 900_000_000, user_id="C17", params=EURO, ecommerce=BOUGHT, items=CUPS),  # opened again
    event("purchase", 950_000_000, params=EURO, ecommerce={"transaction_id": "(not set)", "purchase_revenue": 3.0}),
    event(
        "refund", 86_400_000_000, user_id="C17", params=EURO, ecommerce={"transaction_id": "T-1", "refund_value": 5.0}
    ),
    {**event("page_view", 10), "user_pseudo_id": None},
]


def json_lines(folder: Path, events: list[dict[str, Any]] | None = None, name: str = "events_20260901.jsonl") -> Path:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in events or EVENTS))
    return path


def parquet(folder: Path) -> Path:
    """The table as BigQuery writes it to Parquet: 64-bit integers."""
    frame = pl.read_ndjson(json_lines(folder)).with_columns(pl.col("event_timestamp").cast(pl.Int64))
    frame.write_parquet(folder / "events_20260901.parquet")
    return folder / "events_20260901.parquet"


def flat(folder: Path) -> Path:
    """What a query that flattens the table gives; it has no items."""
    names = ["event_timestamp", "event_name", "user_id", "user_pseudo_id"]
    rows = [
        {name: row.get(name) for name in names}
        | {name: row.get("ecommerce", {}).get(name) for name in ("transaction_id", "purchase_revenue", "refund_value")}
        | {p["key"]: next(iter(p["value"].values())) for p in row["event_params"]}
        for row in EVENTS
    ]
    pl.DataFrame(rows, infer_schema_length=None).write_csv(folder / "flat.csv")
    return folder / "flat.csv"


def order_rows(table: object, **options: Any) -> list[tuple[Any, ...]]:
    lines = ga4(table, **options).orders.lines().collect("polars").to_native()
    lines = lines.sort("moment", "money", descending=[False, True])
    return list(lines.select("customer", "order", "money").iter_rows())


def test_orders_worked_by_hand(tmp_path: Path) -> None:
    path = json_lines(tmp_path)
    # 20.00 for goods of 19 and 6: 15.20 and 4.80. The repeat is left out, the refund is negative.
    expected = [
        (DEVICE, "T-1", 152_000),
        (DEVICE, "T-1", 48_000),
        (DEVICE, None, 30_000),
        (DEVICE, "T-1", -50_000),
    ]
    assert order_rows(path) == expected
    report = ga4(path).report
    assert (report.rows, report.count("repeated_purchases"), report.count("without_order_id")) == ({"events": 7}, 1, 1)
    assert report.count("without_customer") == 1


def test_events_have_canonical_names(tmp_path: Path) -> None:
    lines = ga4(json_lines(tmp_path)).events.lines().collect("polars").to_native().drop_nulls("customer").sort("moment")
    assert lines["event"].to_list() == ["visited", "viewed", "ordered", "ordered", "ordered", None]
    assert lines["campaign"].to_list() == [None] * 6


def test_parquet_and_csv_read_the_same(tmp_path: Path) -> None:
    from_json = order_rows(json_lines(tmp_path))
    assert order_rows(parquet(tmp_path)) == from_json
    assert order_rows(read_table(parquet(tmp_path))) == from_json
    by_order = [(DEVICE, "T-1", 200_000), (DEVICE, None, 30_000), (DEVICE, "T-1", -50_000)]
    assert order_rows(flat(tmp_path)) == by_order


@pytest.mark.slow
def test_relation_reads_the_same(tmp_path: Path) -> None:
    relation = duckdb_relation(read_table(parquet(tmp_path)))
    assert order_rows(relation) == order_rows(json_lines(tmp_path))
    events = [ga4(table).events.lines().collect("polars").to_native() for table in (relation, json_lines(tmp_path))]
    assert events[0].sort("moment").equals(events[1].sort("moment"))


def test_customer_is_what_id_says(tmp_path: Path) -> None:
    path = json_lines(tmp_path)
    logs = ga4(path, id="user_id")
    assert logs.report.count("without_customer") == 3
    assert {row[0] for row in order_rows(path, id="user_id")} == {"C17", None}
    assert {row[0] for row in order_rows(path, id={DEVICE: "Ann"})} == {"Ann"}
    with pytest.raises(ValueError, match=r"id must be one of \['user_pseudo_id', 'user_id'\]"):
        ga4(path, id="email")


def test_source_of_the_order_is_not_the_first_of_the_user(tmp_path: Path) -> None:
    bought = {**EVENTS[2], "traffic_source": {"source": "first"}, "collected_traffic_source": {"manual_source": "mail"}}
    lines = ga4(json_lines(tmp_path, [bought])).orders.lines().collect("polars")
    assert set(lines["source"].to_list()) == {"mail"}


def test_refund_without_a_value_is_of_the_whole_order(tmp_path: Path) -> None:
    refund = event("refund", 86_400_000_000, params=EURO, ecommerce={"transaction_id": "T-1"})
    assert order_rows(json_lines(tmp_path, [EVENTS[2], refund]))[-1][2] == -200_000


def test_several_currencies_need_rates_or_dollars(tmp_path: Path) -> None:
    dollars = {"currency": {"string_value": "USD"}}
    second = {"transaction_id": "T-2", "purchase_revenue": 5.0, "purchase_revenue_in_usd": 5.0}
    first = {**EVENTS[2], "ecommerce": {**BOUGHT, "purchase_revenue_in_usd": 22.0}, "items": []}
    path = json_lines(tmp_path, [first, event("purchase", 1_000_000_000, params=dollars, ecommerce=second)])
    with pytest.raises(DataError, match=r"amounts are in \['EUR', 'USD'\]"):
        ga4(path)
    assert [row[2] for row in order_rows(path, in_usd=True)] == [220_000, 50_000]


def test_screen_export_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    path.write_text(
        "# ----------\n# Start date: 20260801\n# End date: 20260831\nEvent name,Event count\npage_view,12\n"
    )
    with pytest.raises(DataError, match=r"report exported from the screens .* Link the property to BigQuery"):
        ga4(path)


def test_mixed_files_are_refused(tmp_path: Path) -> None:
    json_lines(tmp_path, name="analytics_1/events_20260901.jsonl")
    json_lines(tmp_path, name="analytics_2/events_20260901.jsonl")
    with pytest.raises(DataError, match=r"several properties, \['1', '2'\]"):
        ga4(str(tmp_path / "*" / "*.jsonl"))
    json_lines(tmp_path, name="analytics_1/events_intraday_20260901.jsonl")
    with pytest.raises(DataError, match=r"daily and an intraday table of \['20260901'\]"):
        ga4(str(tmp_path / "analytics_1" / "*.jsonl"))


def test_milliseconds_are_refused(tmp_path: Path) -> None:
    rows = [{**row, "event_timestamp": row["event_timestamp"][:-3]} for row in EVENTS]
    with pytest.raises(DataError, match=r"before the year 2000. Are they in another unit"):
        ga4(json_lines(tmp_path, rows))


def test_refunds_take_no_more_than_the_order() -> None:
    at = 1788253200000000
    rows = {"user_pseudo_id": ["1.2"] * 4, "event_name": ["purchase", "refund", "refund", "refund"],
            "event_timestamp": [at, at + 1, at + 2, at + 3], "transaction_id": ["T"] * 4,
            "purchase_revenue": [19.0, None, None, None], "refund_value": [None, 4.0, None, None]}  # fmt: skip
    logs = ga4(pl.DataFrame(rows))
    money = logs.orders.lines().collect("polars").to_native().sort("moment")["money"]
    assert money.to_list() == [190_000, -40_000, -150_000, 0]
    assert logs.report.count("excess_refunds") == 2


def test_user_id_that_the_file_lacks_is_an_error() -> None:
    rows = {"event_timestamp": [1788253200123456], "event_name": ["page_view"], "user_pseudo_id": ["1.2"]}
    with pytest.raises(DataError, match=r"no column user_id, .* or give id='user_pseudo_id'"):
        ga4(pl.DataFrame(rows), id="user_id")


def test_values_of_other_events_are_no_money(tmp_path: Path) -> None:
    answer = event("quiz", 5, params={"value": {"string_value": "often"}})
    assert len(order_rows(json_lines(tmp_path, [*EVENTS, answer]))) == 4
    wrong = event("purchase", 6, params={"value": {"string_value": "9,50"}}, ecommerce={"transaction_id": "T-9"})
    with pytest.raises(DataError, match=r"1 value of column 'event_params\[value\]' cannot be read as a number"):
        ga4(json_lines(tmp_path, [*EVENTS, wrong]))


def test_refund_has_the_currency_of_its_order(tmp_path: Path) -> None:
    refund = event("refund", 86_400_000_000, ecommerce={"transaction_id": "T-1", "refund_value": 5.0})
    path = json_lines(tmp_path, [*EVENTS[:3], refund])
    assert order_rows(path, rates={"EUR": 2.0})[-1] == (DEVICE, "T-1", -100_000)
