"""`SegmentHistory`: the segments of all customers at many moments, as Parquet files in a folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from numbers import Integral
from os import PathLike
from pathlib import Path
from typing import Any

import narwhals.stable.v2 as nw

from custseg._frames import Rows, collect, count_lines, is_spark_frame, parquet_rows, parquet_table
from custseg._write import hold_lock, recover, write_files
from custseg.errors import CustsegError, DataError
from custseg.snapshot import moment_text, parse_moment
from custseg.texts import listed, plural, shown
from custseg.tracking._assignments import Assignments, read_assignments
from custseg.tracking._assignments_in_spark import read_assignments_in_spark
from custseg.tracking._customer_path import path_of_customer, rows_of_customer
from custseg.tracking._manifest import (
    MANIFEST,
    PART,
    DamagedSnapshot,
    Manifest,
    check_alone,
    content_checksum,
    file_checksum,
    read_manifest,
    types_of,
)
from custseg.tracking._snapshot_content import SnapshotContent, snapshot_content
from custseg.tracking._snapshot_moments import PREFIX, folder_name, is_zoned, moment_of_folder

_LOCK = ".custseg-lock"


@dataclass(frozen=True)
class SegmentHistory:
    """The memory of a pipeline: who was in which segment, snapshot by snapshot, on Parquet files alone.

    Each snapshot is a folder ``as_of=2024-06-01`` with the file ``part-0.parquet``, sorted by customer, and the file
    ``manifest.json``, written last, with the number of rows, the types of the columns and checksums. A snapshot
    exists when its manifest exists and fits the files; other programs read all of them at once, such as DuckDB with
    ``read_parquet('history/as_of=*/part-*.parquet', hive_partitioning = true)``.

    A moment with a time is the folder ``as_of=2024-06-01T12%3A30%3A00``; with a time zone it is brought to UTC and
    ends in ``Z``. The names sort by time. One history has moments with a zone or without, never both.

    Folders and files whose names do not begin with ``as_of=`` are neither read nor changed.

    Attributes
    ----------
    folder : str or Path
        Created by the first `record`.

    Examples
    --------
    >>> import polars as pl
    >>> from custseg.tracking import SegmentHistory
    >>> june = pl.DataFrame({"customer_id": ["ann", "bob"], "segment": [0, 1], "name": ["Loyal", "New"]})
    >>> july = june.with_columns(segment=pl.Series([0, 0]), name=pl.lit("Loyal"))
    >>> history = SegmentHistory("history")
    >>> history.record(june, "2024-06-01")
    True
    >>> history.record(july, "2024-07-01")
    True
    >>> history.record(july, "2024-07-01")  # the same again: nothing to do
    False
    >>> history.customer("bob").select("as_of", "name", "previous_name", "changed_at").rows()
    [('2024-06-01', 'New', None, '2024-06-01'), ('2024-07-01', 'Loyal', 'New', '2024-07-01')]
    """

    folder: str | PathLike[str]

    def __post_init__(self) -> None:
        path: object = self.folder
        if not isinstance(path, (str, PathLike)) or not isinstance(os.fspath(path), str):
            raise TypeError(
                f"SegmentHistory: folder must be a path (str or Path), got {type(path).__name__}. "
                "Give the path of a folder."
            )
        if not os.fspath(path) or "\0" in os.fspath(path):
            raise DataError(f"SegmentHistory: folder must be the path of a folder, got {os.fspath(path)!r}.")

    @property
    def snapshots(self) -> tuple[datetime, ...]:
        """The moments of all snapshots, the earliest first; empty where the folder does not exist.

        Raises DataError where a snapshot is damaged or a folder has a name that is not that of a snapshot. Folders
        without a manifest, which a killed process may leave, are no snapshots.
        """
        return tuple(parse_moment(moment, "snapshots") for moment in self.moments("snapshots"))

    def moments(self, caller: str = "moments") -> tuple[str, ...]:
        """The moments of all snapshots as text, as they are in the names of the folders; the earliest first."""
        return tuple(self.sizes(caller))

    def sizes(self, caller: str) -> dict[str, int]:
        """The number of customers in each snapshot by its moment, the earliest first, as the manifests say."""
        sizes = {}
        for moment, folder in self._folders(caller):
            manifest = _checked(folder, caller, moment)
            if manifest is not None:
                sizes[moment] = manifest.rows
        if len({is_zoned(moment) for moment in sizes}) > 1:
            raise DataError(
                f"{caller}: the history has moments with and without a time zone, so that their order is unknown. "
                "Keep two histories."
            )
        return sizes

    def record(self, assignments: object, as_of: object, *, replace: bool = False) -> bool:
        """Record the segments of all customers at a moment.

        Parameters
        ----------
        assignments : table or path
            `customer_id` (whole numbers or text), `segment` (missing for customers in no segment), `name`, and, if
            the table has them, `confidence`, `second_segment` and `is_outlier`. Other columns are not recorded.
        as_of : date, datetime or str
            The moment of the assignments. A date is its midnight.
        replace : bool, default False
            Whether to replace a snapshot of this moment that has other content.

        Returns
        -------
        bool
            Whether anything was written: False where the snapshot has this content already, in any order of rows. A
            snapshot of this content whose files are missing or damaged is written again.

        Raises
        ------
        DataError
            If the table cannot be used, its ids are of another type than those of the history, or there is a
            snapshot of this moment with other content.
        CustsegError
            If the folder cannot be written to; the snapshots are then as they were.

        Notes
        -----
        Assignments in Spark are sorted there and come to this machine in batches, which are written one after the
        other: memory holds one partition of Spark, never the table. The folder is one of this machine.
        """
        caller = "record"
        if not isinstance(replace, bool):
            raise TypeError(f"{caller}: replace must be True or False, got {type(replace).__name__}.")
        moment = moment_text(as_of, caller)
        checked = _assignments_to_record(assignments, caller)
        root = Path(self.folder)
        target = root / folder_name(moment)
        try:
            root.mkdir(parents=True, exist_ok=True)
            with hold_lock(root / _LOCK):
                self._check_fits(checked.local, moment, caller)
                recover(target, caller=caller)
                _check_alone(target, moment, caller)
                with snapshot_content(checked.local, root, caller, sizes=checked.sizes) as content:
                    if not replace and _holds(target, content.checksum, moment, caller=caller):
                        return False
                    write_files(target, _writers(content, moment), caller=caller)
        except OSError as error:
            if isinstance(error, CustsegError):
                raise
            raise CustsegError(
                f"{caller}: the history {str(self.folder)!r} cannot be written to ({error.strerror or error}). "
                "Nothing was changed. Give a folder that can be written to."
            ) from error
        return True

    def at(self, as_of: object) -> Any:
        """The assignments at the moment of a snapshot.

        Parameters
        ----------
        as_of : date, datetime or str
            The moment of a snapshot.

        Returns
        -------
        polars.DataFrame
            The columns that were recorded, sorted by `customer_id`; `segment` is an int, missing in no segment.

        Raises
        ------
        DataError
            If there is no snapshot of this moment, or its file was changed.
        """
        return nw.to_native(self.rows_at(moment_text(as_of, "at"), "at"))

    def rows_at(self, moment: str, caller: str) -> nw.DataFrame[Any]:
        """The local rows of the snapshot at a moment given as text, whose file is checked byte by byte."""
        return collect(self.stored_rows(moment, caller))

    def stored_rows(self, moment: str, caller: str) -> nw.LazyFrame[Any]:
        """The same lazily: the rows of the file, which was checked, sorted by their ids."""
        folder = Path(self.folder) / folder_name(moment)
        if folder.is_dir():
            recover(folder, caller=caller)
        manifest = _checked(folder, caller, moment, every_byte=True) if folder.is_dir() else None
        if manifest is None:
            moments = self.moments(caller)
            available = f"snapshots are {listed(moments[-5:])}" if moments else "it has no snapshots yet"
            raise DataError(
                f"{caller}: the history has no snapshot as of {moment}; {available}. Give the moment of a snapshot."
            )
        rows = parquet_rows(folder / PART)
        if types_of(rows) != manifest.columns or count_lines(rows) != manifest.rows:
            raise _damaged(caller, moment, DamagedSnapshot("its manifest does not describe its rows"))
        return rows

    def customer(self, customer_id: int | str) -> Any:
        """The way of one customer through the segments.

        Parameters
        ----------
        customer_id : int or str
            The id. It appears in no error.

        Returns
        -------
        polars.DataFrame
            One row per snapshot that has the customer, the earliest first: `as_of` (text), `segment`, `name`;
            `previous_segment` and `previous_name`, those before the latest change, missing where there was none; and
            `changed_at`, the snapshot of that change, or the first one.

        Raises
        ------
        DataError
            If no snapshot has the customer, or one is damaged.
        TypeError
            If the id is not of the type of the history's ids.
        """
        caller = "customer"
        if isinstance(customer_id, bool) or not isinstance(customer_id, (str, Integral)):
            raise TypeError(f"{caller}: customer_id must be an int or a str, got {type(customer_id).__name__}.")
        moments = self.moments(caller)
        if moments:
            kind = _id_kind(self._manifest(moments[-1]))
            if (kind == "text") != isinstance(customer_id, str):
                raise TypeError(
                    f"{caller}: the customer ids of this history are {_ID_WORDS[kind]}, "
                    f"got {type(customer_id).__name__}. Convert the id."
                )
        steps = [
            (moment, *step)
            for moment in moments
            for step in rows_of_customer(Path(self.folder) / folder_name(moment) / PART, customer_id)
        ]
        if not steps:
            raise DataError(f"{caller}: none of {plural(len(moments), 'snapshot')} has this customer. Check the id.")
        return path_of_customer(steps)

    def _folders(self, caller: str) -> Iterator[tuple[str, Path]]:
        """The folders of snapshots in the order of time; work of killed processes is finished first."""
        root = Path(self.folder)
        if not root.exists():
            return
        if not root.is_dir():
            raise DataError(f"{caller}: the history {shown(str(root), 300)} is a file. Give a folder.")
        folders = [path for path in root.iterdir() if path.name.startswith(PREFIX)]
        named = sorted((moment_of_folder(path.name, caller), path) for path in folders)
        for moment, folder in named:
            if not folder.is_dir():
                raise DataError(
                    f"{caller}: {shown(folder.name)} in the history is a file, and snapshots are folders. Move it away."
                )
            recover(folder, caller=caller)
            yield moment, folder

    def _manifest(self, moment: str) -> Manifest:
        manifest = read_manifest(Path(self.folder) / folder_name(moment))
        assert manifest is not None
        return manifest

    def _check_fits(self, rows: Rows, moment: str, caller: str) -> None:
        """Raise if the ids or the moment are of another kind than those of the other snapshots."""
        kind = "text" if rows.collect_schema()["customer_id"] == nw.String else "integer"
        for other, folder in self._folders(caller):
            if other == moment:
                continue
            try:
                manifest = read_manifest(folder)
            except DamagedSnapshot:
                continue
            if manifest is None:
                continue
            if is_zoned(other) != is_zoned(moment):
                raise DataError(
                    f"{caller}: as_of must be given {'with' if is_zoned(other) else 'without'} a time zone, as the "
                    f"other snapshots of this history are (such as {other}), got {moment}."
                )
            if _id_kind(manifest) != kind:
                raise DataError(
                    f"{caller}: the customer ids must be {_ID_WORDS[_id_kind(manifest)]}, as in the snapshot as of "
                    f"{other}, got {_ID_WORDS[kind]}. Convert them, so that customers can be followed."
                )
            return


_ID_WORDS = {"text": "text", "integer": "whole numbers"}


def _id_kind(manifest: Manifest) -> str:
    return "text" if manifest.columns["customer_id"] == str(nw.String()) else "integer"


def _assignments_to_record(assignments: object, caller: str) -> Assignments:
    """The assignments, checked; those in Spark stay there."""
    if is_spark_frame(assignments):
        return read_assignments_in_spark(assignments, caller, "assignments")
    checked = read_assignments(assignments, caller, "assignments")
    return replace(checked, local=checked.local.sort("customer_id"))


def _writers(content: SnapshotContent, moment: str) -> dict[str, Any]:
    """What writes the two files of a snapshot, the manifest last."""

    def write_manifest(path: Path) -> None:
        part = path.with_name(PART)
        size, checksum = part.stat().st_size, file_checksum(part)
        Manifest(moment, content.n_rows, content.types, content.checksum, size, checksum).write(path)

    return {PART: content.write, MANIFEST: write_manifest}


def _checked(folder: Path, caller: str, moment: str, *, every_byte: bool = False) -> Manifest | None:
    """The manifest of the folder, compared with its files; None where there is none."""
    try:
        manifest = read_manifest(folder)
        if manifest is not None:
            _check(manifest, folder, moment, every_byte=every_byte)
    except DamagedSnapshot as error:
        raise _damaged(caller, moment, error) from None
    return manifest


def _check(manifest: Manifest, folder: Path, moment: str, *, every_byte: bool) -> None:
    if manifest.as_of != moment:
        raise DamagedSnapshot(f"its manifest is that of {shown(manifest.as_of)}")
    if every_byte:
        manifest.check_file(folder)
    else:
        manifest.check_size(folder)


def _check_alone(folder: Path, moment: str, caller: str) -> None:
    """Raise if a file would stay beside the snapshot that makes it unusable."""
    try:
        check_alone(folder)
    except DamagedSnapshot as error:
        raise _damaged(caller, moment, error) from None


def _damaged(caller: str, moment: str, error: DamagedSnapshot) -> DataError:
    return DataError(f"{caller}: the snapshot as of {moment} is damaged: {error}. {error.remedy}")


def _holds(folder: Path, content: str, moment: str, *, caller: str) -> bool:
    """Whether the snapshot has this content and is whole; DataError where it has other content, or may have."""
    try:
        manifest = read_manifest(folder)
    except DamagedSnapshot as error:
        rows = parquet_table(folder / PART)
        if rows is not None and "customer_id" in rows.columns and content_checksum(rows) == content:
            return False
        raise _damaged(caller, moment, error) from None
    if manifest is None:
        return False
    if manifest.content != content:
        raise DataError(
            f"{caller}: there is a snapshot as of {moment} with other content. "
            "Give replace=True to replace it, or another as_of."
        )
    try:
        _check(manifest, folder, moment, every_byte=True)
    except DamagedSnapshot:
        return False
    return True
