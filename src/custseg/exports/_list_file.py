"""A file with one row per customer, for a program that contacts them: CSV or Parquet, whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from os import PathLike, fspath
from pathlib import Path
from typing import Any, Self

import narwhals.stable.v2 as nw

from custseg._checks import check_choice
from custseg._frames import CSVFormat, Rows, batches, batches_writer, table_writer
from custseg._write import write_files
from custseg.errors import DataError
from custseg.tracking import check_unchanged

_FORMS = {".csv": "csv", ".parquet": "parquet"}


@dataclass(frozen=True)
class ListFile:
    """Where a list goes, and in which form; checked before any work.

    Attributes
    ----------
    path : Path
        Its suffix says whether it is CSV or Parquet.
    csv : CSVFormat
        Separator and encoding.
    caller : str
        The function that is named in errors.
    """

    path: Path
    csv: CSVFormat
    caller: str

    @classmethod
    def checked(cls, caller: str, path: object, *, encoding: str, separator: str) -> Self:
        """The file for the arguments of an export."""
        if not isinstance(path, (str, PathLike)) or not isinstance(fspath(path), str):
            raise TypeError(f"{caller}: path must be a path (str or Path), got {type(path).__name__}.")
        target = Path(fspath(path))
        if target.suffix.lower() not in _FORMS:
            raise DataError(f"{caller}: path must end in one of {list(_FORMS)}, got {target.name!r}.")
        check_choice(caller, "encoding", encoding, allowed=("utf-8-sig", "utf-8"))
        check_choice(caller, "separator", separator, allowed=(",", ";", "\t", "|"))
        return cls(target, CSVFormat(separator, encoding=encoding), caller)

    def write(self, rows: Rows, n_rows: int | None = None) -> Path:
        """Write the rows, those on Spark in batches, and return the path.

        Raises DataError unless those on Spark are `n_rows`: a table may have changed since they were counted.
        """
        form = _FORMS[self.path.suffix.lower()]
        if isinstance(rows, nw.LazyFrame):
            writer = batches_writer(partial(self._batches, rows, n_rows), form, self.csv)
        else:
            writer = table_writer(rows, form, self.csv)
        write_files(self.path.parent, {self.path.name: writer}, caller=self.caller)
        return self.path

    def _batches(self, rows: nw.LazyFrame[Any], n_rows: int | None) -> Iterator[nw.DataFrame[Any]]:
        n_written = 0
        for batch in batches(rows):
            n_written += len(batch)
            yield batch
        check_unchanged(n_written == n_rows, self.caller, "the tables in Spark")
