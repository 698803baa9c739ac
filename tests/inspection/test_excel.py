"""Workbooks are looked at and read like the CSV files with the same cells."""

import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from dialects import shop_lines

from custseg import DataError, Orders, inspect
from custseg.features import rfm

pytest.importorskip("fastexcel")

TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
)
LINK = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}" Target="{}"/></Relationships>'
)
BOOK = (
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="Data" sheetId="1" r:id="rId1"/></sheets></workbook>'
)


def workbook(path: Path, rows: list[list[object]]) -> Path:
    """A workbook with one sheet: numbers as numbers, text in the cells."""

    def cell(value: object) -> str:
        if isinstance(value, (int, float)):
            return f"<c><v>{value}</v></c>"
        return f'<c t="inlineStr"><is><t>{escape(str(value))}</t></is></c>'

    data = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows)
    sheet = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("_rels/.rels", LINK.format("officeDocument", "xl/workbook.xml"))
        archive.writestr("xl/workbook.xml", BOOK)
        archive.writestr("xl/_rels/workbook.xml.rels", LINK.format("worksheet", "worksheets/sheet1.xml"))
        archive.writestr("xl/worksheets/sheet1.xml", f"{sheet}{data}</sheetData></worksheet>")
    return path


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
