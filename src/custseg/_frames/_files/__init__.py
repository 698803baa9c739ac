"""Files in: what their bytes say about them, and CSV, JSON, Parquet files as lazy polars frames with all rows."""

from __future__ import annotations

from custseg._frames._files._csv_format import USUAL_FORM, CSVFormat, may_be_thousands, plain_number
from custseg._frames._files._excel import excel_table, further_sheets
from custseg._frames._files._first_rows import FirstRow, first_rows
from custseg._frames._files._json import json_table
from custseg._frames._files._parts import FileTable, csv_table, parquet_table
from custseg._frames._files._text_file import TextFacts, look_at_text_file, open_bytes

__all__ = [
    "USUAL_FORM",
    "CSVFormat",
    "FileTable",
    "FirstRow",
    "TextFacts",
    "csv_table",
    "excel_table",
    "first_rows",
    "further_sheets",
    "json_table",
    "look_at_text_file",
    "may_be_thousands",
    "open_bytes",
    "parquet_table",
    "plain_number",
]
