"""WooCommerce: invented orders of the REST API, and an invented customers export; worked by hand."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from kinds import duckdb_relation

from custseg.errors import DataError
from custseg.sources import woocommerce


def order(number: int, email: str, *lines: tuple[str, str, str], **members: Any) -> dict[str, Any]:
    """An order whose lines have a name, a subtotal before and a total after discounts."""
    return {
        "id": number,
        "status": "completed",
        "currency": "EUR",
        "date_created": f"2026-09-{number:02}T12:00:00",
        "date_created_gmt": f"2026-09-{number:02}T10:00:00",
        "customer_id": 0,
        "billing": {"email": email, "first_name": "x"},
        "line_items": [{"name": name, "quantity": 1, "subtotal": sub, "total": total} for name, sub, total in lines],
        "refunds": [],
        **members,
    }


ORDERS = [
    order(1, "Ann@Example.com", ("Cup", "20.00", "19.00"), ("Tea", "10.00", "9.50"), refunds=[{"total": "-5.70"}]),
    order(2, "bob@example.com", ("Cup", "20.00", "20.00"), status="failed"),
    order(3, "bob@example.com", ("Tea", "10.00", "10.00"), refunds=[{"total": "-8.00"}, {"total": "-7.00"}]),
    order(4, "", ("Tea", "10.00", "10.00")),
]
CUSTOMERS = (
    "Name,Username,Last Active,Sign Up,Email,Orders,Total Spend,AOV,Country / Region,City,Region,Postal Code\n"
    'Ann,ann,2026-09-01,2026-01-01,ANN@example.com,1,"28,50","28,50",DE,Bonn,NW,53111\n'
    'Guest,,2026-09-01,,,1,"10,00","10,00",DE,Bonn,NW,53111\n'
)


def written(folder: Path, orders: list[dict[str, Any]] | None = None) -> Path:
    (folder / "orders.json").write_text(json.dumps(orders or ORDERS))
    return folder / "orders.json"


def test_orders_worked_by_hand(tmp_path: Path) -> None:
    logs = woocommerce(written(tmp_path))
    lines = logs.orders.lines().collect("polars").to_native().sort("order", "product")
    # Ann's refund of 5.70 for goods of 19.00 and 9.50: 3.80 and 1.90. Bob's of 15.00 counts as the goods, 10.00.
    expected = [
        ("ann@example.com", "1", 190_000, 10_000, 38_000, False),
        ("ann@example.com", "1", 95_000, 5_000, 19_000, False),
        ("bob@example.com", "2", 200_000, 0, None, True),
        ("bob@example.com", "3", 100_000, 0, 100_000, False),
        (None, "4", 100_000, 0, None, False),
    ]
    columns = ["customer", "order", "money", "discount", "refund", "cancelled"]
    assert list(lines.select(columns).iter_rows()) == expected
    assert (logs.report.rows, logs.report.count("without_customer")) == ({"orders": 4}, 1)


def test_greenwich_dates_give_days_of_the_site(tmp_path: Path) -> None:
    late = order(1, "a@x.org", ("Cup", "1", "1"), date_created_gmt="2026-09-01T22:30:00")
    lines = woocommerce(written(tmp_path, [late]), timezone="Europe/Berlin").orders.lines().collect("polars")
    assert lines["day"].to_list() == [20_698]  # 2026-09-02


def test_customers_worked_by_hand(tmp_path: Path) -> None:
    path = tmp_path / "customers.csv"
    path.write_text(CUSTOMERS)
    logs = woocommerce(customers=path, decimal=",")
    assert logs.customers.source_table.dialect.frame.collect().to_dicts() == [
        {"customer_id": "ann@example.com", "orders": 1.0, "total_spend": 28.5, "country": "DE", "region": "NW"}
    ]
    assert logs.report.count("customers_without_key") == 1
    with pytest.raises(DataError, match=r"2 values of column 'Total Spend' cannot be read as a number"):
        woocommerce(customers=path)


@pytest.mark.slow
def test_relation_reads_the_same(tmp_path: Path) -> None:
    relation = duckdb_relation(pl.read_json(written(tmp_path)).to_arrow())
    logs = [woocommerce(table).orders.lines().collect("polars").to_native() for table in (relation, written(tmp_path))]
    first, second = (log.select("customer", "money", "refund", "day").sort("money", "customer") for log in logs)
    assert first.equals(second)


def test_repeated_orders_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"2 rows have the id of another order"):
        woocommerce(written(tmp_path, [*ORDERS, ORDERS[0]]))


def test_orders_of_analytics_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("Date,Order #,Customer,Customer type,Items sold,Net Sales\n2026-09-01,1,Ann,new,1,9\n")
    with pytest.raises(DataError, match=r"names customers by first and last name alone"):
        woocommerce(path)


def test_translated_header_is_explained(tmp_path: Path) -> None:
    path = tmp_path / "customers.csv"
    path.write_text("Name,Benutzername,E-Mail,Bestellungen\nAnn,ann,a@x.org,1\n")
    with pytest.raises(DataError, match=r"header is in the language of the account: switch the account to English"):
        woocommerce(customers=path)


def test_amounts_of_products_that_are_no_numbers_are_refused(tmp_path: Path) -> None:
    rows = [order(1, "a@x.org", ("Cup", "20,00", "19,00")), order(2, "b@x.org", ("Cup", "", "3.00"))]
    with pytest.raises(
        DataError, match=r"1 value of 'total' of the items and 1 value of 'subtotal' of the items cannot"
    ):
        woocommerce(written(tmp_path, rows))
    refunded = [order(1, "a@x.org", ("Cup", "20.00", "19.00"), refunds=[{"total": "-5,00"}])]
    with pytest.raises(DataError, match=r"1 value of 'total' of the refunds cannot be read as numbers"):
        woocommerce(written(tmp_path, refunded))


def test_states_are_read_as_the_database_writes_them(tmp_path: Path) -> None:
    states = ["wc-cancelled", "Failed", "wc-completed", "refunded"]
    rows = [order(n, "a@x.org", ("Cup", "9.00", "9.00"), status=state) for n, state in enumerate(states, start=1)]
    lines = woocommerce(written(tmp_path, rows)).orders.lines().collect("polars").to_native().sort("order")
    assert lines["cancelled"].to_list() == [True, True, False, False]
    # An order that was refunded in full has no amount of the refund here.
    assert lines["refund"].to_list() == [None, None, None, 90_000]


def test_guest_and_account_of_one_address_are_one_customer() -> None:
    rows = {"Email": ["A@x.org", "a@x.org", "b@x.org"], "Orders": ["2", "1", "1"], "Total Spend": ["19", "5.5", "3"]}
    logs = woocommerce(customers=pl.DataFrame(rows))
    table = logs.customers.lines().collect("polars").to_native().sort("customer")
    assert table["customer"].to_list() == ["a@x.org", "b@x.org"]
    assert sorted(table["value_0"]) == [3.0, 24.5] or sorted(table["value_1"]) == [3.0, 24.5]
    assert logs.report.count("merged_customers") == 1
