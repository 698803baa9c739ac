"""What all systems share: formats as data, opened files with named columns, checks of their rows, the result.

Start reading at `_source_table.py`. `_formats.py` holds what files look like, `_checks.py` counts and refuses,
`_keys.py` has the keys of customers, `_logs.py` makes described logs of rows,
`_purchases.py` treats totals of several products and repeated purchases, `_result.py` is what a function returns,
`_system.py` the entry in the list.
"""

from __future__ import annotations

from custseg.sources.reading._checks import (
    RowCounts,
    checked_rows,
    chosen_rows,
    distinct_values,
    number_in,
    raise_unless_single,
    rows_in_time,
)
from custseg.sources.reading._formats import (
    FileFormat,
    Format,
    Messages,
    file_format,
    formats,
    recognized,
    recognized_file,
)
from custseg.sources.reading._keys import (
    check_events,
    check_key,
    check_key_column,
    csv_form,
    event_names,
    first_key,
    key_rows,
    mail_key,
    raise_unless_any,
    without_guard,
)
from custseg.sources.reading._logs import (
    attributes_by_kind,
    customer_table,
    event_log,
    in_greenwich_time,
    order_log,
    with_moments,
)
from custseg.sources.reading._purchases import ListMembers, divided, first_of_each_order, n_repeated, within_orders
from custseg.sources.reading._result import SourceLogs, SourceReport
from custseg.sources.reading._source_table import SourceTable, open_source
from custseg.sources.reading._system import FileOptions, SourceOptions, System, source_findings

__all__ = [
    "FileFormat",
    "FileOptions",
    "Format",
    "ListMembers",
    "Messages",
    "RowCounts",
    "SourceLogs",
    "SourceOptions",
    "SourceReport",
    "SourceTable",
    "System",
    "attributes_by_kind",
    "check_events",
    "check_key",
    "check_key_column",
    "checked_rows",
    "chosen_rows",
    "csv_form",
    "customer_table",
    "distinct_values",
    "divided",
    "event_log",
    "event_names",
    "file_format",
    "first_key",
    "first_of_each_order",
    "formats",
    "in_greenwich_time",
    "key_rows",
    "mail_key",
    "n_repeated",
    "number_in",
    "open_source",
    "order_log",
    "raise_unless_any",
    "raise_unless_single",
    "recognized",
    "recognized_file",
    "rows_in_time",
    "source_findings",
    "with_moments",
    "within_orders",
    "without_guard",
]
