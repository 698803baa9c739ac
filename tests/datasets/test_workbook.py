from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

from custseg.datasets._workbook import read_sheet

Workbook = Callable[..., bytes]


def test_read_sheet_gives_columns_by_name(workbook: Workbook) -> None:
    sheet = read_sheet(BytesIO(workbook([["id", "name"], [1, "ann"], [2.5, "bob & co"]])))
    assert sheet == {"id": ["1", "2.5"], "name": ["ann", "bob & co"]}


def test_read_sheet_leaves_empty_cells_none(workbook: Workbook) -> None:
    sheet = read_sheet(BytesIO(workbook([["a", "b"], [None, 3], [4, None]])))
    assert sheet == {"a": [None, "4"], "b": ["3", None]}


def test_read_sheet_reads_inline_text(workbook: Workbook) -> None:
    assert read_sheet(BytesIO(workbook([["a"], ["x"]], inline=True))) == {"a": ["x"]}


def test_read_sheet_of_no_rows_is_empty(workbook: Workbook) -> None:
    assert read_sheet(BytesIO(workbook([]))) == {}
