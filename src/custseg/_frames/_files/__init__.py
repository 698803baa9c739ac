"""Files in: what their bytes say about them, and CSV and Parquet files as lazy polars frames without a lost row."""

from __future__ import annotations

from custseg._frames._files._csv_format import USUAL_FORM, CSVFormat, may_be_thousands, plain_number
from custseg._frames._files._excel import excel_table
from custseg._frames._files._parts import FileTable, csv_table, parquet_table
from custseg._frames._files._text_file import TextFacts, look_at_text_file

__all__ = [
    "USUAL_FORM",
    "CSVFormat",
    "FileTable",
    "TextFacts",
    "csv_table",
    "excel_table",
    "look_at_text_file",
    "may_be_thousands",
    "parquet_table",
    "plain_number",
]
