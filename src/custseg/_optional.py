"""Imports an optional part, or names the extra to install."""

from __future__ import annotations

import importlib
from types import ModuleType

from custseg.errors import MissingDependencyError

_EXTRAS = {"pandas": "pandas", "pyarrow": "pandas", "duckdb": "duckdb", "pyspark": "spark", "fastexcel": "excel"}


def optional_module(name: str, purpose: str) -> ModuleType:
    """The module `name`, or an error that says which extra of custseg brings it."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        extra = _EXTRAS[name.partition(".")[0]]
        raise MissingDependencyError(
            f"{purpose} needs the package {name!r}, which is not installed. "
            f"Install it with: pip install 'custseg[{extra}]'."
        ) from error
