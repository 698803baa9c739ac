"""Workbooks are looked at and read like the CSV files with the same cells."""

import zipfile
from pathlib import Path

import pytest
from dialects import shop_lines
from workbooks import workbook

from custseg import DataError, Orders, inspect
from custseg.features import rfm

pytest.importorskip("fastexcel")


def test_workbook_is_found_and_read(tmp_path: Path) -> None:
    rows = [[f"0{x.customer}", x.order, f"{x.at:%Y-%m-%d}", x.amount] for x in shop_lines()]
    path = workbook(tmp_path / "log.xlsx", [["Отчёт", "", "", ""], ["Клиент", "Заказ", "Дата", "Сумма"], *rows])
    found = inspect(path)
    assert found.arguments == {
        "customer": "Клиент",
        "order": "Заказ",
        "date": "Дата",
        "amount": "Сумма",
        "skip_rows": 1,
    }
    table = rfm(found.description(), as_of="2026-01-01")
    assert table["revenue"].sum() == pytest.approx(sum(x.amount for x in shop_lines()))
    assert all(str(customer).startswith("0") for customer in table["customer_id"])


def test_workbook_without_rows_is_told(tmp_path: Path) -> None:
    path = workbook(tmp_path / "empty.xlsx", [])
    with pytest.raises(DataError, match="has no row below its first line"):
        inspect(path)
    with pytest.raises(DataError, match="no row with names"):
        Orders(path)


def test_archive_that_is_no_workbook_is_told(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "photos.xlsx", "w") as archive:
        archive.writestr("a.txt", "a")
    with pytest.raises(DataError, match="the workbook could not be read"):
        inspect(tmp_path / "photos.xlsx")
