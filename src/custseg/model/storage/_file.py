"""Writes and reads a model file: JSON with a checksum, read without running any code."""

from __future__ import annotations

import hashlib
import json
import os
from os import PathLike
from pathlib import Path
from typing import Any, NoReturn

import msgspec

from custseg._write import recover, write_files
from custseg.errors import DataError
from custseg.model.storage._schema import MIGRATIONS, SCHEMA, Unusable, fields_of

_FORMAT = "custseg segment model"
_LARGEST = 16_000_000
"""Bytes; files of models are below a million."""


class _Envelope(msgspec.Struct, forbid_unknown_fields=True):
    """A model file; `checksum` is of the bytes of `model` as they are written."""

    format: str
    schema: int
    checksum: str
    model: msgspec.Raw


def write_model(plain: dict[str, Any], path: str | PathLike[str]) -> None:
    """Write the content of a model: the file whole, or an earlier one stays unchanged."""
    target = _checked_path(path, "save")
    content = _pretty(plain).encode()
    head = json.dumps({"format": _FORMAT, "schema": SCHEMA, "checksum": _checksum(content)}, indent=1)
    file = head.removesuffix("\n}").encode() + b',\n "model": ' + content + b"\n}\n"
    write_files(target.parent, {target.name: lambda staged: staged.write_bytes(file)}, caller="save")


def checksum_of(plain: dict[str, Any]) -> str:
    """The checksum that a file with this content has."""
    return _checksum(_pretty(plain).encode())


def read_model(path: str | PathLike[str]) -> dict[str, Any]:
    """Read the fields of a `SegmentModel`; anything but a whole model is a DataError."""
    source = _checked_path(path, "load")
    if source.parent.is_dir():
        recover(source.parent, caller="load")
    try:
        if source.stat().st_size > _LARGEST:
            _refuse(source, f"it is larger than {_LARGEST // 1_000_000} MB")
        file = source.read_bytes()
    except OSError as error:
        raise DataError(f"load: {str(source)!r} cannot be read ({error.strerror or error}).") from None
    try:
        envelope = msgspec.json.decode(file, type=_Envelope)
    except (msgspec.DecodeError, RecursionError, ValueError):
        _refuse(source, "it is truncated, or not the JSON that save() writes")
    if envelope.format != _FORMAT:
        _refuse(source, f"its format is not {_FORMAT!r}")
    if envelope.schema > SCHEMA:
        _refuse(source, f"a newer version of custseg wrote it (schema {envelope.schema}, known up to {SCHEMA})")
    if envelope.schema < 1:
        _refuse(source, "it has no valid schema number")
    if envelope.checksum != _checksum(bytes(envelope.model)):
        _refuse(source, "it was changed after it was written (its checksum differs)")
    try:
        content = msgspec.json.decode(envelope.model)
        for migrate in MIGRATIONS[envelope.schema - 1 :]:
            content = migrate(content)
        return fields_of(content)
    except (Unusable, msgspec.DecodeError, RecursionError) as error:
        _refuse(source, str(error))


def _refuse(source: Path, why: str) -> NoReturn:
    raise DataError(f"load: {str(source)!r} is not a usable model: {why}. Save the model again, or fit a new one.")


def _checked_path(path: object, caller: str) -> Path:
    if not isinstance(path, (str, PathLike)) or not isinstance(os.fspath(path), str):
        raise TypeError(f"{caller}: path must be the path of a file (str or Path), got {type(path).__name__}.")
    if not os.fspath(path) or "\0" in os.fspath(path) or not Path(path).name:
        raise DataError(f"{caller}: path must be the path of a file, such as 'model.json', got {os.fspath(path)!r}.")
    return Path(path)


def _checksum(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()


def _pretty(plain: Any, indent: int = 1) -> str:
    """JSON with one line for each entry of a dict, and for each list of plain values."""
    margin = " " * (indent + 1)
    if isinstance(plain, dict) and plain:
        lines = [f"{margin}{json.dumps(key, ensure_ascii=False)}: {_pretty(plain[key], indent + 1)}" for key in plain]
        return "{\n" + ",\n".join(lines) + "\n" + " " * indent + "}"
    if isinstance(plain, (list, tuple)) and any(isinstance(value, (dict, list, tuple)) for value in plain):
        lines = [margin + _pretty(value, indent + 1) for value in plain]
        return "[\n" + ",\n".join(lines) + "\n" + " " * indent + "]"
    return json.dumps(plain, ensure_ascii=False, allow_nan=False)
