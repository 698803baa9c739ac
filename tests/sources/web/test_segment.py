"""Messages of Segment: invented calls, every value worked by hand."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from custseg.errors import DataError
from custseg.sources import segment

CUP = {"product_id": "SKU-1", "name": "Cup", "category": "Cups", "price": 9.5, "quantity": 2}
TEA = {"product_id": "SKU-2", "name": "Tea", "price": 1.0, "quantity": 1}


def call(number: int, kind: str, event: str | None = None, **further: Any) -> dict[str, Any]:
    message = {"type": kind, "messageId": f"m{number}", "userId": "C1", "anonymousId": "a1", "event": event}
    return {**message, "timestamp": f"2026-09-01T10:00:{number:02d}.000Z", **further}


ORDER = {"order_id": "T-1", "revenue": 18.0, "total": 23.9, "shipping": 4.9, "tax": 1.0, "currency": "EUR",
         "products": [CUP, TEA]}  # fmt: skip
MESSAGES = [
    call(1, "page"),
    call(2, "track", "Product Added", properties={"currency": "EUR"}),
    call(3, "track", "Order Completed", properties=ORDER),
    call(3, "track", "Order Completed", properties=ORDER),  # sent again
    call(4, "track", "Completed Order", properties=ORDER),  # reported again
    call(5, "track", "Order Refunded", properties={"order_id": "T-1", "total": 9.5, "currency": "EUR"}),
    call(6, "track", "Order Completed", properties={"order_id": "T-2", "total": 12.0, "shipping": 2.0}),
    call(7, "track", "Order Cancelled", properties={"order_id": "T-2"}),
    call(8, "track", "Email Opened"),
    call(9, "identify", traits={"plan": "free", "seats": 2, "address": {"country": "DE"}}),
    call(10, "identify", traits={"plan": "paid"}),
    call(11, "page", userId=None),
]


def written(folder: Path, messages: list[dict[str, Any]]) -> Path:
    path = folder / "messages.jsonl"
    path.write_text("".join(json.dumps(message) + "\n" for message in messages))
    return path


def order_rows(logs: Any) -> list[tuple[Any, ...]]:
    lines = logs.orders.lines().collect("polars").to_native().sort("order", "money", descending=[False, True])
    return list(lines.select("order", "product", "money", "cancelled").iter_rows())


def test_orders_worked_by_hand(tmp_path: Path) -> None:
    logs = segment(written(tmp_path, MESSAGES))
    # 18.00 for 2 × 9.50 and 1 × 1.00: 17.10 and 0.90. 12.00 with 2.00 of shipping: 10.00.
    assert order_rows(logs) == [
        ("T-1", "Cup", 171_000, False),
        ("T-1", "Tea", 9_000, False),
        ("T-1", None, -95_000, False),
        ("T-2", None, 100_000, True),
    ]
    report = logs.report
    counts = {name: report.count(name) for name in ("repeated_events", "repeated_purchases", "without_customer")}
    assert counts == {"repeated_events": 1, "repeated_purchases": 1, "without_customer": 1}


@pytest.mark.parametrize(
    ("properties", "amounts"),
    [
        ({"total": 50.0}, [-180_000]),  # with the shipping: never more than the goods
        ({"products": [{**CUP, "quantity": 1}]}, [-95_000]),
        ({"products": [CUP, TEA]}, [-171_000, -9_000]),  # 20.00 before the discount: never more than the goods
        ({}, [-180_000]),
    ],
)
def test_refunds(tmp_path: Path, properties: dict[str, Any], amounts: list[int]) -> None:
    refund = call(5, "track", "Order Refunded", properties={"order_id": "T-1", **properties})
    rows = order_rows(segment(written(tmp_path, [MESSAGES[2], refund])))
    assert sorted(money for _, _, money, _ in rows if money < 0) == amounts


def test_events_of_calls(tmp_path: Path) -> None:
    lines = segment(written(tmp_path, MESSAGES)).events.lines().collect("polars").to_native().sort("moment")
    expected = ["visited", "carted", "ordered", "ordered", None, "ordered", None, "opened", "visited"]
    assert lines["event"].to_list() == expected
    assert lines["moment"][0] == 1788256801000000


def test_latest_value_of_each_trait(tmp_path: Path) -> None:
    logs = segment(written(tmp_path, MESSAGES), traits={"plan": "category", "seats": "counts"})
    names = [attribute.name for attribute in logs.customers.attributes]
    row = logs.customers.lines().collect("polars").to_native().row(0, named=True)
    assert {name: row[f"value_{n}"] for n, name in enumerate(names)} == {
        "trait_plan": "paid", "trait_seats": 2.0, "country": "DE",
    }  # fmt: skip
    with pytest.raises(DataError, match=r"traits\.colour"):
        segment(written(tmp_path, MESSAGES), traits={"colour": "category"})
    with pytest.raises(ValueError, match=r"kind of a trait must be one of"):
        segment(written(tmp_path, MESSAGES), traits={"plan": "word"})


def test_customers_are_anonymous_ids_or_those_of_a_mapping(tmp_path: Path) -> None:
    path = written(tmp_path, MESSAGES)
    for key, customer in (("anonymous_id", "a1"), ({"a1": "C17"}, "C17")):
        logs = segment(path, id=key)
        assert set(logs.events.lines().collect("polars")["customer"].to_list()) == {customer}


def test_two_currencies_and_other_files(tmp_path: Path) -> None:
    dollars = call(12, "track", "Order Completed", properties={**ORDER, "order_id": "T-3", "currency": "USD"})
    with pytest.raises(DataError, match=r"the amounts are in \['EUR', 'USD'\]"):
        segment(written(tmp_path, [*MESSAGES, dollars]))
    rows = {"event_timestamp": [1], "event_name": ["page_view"], "user_pseudo_id": ["1.2"]}
    with pytest.raises(DataError, match=r"looks like the BigQuery export of Google Analytics 4"):
        segment(pl.DataFrame(rows))
    with pytest.raises(DataError, match=r"1 id of column 'userId' went through a number"):
        segment(written(tmp_path, [call(1, "page", userId="9001.0")]))


def test_all_refunds_of_an_order_take_no_more_than_it_had() -> None:
    def message(number: int, event: str, **properties: object) -> dict[str, object]:
        return {"type": "track", "messageId": str(number), "userId": "C1", "event": event,
                "timestamp": f"2026-09-0{number}T10:00:00Z", "properties": {"order_id": "T", **properties}}  # fmt: skip

    messages = [message(1, "Order Completed", revenue=19.0), message(2, "Order Refunded", total=9.5),
                message(3, "Order Refunded", total=19.0)]  # fmt: skip
    logs = segment(pl.DataFrame(messages))
    money = logs.orders.lines().collect("polars").to_native().sort("moment")["money"]
    assert money.to_list() == [190_000, -95_000, -95_000]
    assert logs.report.count("excess_refunds") == 1


def test_prices_that_are_text(tmp_path: Path) -> None:
    def bought(price: str) -> Path:
        product = {"name": "Cup", "price": price, "quantity": "2"}
        return written(
            tmp_path, [call(1, "track", "Order Completed", properties={"order_id": "1", "products": [product]})]
        )

    assert order_rows(segment(bought("9.50"))) == [("1", "Cup", 190_000, False)]
    with pytest.raises(DataError, match=r"1 value of 'price' of the products cannot be read as numbers"):
        segment(bought("9,50 EUR"))


def test_properties_of_other_calls_are_no_money(tmp_path: Path) -> None:
    quiz = call(12, "track", "Quiz Finished", properties={"total": "5 of 10"})
    assert len(order_rows(segment(written(tmp_path, [*MESSAGES, quiz])))) == 4
    wrong = call(12, "track", "Order Completed", properties={"order_id": "T-3", "total": "5,50"})
    with pytest.raises(DataError, match=r"1 value of column 'properties\.total' cannot be read as a number"):
        segment(written(tmp_path, [*MESSAGES, wrong]))
