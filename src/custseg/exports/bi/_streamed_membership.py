"""`StreamedMembership`: the rows of `fact_membership` in files, for customers that memory does not hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import chain, count
from pathlib import Path
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from custseg._frames import BATCH_ROWS, batches_writer, count_lines, parquet_rows, slices
from custseg.errors import DataError
from custseg.exports.bi._id_ranges import in_ranges_of_ids
from custseg.exports.bi._membership import MEMBER_COLUMNS, dated, same_rows, with_segment_keys
from custseg.exports.bi._same_to_power_bi import count_colliding
from custseg.exports.bi._snapshot import BISnapshot
from custseg.exports.bi._star_schema import MEMBERSHIP, not_appendable

_MERGED_ROWS = 2**16
"""Rows of each snapshot that memory holds where all are read side by side."""
_READ_ROWS = 2**20
"""Rows of which three columns are read at a time."""
_KEYS = ("customer_id", "customer_key")


@dataclass(frozen=True)
class _Stored:
    """The rows of a snapshot in a file: those from `start` on."""

    file: nw.LazyFrame[Any]
    start: int
    n_rows: int
    segment_keys: frozenset[int]

    def chunks(self, columns: Sequence[str], size: int) -> Iterator[nw.DataFrame[Any]]:
        return slices(self.file.select(*columns), self.n_rows, start=self.start, size=size)


class StreamedMembership:
    """The customers in Parquet files: those of an earlier export, and sorted ones in a folder for intermediate files.

    Memory holds `_MERGED_ROWS` rows of each snapshot at a time. All rows are read side by side in the order of the ids,
    so that a customer keeps the key of earlier snapshots. The tables are those of `LocalMembership`.
    """

    def __init__(self, folder: Path, earlier: nw.LazyFrame[Any] | None, *, appended_to: Path, caller: str) -> None:
        self._folder = folder
        self._names = (f"keyed-{number}.parquet" for number in count())
        self._appended_to, self._caller = appended_to, caller
        self._stored: dict[str, _Stored] = {}
        self._replaced: list[_Stored] = []
        self._last_key = 0
        if earlier is not None:
            self._look_through(earlier)

    @property
    def moments(self) -> list[str]:
        return sorted(self._stored)

    def segment_keys(self, moment: str) -> list[int]:
        return sorted(self._stored[moment].segment_keys)

    def add(self, snapshot: BISnapshot, segment_keys: Sequence[int]) -> bool:
        before = self._stored.get(snapshot.moment)
        comparison = _Comparison(is_same=before is not None)
        path = self._folder / next(self._names)
        batches_writer(partial(self._keyed, snapshot, segment_keys, comparison), "parquet")(path)
        if before is not None:
            # Customers whom it alone had keep their keys in the snapshots that are still to be added.
            self._replaced.append(before)
        self._stored[snapshot.moment] = _Stored(
            parquet_rows(path), 0, comparison.n_rows, frozenset(comparison.segment_keys)
        )
        return comparison.is_same

    def writer(self, days: Mapping[str, date], form: str) -> Callable[[Path], object]:
        def rows() -> Iterator[nw.DataFrame[Any]]:
            for moment, day in days.items():
                for chunk in self._stored[moment].chunks(MEMBER_COLUMNS, BATCH_ROWS):
                    yield dated(chunk, moment, day)

        return batches_writer(rows, form)

    def n_colliding(self) -> int:
        tables = [self._in_order(stored, ("customer_id",)) for stored in self._stored.values()]
        ids = (
            set(chain.from_iterable(chunk.get_column("customer_id").to_list() for chunk in chunks if chunk is not None))
            for chunks in in_ranges_of_ids(tables)
        )
        return count_colliding(ids, self._folder)

    def _look_through(self, earlier: nw.LazyFrame[Any]) -> None:
        """The snapshots of the file, which stand one after the other in the order of time, and the last key."""
        rows = earlier.select("snapshot", "segment_key", "customer_key")
        counts: dict[str, int] = {}
        segment_keys: dict[str, set[int]] = {}
        for chunk in slices(rows, count_lines(rows), size=_READ_ROWS):
            if not chunk.get_column("snapshot").is_sorted() or chunk.get_column("snapshot")[0] < max(
                counts, default=""
            ):
                raise self._out_of_order()
            self._last_key = max(self._last_key, int(chunk.get_column("customer_key").max()))
            groups = chunk.group_by("snapshot", "segment_key").agg(nw.len().alias("rows"))
            for moment, segment_key, n_rows in groups.iter_rows():
                counts[moment] = counts.get(moment, 0) + n_rows
                segment_keys.setdefault(moment, set()).add(segment_key)
        start = 0
        for moment in sorted(counts):
            self._stored[moment] = _Stored(earlier, start, counts[moment], frozenset(segment_keys[moment]))
            start += counts[moment]

    def _out_of_order(self) -> DataError:
        reason = f"the rows of '{MEMBERSHIP}.parquet' are not in the order in which they were written"
        return not_appendable(self._caller, self._appended_to, reason)

    def _in_order(self, stored: _Stored, columns: Sequence[str]) -> Iterator[nw.DataFrame[Any]]:
        """Batches of the rows; DataError unless their ids increase."""
        last = None
        for chunk in stored.chunks(columns, _MERGED_ROWS):
            ids = chunk.get_column("customer_id")
            if not bool((ids > ids.shift(1)).all()) or (last is not None and ids[0] <= last):
                raise self._out_of_order()
            last = ids[-1]
            yield chunk

    def _keyed(
        self, snapshot: BISnapshot, segment_keys: Sequence[int], comparison: _Comparison
    ) -> Iterator[nw.DataFrame[Any]]:
        """The customers of a snapshot with the keys of segments and customers, some at a time."""
        members = snapshot.members.lazy()
        tables = [
            self._in_order(stored, MEMBER_COLUMNS if moment == snapshot.moment else _KEYS)
            for moment, stored in self._stored.items()
        ]
        tables += [self._in_order(stored, _KEYS) for stored in self._replaced]
        tables.append(slices(members, count_lines(members), size=_MERGED_ROWS))
        for *earlier, added in in_ranges_of_ids(tables):
            before = earlier[list(self._stored).index(snapshot.moment)] if snapshot.moment in self._stored else None
            if added is None:
                comparison.is_same = comparison.is_same and before is None
                continue
            keys = [chunk.select(*_KEYS) for chunk in earlier if chunk is not None]
            keyed = self._with_customer_keys(with_segment_keys(added, segment_keys), keys).select(*MEMBER_COLUMNS)
            comparison.add(keyed, before)
            yield keyed

    def _with_customer_keys(self, added: nw.DataFrame[Any], keys: Sequence[nw.DataFrame[Any]]) -> nw.DataFrame[Any]:
        """The rows with the keys that customers have, and the next ones of others in the order of the ids."""
        if keys:
            rows = added.join(nw.concat(keys).unique(), on="customer_id", how="left").sort("customer_id")
        else:
            rows = added.with_columns(nw.lit(None, nw.Int64).alias("customer_key"))
        column = rows.get_column("customer_key")
        is_new, numbers = column.is_null().to_numpy(), column.fill_null(0).to_numpy().copy()
        n_new = int(is_new.sum())
        numbers[is_new] = np.arange(self._last_key + 1, self._last_key + 1 + n_new)
        self._last_key += n_new
        return rows.with_columns(nw.new_series("customer_key", numbers, nw.Int64, backend="polars"))


@dataclass
class _Comparison:
    """The customers of a snapshot, batch by batch, beside those that the folder has at the same moment."""

    is_same: bool
    n_rows: int = 0
    segment_keys: set[int] = field(default_factory=set)

    def add(self, keyed: nw.DataFrame[Any], before: nw.DataFrame[Any] | None) -> None:
        """Add the rows of a range of ids, and those that the folder has in it at the same moment."""
        self.n_rows += len(keyed)
        self.segment_keys |= set(keyed.get_column("segment_key").unique().to_list())
        self.is_same = self.is_same and before is not None and same_rows(before, keyed)
