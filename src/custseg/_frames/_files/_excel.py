"""Excel workbooks: the rows of the first sheet that holds a table, as text."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from custseg._checks import optional_module
from custseg._frames._files._csv_scan import frame_names
from custseg._frames._files._parts import FileTable
from custseg.errors import DataError


def excel_table(path: str, skip_rows: int) -> FileTable:
    """The first sheet that holds a table, as text; the names stand in the first row after `skip_rows`."""
    _, rows = excel_rows(Path(path))
    if len(rows) <= skip_rows:
        raise DataError(f"the workbook has no row with names after {skip_rows} rows.")
    names = tuple(name or "" for name in rows[skip_rows])
    body = [row for row in rows[skip_rows + 1 :] if any(row)]
    schema = dict.fromkeys(frame_names(len(names)), pl.String())
    return FileTable(pl.LazyFrame(body, schema=schema, orient="row"), names)


def excel_rows(path: Path) -> tuple[tuple[str, ...], list[tuple[str | None, ...]]]:
    """The names of the sheets, and all rows of the first sheet with two rows or more."""
    reader = optional_module("fastexcel", "Reading an Excel workbook")
    try:
        workbook = reader.read_excel(str(path))
        for name in workbook.sheet_names:
            sheet = workbook.load_sheet(name, header_row=None, dtypes="string")
            if sheet.height > 1:
                frame = pl.DataFrame(sheet)
                return tuple(workbook.sheet_names), frame.rows()
    except reader.FastExcelError as error:
        raise _unreadable(error) from error
    return tuple(workbook.sheet_names), []


def further_sheets(path: Path) -> int:
    """How many sheets with two rows or more follow the first one, which alone is read."""
    reader = optional_module("fastexcel", "Reading an Excel workbook")
    try:
        workbook = reader.read_excel(str(path))
        heights = [workbook.load_sheet(name, header_row=None, n_rows=2).height for name in workbook.sheet_names]
    except reader.FastExcelError as error:
        raise _unreadable(error) from error
    return max(len([height for height in heights if height > 1]) - 1, 0)


def _unreadable(error: Exception) -> DataError:
    return DataError(f"the workbook could not be read: {str(error).splitlines()[0]}")
