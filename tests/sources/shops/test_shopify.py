"""Shopify's exports: invented files, every value worked by hand."""

import gzip
from pathlib import Path

import polars as pl
import pytest
from kinds import duckdb_relation

from custseg.errors import DataError
from custseg.features import rfm
from custseg.sources import shopify

HEADER = (
    "Name,Email,Financial Status,Currency,Subtotal,Shipping,Total,Discount Amount,Created at,Lineitem quantity,"
    "Lineitem name,Lineitem price,Billing Phone,Cancelled at,Refunded Amount,Id,Source,Lineitem discount"
)
ORDERS = f"""\
{HEADER}
#1001,Ann@Example.com,paid,EUR,26.10,4.90,31.00,2.90,2026-09-01 10:02:11 +0200,2,Blue cup,9.50,'+4915100000001,,0.00,5500000000001,web,0.00
#1001,,,,,,,,,1,"Tea, 100 g",10.00,,,,,,0.00
#1002,,paid,EUR,8.50,0.00,8.50,1.00,2026-09-02 00:10:00 +0200,1,Blue cup,9.50,'+4915100000002,2026-09-02 09:00:00 +0200,8.50,5500000000002,pos,0.00
#1003,bob@example.com,partially_refunded,EUR,19.00,4.90,23.90,0.00,2026-09-03 12:00:00 +0200,2,Blue cup,9.50,,,9.50,5500000000003,web,0.00
#1004,,paid,EUR,10.00,0.00,10.00,0.00,2026-09-04 12:00:00 +0200,1,"Tea, 100 g",10.00,,,0.00,5500000000004,web,0.00
"""  # noqa: E501
CUSTOMERS = """\
Customer ID,Name,Email,Accepts Email Marketing,Default Address Country Code,Phone,Total Spent,Total Orders,Tax Exempt
'9013808660771,Ann,ANN@example.com,yes,DE,,26.10,1,no
'9013808660772,Bob,bob@example.com,no,FR,,9.50,1,no
'9013808660773,Eve,,no,FR,,0.00,0,no
"""


def written(folder: Path, text: str, name: str = "orders_export.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8-sig")
    return path


def test_orders_worked_by_hand(tmp_path: Path) -> None:
    logs = shopify(written(tmp_path, ORDERS), as_of="2026-10-01")
    table = rfm(logs.orders, as_of="2026-10-01").to_dict(as_series=False)
    money = dict(zip(table["customer_id"], table["revenue"], strict=True))
    # Ann: the goods after discounts, 26.10. Bob: 19.00 less 9.50. The order of the telephone was cancelled.
    assert money == {"ann@example.com": pytest.approx(26.10), "bob@example.com": pytest.approx(9.50)}
    assert logs.report.rows == {"orders": 5}
    assert logs.report.count("without_customer") == 1  # #1004


def test_subtotal_is_divided_among_the_rows(tmp_path: Path) -> None:
    lines = shopify(written(tmp_path, ORDERS)).orders.lines().collect().to_native().sort("product", "money").to_dicts()
    ann = [line for line in lines if line["customer"] == "ann@example.com"]
    # 19.00 and 10.00 before the discount of 10 %: 17.10 and 9.00, in ten-thousandths.
    assert [line["money"] for line in ann] == [171_000, 90_000]
    assert [line["discount"] for line in ann] == [19_000, 10_000]
    assert {line["channel"] for line in ann} == {"web"}


def test_customers_have_the_key_of_the_orders(tmp_path: Path) -> None:
    logs = shopify(customers=written(tmp_path, CUSTOMERS, "customers_export.csv"))
    rows = logs.customers.source_table.dialect.frame.collect().to_dicts()
    assert [row["customer_id"] for row in rows] == ["ann@example.com", "bob@example.com"]
    assert [row["accepts_email"] for row in rows] == ["yes", "no"]
    assert logs.report.count("customers_without_key") == 1


@pytest.mark.slow
def test_every_kind_of_table_gives_the_same(tmp_path: Path) -> None:
    path = written(tmp_path, ORDERS)
    text = pl.read_csv(path, infer_schema=False)
    text.write_parquet(tmp_path / "orders.parquet")
    text.write_ndjson(tmp_path / "orders.jsonl")
    tables = [path, text, text.to_pandas(), text.to_arrow(), tmp_path / "orders.parquet", tmp_path / "orders.jsonl"]
    results = [pl.DataFrame(rfm(shopify(table).orders, as_of="2026-10-01")).sort("customer_id") for table in tables]
    assert all(result.equals(results[0]) for result in results[1:])


@pytest.mark.slow
def test_relation_gives_the_same(tmp_path: Path) -> None:
    path = written(tmp_path, ORDERS)
    relation = duckdb_relation(pl.read_csv(path, infer_schema=False).to_arrow())
    by_relation = rfm(shopify(relation).orders, as_of="2026-10-01").pl().sort("customer_id")
    assert by_relation.equals(rfm(shopify(path).orders, as_of="2026-10-01").sort("customer_id"))


@pytest.mark.slow
def test_table_comes_back_in_the_kind_that_was_given(tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    orders = shopify(pandas.read_csv(written(tmp_path, ORDERS), dtype=str)).orders
    assert isinstance(rfm(orders, as_of="2026-10-01"), pandas.DataFrame)


def test_orders_of_two_shops_are_refused(tmp_path: Path) -> None:
    other = ORDERS.replace("55000000", "66000000").partition("\n")[2]
    with pytest.raises(DataError, match="several shops"):
        shopify(written(tmp_path, ORDERS + other))


def test_decimal_commas_are_refused(tmp_path: Path) -> None:
    text = ORDERS.replace(",9.50,,,9.50", ',"9,50",,,9.50')
    with pytest.raises(DataError, match=r"1 value of column 'Lineitem price' cannot be read as a number"):
        shopify(written(tmp_path, text))


@pytest.mark.slow
def test_two_currencies_need_rates(tmp_path: Path) -> None:
    text = ORDERS.replace("partially_refunded,EUR", "partially_refunded,USD")
    with pytest.raises(DataError, match=r"in \['EUR', 'USD'\], and must not be added"):
        shopify(written(tmp_path, text))
    orders = shopify(written(tmp_path, text), rates={"EUR": 1.0, "USD": 0.5}).orders
    table = rfm(orders, as_of="2026-10-01").to_dict(as_series=False)
    assert dict(zip(table["customer_id"], table["revenue"], strict=True))["bob@example.com"] == pytest.approx(4.75)


def test_customers_export_given_as_orders(tmp_path: Path) -> None:
    path = written(tmp_path, CUSTOMERS)
    with pytest.raises(DataError, match=r"lacks columns of the orders export .* looks like the customers export"):
        shopify(path)
    with pytest.raises(TypeError, match="at least one of orders and customers"):
        shopify()


def test_matrixify_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"export of the Matrixify app\. Export the orders in the admin"):
        shopify(written(tmp_path, "ID,Name,Command,Line: Type\n1,#1001,MERGE,Line Item\n"))


def test_orders_that_two_files_have_are_refused(tmp_path: Path) -> None:
    head = "Name,Email,Financial Status,Subtotal,Created at,Lineitem quantity,Lineitem name,Lineitem price,Id\n"
    lines = "#1,a@x.org,paid,3,2026-09-01 10:00:00 +0000,1,Cup,1,55\n#1,,,,,1,Cup,1,\n#1,,,,,1,Cup,1,\n"
    (tmp_path / "1.csv").write_text(head + lines)
    assert shopify(tmp_path / "1.csv").report.rows == {"orders": 3}  # equal lines of one order are no copies
    (tmp_path / "2.csv").write_text(head + lines.replace("paid", "refunded"))
    with pytest.raises(DataError, match=r"2 rows have copies, .* Do the files overlap\?"):
        shopify(str(tmp_path / "*.csv"))


def test_dates_that_a_spreadsheet_has_changed_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("Name,Email,Created at,Lineitem quantity,Lineitem price\n#1,a@x.org,1.9.26 10:00,1,2\n")
    with pytest.raises(DataError, match=r"no date of column 'Created at' can be read"):
        shopify(path)


def test_two_versions_of_an_order_are_refused(tmp_path: Path) -> None:
    head = "Name,Email,Financial Status,Subtotal,Created at,Lineitem quantity,Lineitem name,Lineitem price,Id\n"
    older = "#1,a@x.org,paid,3,2026-09-01 10:00:00 +0000,1,Cup,1,55\n#1,,,,,2,Tea,1,\n"
    (tmp_path / "1.csv").write_text(head + older)
    (tmp_path / "2.csv").write_text(head + older.replace(",1,Cup", ",4,Cup").replace("paid,3", "paid,6"))
    with pytest.raises(DataError, match=r"2 rows have the cells of a whole order .* Was an order changed between two"):
        shopify(str(tmp_path / "*.csv"))


def test_telephone_numbers_that_a_spreadsheet_has_rounded_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"1 id of column 'Billing Phone' went through a number"):
        shopify(written(tmp_path, ORDERS.replace("'+4915100000002", "4.9151E+12")))


def test_refund_in_full_without_its_amount(tmp_path: Path) -> None:
    head = "Name,Email,Financial Status,Subtotal,Created at,Lineitem quantity,Lineitem name,Lineitem price\n"
    rows = "#1,a@x.org,refunded,3,2026-09-01 10:00:00 +0000,1,Cup,1\n#1,,,,,2,Tea,1\n"
    path = written(tmp_path, head + rows + "#2,a@x.org,paid,5,2026-09-01 10:00:00 +0000,1,Cup,5\n")
    assert rfm(shopify(path).orders, as_of="2026-10-01")["revenue"].to_list() == [5.0]


def test_damaged_gzip_file_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv.gz"
    path.write_bytes(gzip.compress(ORDERS.encode())[:-12])
    with pytest.raises(DataError, match=r"the file '.*orders\.csv\.gz' could not be read: Compressed file ended"):
        shopify(path)
