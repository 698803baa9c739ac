"""Tables and files in, results in the caller's kind of table out: the only folder that imports dataframe engines.

Start reading at `_open.py`: `open_table` returns a `Table` with a `Dialect`, which brings described columns into one
canonical form on the engine of the data; everything else is written once, in narwhals. `_polars.py` and `_duckdb/` hold
the two dialects, `_files/` reads CSV, Parquet, JSON and Excel files, `_nested/` takes values out of nested columns,
`_sample.py` takes samples, and `_local.py` and `_give_back.py` create, write and return results; `_spreadsheet.py`
makes text safe for spreadsheets.
"""

from __future__ import annotations

from custseg._frames._date_formats import NUMBER_FORMATS, ZERO_DATE, DateFormat, date_format, read_date
from custseg._frames._dialect import MONEY_DIGITS, MONEY_LIMIT, MONEY_UNIT, ColumnKind, DateStyle, Dialect
from custseg._frames._files import (
    USUAL_FORM,
    CSVFormat,
    FirstRow,
    TextFacts,
    first_rows,
    look_at_text_file,
    open_bytes,
)
from custseg._frames._give_back import as_pandas
from custseg._frames._local import (
    collect,
    collect_together,
    column_of,
    columns_of,
    frame_from_columns,
    in_memory,
    local_table,
    parquet_rows,
    parquet_table,
    table_writer,
)
from custseg._frames._nested import exploded, rows_of, text_lists, with_nested, with_rows
from custseg._frames._open import Table, is_json, matching_paths, open_table, read_table
from custseg._frames._sample import TableSample, sample_file
from custseg._frames._spreadsheet import original_text, safe_text

__all__ = [
    "MONEY_DIGITS",
    "MONEY_LIMIT",
    "MONEY_UNIT",
    "NUMBER_FORMATS",
    "USUAL_FORM",
    "ZERO_DATE",
    "CSVFormat",
    "ColumnKind",
    "DateFormat",
    "DateStyle",
    "Dialect",
    "FirstRow",
    "Table",
    "TableSample",
    "TextFacts",
    "as_pandas",
    "collect",
    "collect_together",
    "column_of",
    "columns_of",
    "date_format",
    "exploded",
    "first_rows",
    "frame_from_columns",
    "in_memory",
    "is_json",
    "local_table",
    "look_at_text_file",
    "matching_paths",
    "open_bytes",
    "open_table",
    "original_text",
    "parquet_rows",
    "parquet_table",
    "read_date",
    "read_table",
    "rows_of",
    "safe_text",
    "sample_file",
    "table_writer",
    "text_lists",
    "with_nested",
    "with_rows",
]
