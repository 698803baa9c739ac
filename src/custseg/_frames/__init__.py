"""Tables and files in, results in the caller's kind of table out: the only folder that imports dataframe engines.

Start reading at `_open.py`: `open_table` returns a `Table` with a `Dialect`, which brings described columns into one
canonical form on the engine of the data; everything else is written once, in narwhals. `_polars.py`, `_duckdb/` and
`_spark/` hold the three dialects, and `_distributed.py` the steps for what stays on Spark. `_files/` reads CSV,
Parquet, JSON and Excel files, `_nested/` takes values out of nested columns, `_sample.py` takes samples, and
`_local.py` and `_give_back.py` create, write and return results;
`_spark/_streamed.py` writes those on Spark in batches, and
`_spreadsheet.py` makes text safe for spreadsheets.
"""

from __future__ import annotations

from custseg._frames._date_formats import (
    NUMBER_FORMATS,
    ZERO_DATE,
    ZONE_AT_END,
    DateFormat,
    date_format,
    read_date,
)
from custseg._frames._dialect import MONEY_DIGITS, MONEY_LIMIT, MONEY_UNIT, ColumnKind, DateStyle, Dialect
from custseg._frames._distributed import (
    Rows,
    collected,
    computed,
    computed_once,
    count_lines,
    counts_of_counts,
    counts_of_marks,
    first_of_each,
    gathered,
    is_distributed,
    joined,
    keeping,
    release,
    renamed,
    sorted_by,
    split_pattern,
    unicode_pattern,
    with_lookup,
)
from custseg._frames._files import (
    USUAL_FORM,
    CSVFormat,
    FirstRow,
    TextFacts,
    first_rows,
    further_sheets,
    look_at_text_file,
    open_bytes,
)
from custseg._frames._give_back import Returner, as_pandas, local_returner
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
from custseg._frames._open import NOT_ON_SPARK, Table, is_json, matching_paths, open_table, read_table
from custseg._frames._sample import TableSample, sample_file
from custseg._frames._spark import (
    check_usable,
    count_rows,
    counted,
    counts_of_values,
    id_facts,
    is_spark_frame,
    numeric_columns,
    persisted,
    renamed_id,
    smallest_hashes,
    spark_sql,
    types_of,
)
from custseg._frames._spark._return import SparkLike
from custseg._frames._spark._streamed import batches, streamed_writer
from custseg._frames._spreadsheet import original_text, safe_text

__all__ = [
    "MONEY_DIGITS",
    "MONEY_LIMIT",
    "MONEY_UNIT",
    "NOT_ON_SPARK",
    "NUMBER_FORMATS",
    "USUAL_FORM",
    "ZERO_DATE",
    "ZONE_AT_END",
    "CSVFormat",
    "ColumnKind",
    "DateFormat",
    "DateStyle",
    "Dialect",
    "FirstRow",
    "Returner",
    "Rows",
    "SparkLike",
    "Table",
    "TableSample",
    "TextFacts",
    "as_pandas",
    "batches",
    "check_usable",
    "collect",
    "collect_together",
    "collected",
    "column_of",
    "columns_of",
    "computed",
    "computed_once",
    "count_lines",
    "count_rows",
    "counted",
    "counts_of_counts",
    "counts_of_marks",
    "counts_of_values",
    "date_format",
    "exploded",
    "first_of_each",
    "first_rows",
    "frame_from_columns",
    "further_sheets",
    "gathered",
    "id_facts",
    "in_memory",
    "is_distributed",
    "is_json",
    "is_spark_frame",
    "joined",
    "keeping",
    "local_returner",
    "local_table",
    "look_at_text_file",
    "matching_paths",
    "numeric_columns",
    "open_bytes",
    "open_table",
    "original_text",
    "parquet_rows",
    "parquet_table",
    "persisted",
    "read_date",
    "read_table",
    "release",
    "renamed",
    "renamed_id",
    "rows_of",
    "safe_text",
    "sample_file",
    "smallest_hashes",
    "sorted_by",
    "spark_sql",
    "split_pattern",
    "streamed_writer",
    "table_writer",
    "text_lists",
    "types_of",
    "unicode_pattern",
    "with_lookup",
    "with_nested",
    "with_rows",
]
