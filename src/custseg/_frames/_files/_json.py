"""JSON files as lazy polars frames: one object per line, or one array of objects."""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from functools import cache

import msgspec
import polars as pl

from custseg._frames._files._parts import FileTable
from custseg._frames._files._text_file import is_compressed, open_bytes
from custseg._frames._run import collected_schema, reason
from custseg.errors import DataError
from custseg.texts import shown

_START = 4096
_MARK = codecs.BOM_UTF8
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
        start = file.read(_START).removeprefix(_MARK).lstrip()
    if start[:1] not in (b"{", b"["):
        raise DataError(
            f"{caller}: {shown(path, 300)} holds no JSON objects. Give a file with one object per line, or with one "
            "array of objects."
        )
    if not reads_large_numbers():
        _check_numbers(path, caller)
    try:
        return _array(path) if start.startswith(b"[") else _lines(path)
    except (pl.exceptions.PolarsError, OSError, msgspec.MsgspecError) as error:
        why = _broken_line(path) if start.startswith(b"{") else ""
        raise DataError(
            f"{caller}: {shown(path, 300)} cannot be read as JSON: {why or reason(error)}. "
            "It must have one complete object per line, or one array of objects."
        ) from error


def _lines(path: str) -> pl.LazyFrame:
    """The objects of a file with one per line, which is read piece by piece where polars can."""
    with open_bytes(path) as file:
        marked = file.read(len(_MARK)) == _MARK
    if not marked:
        try:
            frame = pl.scan_ndjson(path, infer_schema_length=None)
            frame.collect_schema()
        except (pl.exceptions.PolarsError, OSError):
            if not is_compressed(path):  # older versions of polars scan plain files alone
                raise
        else:
            return frame
    with open_bytes(path) as file:
        return pl.read_ndjson(file.read().removeprefix(_MARK), infer_schema_length=None).lazy()


def _array(path: str) -> pl.LazyFrame:
    """The objects of an array, or of one array per line, as a webhook leaves them."""
    with open_bytes(path) as file:
        content = file.read().removeprefix(_MARK)
    try:
        return pl.read_json(content, infer_schema_length=None).lazy()
    except pl.exceptions.PolarsError:
        items = (msgspec.json.decode(line, type=list[msgspec.Raw]) for line in content.splitlines() if line.strip())
        objects = b"\n".join(bytes(item) for array in items for item in array)
        return pl.read_ndjson(objects, infer_schema_length=None).lazy()


def _broken_line(path: str) -> str:
    """Which line is no complete object; "" where all are."""
    with open_bytes(path) as file:
        for number, line in enumerate(file, start=1):
            content = line.removeprefix(_MARK).strip() if number == 1 else line.strip()
            try:
                msgspec.json.decode(content or b"{}", type=dict[str, msgspec.Raw])
            except msgspec.MsgspecError:
                return f"line {number:,} is no complete object"
    return ""


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
