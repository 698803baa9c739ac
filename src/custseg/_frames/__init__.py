"""Any table or file in, the caller's kind of table back: the only folder that knows dataframe engines.

`open_table` takes what the caller has. The `Dialect` it carries turns described columns into one canonical
form on the engine where the data is; all that follows is written once, in narwhals.
"""

from __future__ import annotations

from custseg._frames._date_formats import NUMBER_FORMATS, ZERO_DATE, DateFormat, date_format, read_date
from custseg._frames._dialect import MONEY_DIGITS, MONEY_UNIT, ColumnKind, DateStyle, Dialect
from custseg._frames._files import USUAL_FORM, CSVFormat, TextFacts, look_at_text_file
from custseg._frames._local import (
    CsvStyle,
    collect,
    collect_together,
    column_of,
    columns_of,
    frame_from_columns,
    table_writer,
)
from custseg._frames._open import Table, matching_paths, open_table, read_table
from custseg._frames._sample import TableSample, sample_file

__all__ = [
    "MONEY_DIGITS",
    "MONEY_UNIT",
    "NUMBER_FORMATS",
    "USUAL_FORM",
    "ZERO_DATE",
    "CSVFormat",
    "ColumnKind",
    "CsvStyle",
    "DateFormat",
    "DateStyle",
    "Dialect",
    "Table",
    "TableSample",
    "TextFacts",
    "collect",
    "collect_together",
    "column_of",
    "columns_of",
    "date_format",
    "frame_from_columns",
    "look_at_text_file",
    "matching_paths",
    "open_table",
    "read_date",
    "read_table",
    "sample_file",
    "table_writer",
]
