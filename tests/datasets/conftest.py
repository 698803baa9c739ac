from __future__ import annotations

import os
import zipfile
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import escape

import polars as pl
import pytest

from custseg.datasets import Shop, make_shop


@pytest.fixture(scope="session")
def shop() -> Shop:
    return make_shop(2_000, 7)


@pytest.fixture(scope="session")
def purchases(shop: Shop) -> pl.DataFrame:
    """Orders of positive net value with their customer's kind."""
    lines = shop.orders.filter(~pl.col("cancelled") & pl.col("customer_id").is_not_null())
    orders = lines.group_by("customer_id", "order_id", "ordered_at").agg(pl.col("amount").sum())
    return orders.filter(pl.col("amount") > 0.005).join(shop.kinds, on="customer_id")


@pytest.fixture(scope="session")
def online_retail_file() -> Path:
    beside_repository = Path(__file__).parents[3] / "shared" / "data"
    folder = Path(os.environ.get("CUSTSEG_DATA") or beside_repository)
    path = folder / "online_retail.parquet"
    if not path.exists():
        pytest.skip(f"no {path}: set CUSTSEG_DATA to the folder of the real logs")
    return path


@pytest.fixture(scope="session")
def workbook() -> Callable[..., bytes]:
    """Makes the bytes of a one-sheet workbook from rows, with texts shared as Excel does, or inline."""
    return _workbook


def _workbook(rows: Sequence[Sequence[object]], *, inline: bool = False) -> bytes:
    words: dict[str, int] = {}
    sheet = "".join(
        f'<row r="{r}">' + "".join(_cell(f"{'ABCDEFGH'[i]}{r}", v, words, inline) for i, v in enumerate(row)) + "</row>"
        for r, row in enumerate(rows, 1)
    )
    shared = "".join(f"<si><t>{escape(word)}</t></si>" for word in words)
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("xl/worksheets/sheet1.xml", f"<worksheet {space}><sheetData>{sheet}</sheetData></worksheet>")
        if not inline:
            archive.writestr("xl/sharedStrings.xml", f"<sst {space}>{shared}</sst>")
    return target.getvalue()


def _cell(place: str, value: object, words: dict[str, int], inline: bool) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        return f'<c r="{place}"><v>{value}</v></c>'
    if inline:
        return f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f'<c r="{place}" t="s"><v>{words.setdefault(value, len(words))}</v></c>'
