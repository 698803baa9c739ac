"""The first rows of a file as they are, before it is known which of them is the header."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from custseg._frames._files._csv_format import CSVFormat
from custseg._frames._files._excel import excel_rows
from custseg._frames._files._text_file import look_at_text_file, open_bytes

_START = 2**18
_EXCEL = (".xlsx", ".xlsm")


@dataclass(frozen=True)
class FirstRow:
    """A row of a file.

    Attributes
    ----------
    lines_above : int
        Lines of the file before it.
    cells : tuple of str
        Its cells, without blanks around them.
    """

    lines_above: int
    cells: tuple[str, ...]


def first_rows(path: str, form: CSVFormat, *, count: int) -> list[FirstRow]:
    """The first rows of a text file or of a workbook's first sheet; OSError where the file cannot be read."""
    if path.lower().endswith(_EXCEL):
        rows = excel_rows(Path(path))[1][:count]
        return [FirstRow(i, tuple((cell or "").strip() for cell in row)) for i, row in enumerate(rows)]
    facts = look_at_text_file(path)
    encoding = facts.encoding if facts.encoding in ("utf-8-sig", "utf-16", "utf-32") else form.encoding
    with open_bytes(path) as file:
        text = file.read(_START).decode(encoding, errors="replace").removeprefix("\ufeff")
    reader = csv.reader(StringIO(text, newline=""), delimiter=form.separator or ",")
    first, above = list[FirstRow](), 0
    try:
        for cells in reader:
            first.append(FirstRow(above, tuple(cell.strip() for cell in cells)))
            above = reader.line_num
            if len(first) == count:
                break
    except csv.Error:  # a quote that never ends; what was read so far is looked at
        return first
    return first
