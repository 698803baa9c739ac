"""JSON files as lazy polars frames: one object per line, or one array of objects."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

import polars as pl

from custseg._frames._files._parts import FileTable
from custseg._frames._files._text_file import is_compressed, open_bytes
from custseg._frames._run import collected_schema, reason
from custseg.errors import DataError
from custseg.texts import shown

_START = 4096
_LONG_NUMBER = re.compile(rb"[\[:,\s](\d{19,})\s*[,}\]]")
_LARGEST = 2**63 - 1


def json_table(paths: Sequence[str], caller: str) -> FileTable:
    """The objects of the files as rows; a key that an object lacks is null, and nested objects stay nested.

    The types of all rows are found before the first is read, so that a late text makes no earlier number wrong.
    """
    frames = [_frame(path, caller) for path in paths]
    schemas = [collected_schema(frame) for frame in frames]
    names = list(dict.fromkeys(name for schema in schemas for name in schema.names()))
    lacking = {
        name: path for path, schema in zip(reversed(paths), reversed(schemas), strict=True) for name in names
        if name not in schema
    }  # fmt: skip
    try:
        # Texts and numbers of one key in two files become texts, as they do within a file.
        frame = frames[0] if len(frames) == 1 else pl.concat(frames, how="diagonal_relaxed")
        collected_schema(frame)
    except pl.exceptions.PolarsError as error:
        raise DataError(
            f"{caller}: the JSON files have keys of different types: {reason(error)}. Give the files one by one."
        ) from error
    return FileTable(frame, tuple(names), lacking=lacking)


def _frame(path: str, caller: str) -> pl.LazyFrame:
    with open_bytes(path) as file:
        start = file.read(_START).removeprefix(b"\xef\xbb\xbf").lstrip()
    if start[:1] not in (b"{", b"["):
        raise DataError(
            f"{caller}: {shown(path, 300)} holds no JSON objects. Give a file with one object per line, or with one "
            "array of objects."
        )
    if not reads_large_numbers():
        _check_numbers(path, caller)
    try:
        if start.startswith(b"["):
            with open_bytes(path) as file:
                return pl.read_json(file.read(), infer_schema_length=None).lazy()
        if is_compressed(path):  # older versions of polars scan plain files alone
            with open_bytes(path) as file:
                return pl.read_ndjson(file.read(), infer_schema_length=None).lazy()
        frame = pl.scan_ndjson(path, infer_schema_length=None)
        frame.collect_schema()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise DataError(
            f"{caller}: {shown(path, 300)} cannot be read as JSON: {reason(error)}. "
            "It must have one complete object per line, or one array of objects."
        ) from error
    return frame


@cache
def reads_large_numbers() -> bool:
    """Whether polars reads whole numbers from 2**63 on; before version 2 they are missing values in an array."""
    return pl.read_json(b'[{"id": 9223372036854775808}]')["id"].null_count() == 0


def _check_numbers(path: str, caller: str) -> None:
    """Raise DataError for whole numbers from 2**63 on, so that no id is lost."""
    with open_bytes(path) as file:
        for line in file:
            if any(int(number) > _LARGEST for number in _LONG_NUMBER.findall(line)):
                raise DataError(
                    f"{caller}: {shown(path, 300)} has whole numbers above 2**63, which polars {pl.__version__} cannot "
                    "read. Update polars to version 2 or newer, or write these numbers as texts."
                )
