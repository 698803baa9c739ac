"""Detection of the format of a file and of the roles of its columns.

Start reading at `_inspect.py`; `_kind.py` decides the kind of table, `columns/` looks at single columns, `_findings.py`
and `_report.py` put the result into words. `inspect` is public; the other names are for the command line.
"""

from __future__ import annotations

from custseg.inspection._command import command_words
from custseg.inspection._inspect import inspect, inspect_with
from custseg.inspection._kind import NO_COLUMN, FileKind
from custseg.inspection._report import option_words
from custseg.inspection._result import FileFinding, FileInspection

__all__ = [
    "NO_COLUMN",
    "FileFinding",
    "FileInspection",
    "FileKind",
    "command_words",
    "inspect",
    "inspect_with",
    "option_words",
]
