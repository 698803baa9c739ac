"""What a stranger's file holds: how it is written, and which column is what."""

from __future__ import annotations

from custseg.inspection._command import command_words
from custseg.inspection._inspect import inspect, inspect_with
from custseg.inspection._kind import FileKind
from custseg.inspection._report import option_words
from custseg.inspection._result import FileInspection, Finding

__all__ = [
    "FileInspection",
    "FileKind",
    "Finding",
    "command_words",
    "inspect",
    "inspect_with",
    "option_words",
]
