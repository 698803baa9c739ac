"""Queries on polars frames, run with errors in our own words."""

from __future__ import annotations

import re

import polars as pl

from custseg.errors import DataError
from custseg.texts import printable

_VALUES = re.compile(r"(?<=values: )\[.*|(?<=parse )`.*")
_REMEDIES = {
    "utf-8": "Save the file as UTF-8.",
    "more fields": "Does separator= fit the file?",
    "schema": "The files of a glob must have the same columns, in the same order.",
}


def run(frame: pl.LazyFrame) -> pl.DataFrame:
    """The frame, computed; what the engine says of an unreadable file becomes one of our errors."""
    return run_all([frame])[0]


def run_all(frames: list[pl.LazyFrame]) -> list[pl.DataFrame]:
    """The frames, computed at once."""
    try:
        return pl.collect_all(frames)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise DataError(f"the table could not be read: {reason(error)}") from error


def collected_schema(frame: pl.LazyFrame) -> pl.Schema:
    """The columns and types of the frame, without reading its rows."""
    try:
        return frame.collect_schema()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise DataError(f"the table could not be opened: {reason(error)}") from error


def reason(error: Exception) -> str:
    """The first line of what the engine says, without values, and the remedy where one is known."""
    line = _VALUES.sub("…", str(error).strip().partition("\n")[0]).rstrip(".")
    remedies = [remedy for sign, remedy in _REMEDIES.items() if sign in line]
    return printable(". ".join([line, *remedies[:1]]))
