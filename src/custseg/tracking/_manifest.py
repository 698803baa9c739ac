"""The manifest of a snapshot: what was recorded, and checksums by which damage and changes are noticed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from custseg._frames import Rows, column_of
from custseg.errors import CustsegError
from custseg.texts import shown

MANIFEST, PART = "manifest.json", "part-0.parquet"
SCHEMA = 1
_LARGEST_FILE = 1_000_000
_BLOCK = 2**20
_TYPES: dict[str, type] = {
    "schema": int, "as_of": str, "rows": int, "columns": dict, "content": str, "file_bytes": int, "file_sha256": str,
}  # fmt: skip


class DamagedSnapshot(CustsegError):
    """A manifest cannot be read or does not describe the files beside it: the message says why, `remedy` what to do."""

    remedy = "Record it again with replace=True, or move its folder away."


class UnrecordedFile(DamagedSnapshot):
    """The folder of a snapshot holds a Parquet file that was not recorded; other programs read it with the rest."""

    remedy = "Move this file away."


@dataclass(frozen=True)
class Manifest:
    """What the file `manifest.json` of a snapshot says.

    Attributes
    ----------
    as_of : str
        The moment of the snapshot.
    rows : int
        Number of customers.
    columns : mapping of str to str
        The type of each column of the Parquet file.
    content : str
        SHA-256 of the rows in the order of their ids, whatever the file looks like.
    file_bytes, file_sha256 : int, str
        Size and SHA-256 of the file `part-0.parquet`.
    schema : int
        Version of this form.
    """

    as_of: str
    rows: int
    columns: Mapping[str, str]
    content: str
    file_bytes: int
    file_sha256: str
    schema: int = SCHEMA

    def write(self, path: Path) -> None:
        """Write the file."""
        path.write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")

    def check_size(self, folder: Path) -> None:
        """Raise unless the Parquet file is there, of the right size and the only one."""
        check_alone(folder)
        try:
            size = (folder / PART).stat().st_size
        except OSError:
            raise DamagedSnapshot(f"its file {PART!r} is missing") from None
        if size != self.file_bytes:
            raise DamagedSnapshot(f"its file {PART!r} has {size:,} bytes instead of {self.file_bytes:,}")

    def check_file(self, folder: Path) -> None:
        """Raise unless the Parquet file is the one that was written, byte by byte."""
        self.check_size(folder)
        if file_checksum(folder / PART) != self.file_sha256:
            raise DamagedSnapshot(f"its file {PART!r} was changed or damaged")


def check_alone(folder: Path) -> None:
    """Raise if the folder of a snapshot holds a Parquet file that is not the one of the snapshot."""
    if extra := sorted(path.name for path in folder.glob("*.parquet") if path.name != PART):
        raise UnrecordedFile(f"it holds a file that was not recorded, {shown(extra[0])}")


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest in the folder of a snapshot; None where there is none; DamagedSnapshot where it cannot be used."""
    path = folder / MANIFEST
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise DamagedSnapshot(f"its {MANIFEST!r} is too large")
        entries = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError):
        raise DamagedSnapshot(f"its {MANIFEST!r} cannot be read") from None
    if not isinstance(entries, dict):
        raise DamagedSnapshot(f"its {MANIFEST!r} cannot be read")
    if type(entries.get("schema")) is int and entries["schema"] > SCHEMA:
        raise DamagedSnapshot(f"its {MANIFEST!r} was written by a newer version of custseg, which is needed to read it")
    is_valid = entries.keys() == _TYPES.keys() and all(type(entries[name]) is kind for name, kind in _TYPES.items())
    if not is_valid or "customer_id" not in entries["columns"]:
        raise DamagedSnapshot(f"its {MANIFEST!r} lacks entries or has others")
    return Manifest(**entries)


def types_of(rows: Rows) -> dict[str, str]:
    """The type of each column, by its name in narwhals."""
    return {name: str(dtype) for name, dtype in rows.collect_schema().items()}


def content_checksum(local: nw.DataFrame[Any]) -> str:
    """SHA-256 of a table of assignments that is sorted by its ids: equal for equal values from any engine."""
    checksum = hashlib.sha256()
    for name in sorted(local.columns):
        values = column_of(local, name)
        checksum.update(kind_line(name, values.dtype))
        checksum.update(missing_bits(values))
        for block in blocks_of(values):
            checksum.update(block)
    return checksum.hexdigest()


def kind_line(name: str, dtype: Any) -> bytes:
    """What begins the content of a column: its name and kind."""
    return f"{name}\n{'text' if dtype == nw.String else 'number'}\n".encode()


def missing_bits(values: nw.Series[Any]) -> bytes:
    """One bit per row, set where the value is missing."""
    return np.packbits(values.is_null().to_numpy().astype(np.uint8)).tobytes()


def file_checksum(path: Path) -> str:
    """SHA-256 of the file."""
    checksum = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            checksum.update(block)
    return checksum.hexdigest()


def blocks_of(values: nw.Series[Any]) -> list[bytes]:
    """The values as bytes; missing ones as empty text, false or 0. Of text the lengths, then the texts."""
    if values.dtype == nw.String:
        texts = values.fill_null("").to_list()
        return [np.fromiter(map(len, texts), np.int64, len(texts)).tobytes(), "".join(texts).encode()]
    if values.dtype == nw.Boolean:
        return [values.fill_null(value=False).to_numpy().astype(np.uint8).tobytes()]
    # 0.0 and -0.0 are one number.
    return [(values.fill_null(0).to_numpy() + 0).tobytes()]
