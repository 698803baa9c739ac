"""Tables out: safe to open in a spreadsheet."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import narwhals.stable.v2 as nw
import pandas as pd
import polars as pl
import pytest
from pyarrow import csv as arrow_csv

from custseg._frames import CSVFormat, open_table, table_writer

TABLE = nw.from_native(pl.DataFrame({"customer_id": ["007", "=1+1"], "share": [-0.5, 0.25]}), eager_only=True)


def rows(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.reader(file))


def test_parquet_keeps_everything(tmp_path: Path) -> None:
    table_writer(TABLE, "parquet")(tmp_path / "x.parquet")
    assert pl.read_parquet(tmp_path / "x.parquet").equals(TABLE.to_native())


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-a", "@sum", "\tx", "\rx", "\nx", "=", "-", "+1-1"])
def test_formulas_get_an_apostrophe(tmp_path: Path, text: str) -> None:
    table_writer(nw.from_native(pl.DataFrame({"id": [text]}), eager_only=True), "csv")(tmp_path / "x.csv")
    assert rows(tmp_path / "x.csv") == [["id"], ["'" + text]]


@pytest.mark.parametrize("text", ["007", "-5", "+5.25", "-0,5", "a=1", "", "Änne", "'x", "1-2"])
def test_other_text_is_unchanged(tmp_path: Path, text: str) -> None:
    table_writer(nw.from_native(pl.DataFrame({"id": [text]}), eager_only=True), "csv")(tmp_path / "x.csv")
    assert rows(tmp_path / "x.csv") == [["id"], [text]]


def test_numbers_are_unchanged(tmp_path: Path) -> None:
    table_writer(TABLE, "csv")(tmp_path / "x.csv")
    assert (tmp_path / "x.csv").read_text("utf-8-sig") == "customer_id,share\n007,-0.5\n'=1+1,0.25\n"


def test_marks_of_russian_excel(tmp_path: Path) -> None:
    table = nw.from_native(pl.DataFrame({"name": ["Спящие; новые"], "share": [0.25]}), eager_only=True)
    table_writer(table, "csv", CSVFormat(";", ",", encoding="utf-8-sig"))(tmp_path / "x.csv")
    assert (tmp_path / "x.csv").read_bytes() == '\ufeffname;share\n"Спящие; новые";0,25\n'.encode()


def test_no_byte_order_mark(tmp_path: Path) -> None:
    table_writer(TABLE, "csv", CSVFormat())(tmp_path / "x.csv")
    assert (tmp_path / "x.csv").read_bytes().startswith(b"customer_id,")


def test_readers_skip_the_byte_order_mark(tmp_path: Path) -> None:
    table_writer(TABLE, "csv")(tmp_path / "x.csv")
    path = str(tmp_path / "x.csv")
    names = {
        "polars": pl.read_csv(path).columns,
        "pandas": list(pd.read_csv(path).columns),
        "pyarrow": arrow_csv.read_csv(path).column_names,
        "duckdb": duckdb.read_csv(path).columns,
        "custseg": open_table(path, "test").dialect.columns,
    }
    assert {reader: list(columns) for reader, columns in names.items()} == dict.fromkeys(names, TABLE.columns)
