"""`SnapshotMembers`: the customers of one moment in the order of their ids, in memory or in a file, and their sums."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from custseg._frames import BATCH_ROWS, Rows, batches, batches_writer, count_lines, local_table, parquet_rows, slices
from custseg._numerics import Integers
from custseg.errors import DataError
from custseg.exports.bi._id_ranges import in_order_of_text
from custseg.tracking import (
    Assignments,
    check_repeated,
    read_assignments_in_spark,
    recorded_assignments,
    unclustered_group,
)

CALLER = "export_bi"
_FIGURES: Mapping[str, Any] = {"confidence": nw.Float64, "is_outlier": nw.Boolean}

Group = int | str
"""A segment by its number, or the customers in no segment by what they are called."""


class MemberSums:
    """By segment, how many customers there are, and the sums of what is recorded of their assignment.

    Values are added up one after the other in the order of the ids, so that batches give the same sums to the last bit.

    Attributes
    ----------
    sizes, n_confident, n_assessed : ndarray of int, shape (n_groups,)
        Customers, those with a confidence, and those who were compared with outliers.
    confidence, outliers : ndarray of float, shape (n_groups,)
        The sum of the confidence, and the number of outliers.
    """

    def __init__(self, n_groups: int) -> None:
        self.sizes, self.n_confident, self.n_assessed = (np.zeros(n_groups, dtype=np.int64) for _ in range(3))
        self.confidence, self.outliers = (np.zeros(n_groups) for _ in range(2))

    def add(self, members: nw.DataFrame[Any]) -> None:
        """Add customers: `group` (the position of their segment), `confidence` and `is_outlier`."""
        groups = members.get_column("group").to_numpy()
        self.sizes += np.bincount(groups, minlength=len(self.sizes))
        for name, counts, sums in (
            ("confidence", self.n_confident, self.confidence),
            ("is_outlier", self.n_assessed, self.outliers),
        ):
            values = members.get_column(name)
            counts += np.bincount(groups[~values.is_null().to_numpy()], minlength=len(counts))
            np.add.at(sums, groups, values.cast(nw.Float64).fill_null(0.0).to_numpy())


@dataclass(frozen=True)
class SnapshotMembers:
    """The customers of one moment.

    Attributes
    ----------
    rows : narwhals DataFrame, or LazyFrame on a Parquet file
        `customer_id` (text), sorted; `group` (int: the position of the segment in `names`), `confidence`,
        `is_outlier`.
    names : mapping of (int or str) to str
        The names of the segments that have customers: numbers first, in increasing order.
    sums : MemberSums
        Counts and sums by segment, in the order of `names`.
    """

    rows: Rows
    names: Mapping[Group, str]
    sums: MemberSums


def members_in_memory(assignments: Assignments) -> SnapshotMembers:
    """The customers of a local table of assignments."""
    names = _names(assignments.names, assignments.unclustered)
    rows = _grouped_rows(_plain(assignments.local).sort("customer_id"), tuple(names))
    sums = MemberSums(len(names))
    sums.add(rows)
    return SnapshotMembers(rows, names, sums)


def members_in_spark(table: Any, folder: Path) -> SnapshotMembers:
    """The customers of a Spark table of assignments: sorted there, and streamed into a Parquet file of the folder."""
    assignments = read_assignments_in_spark(table, CALLER, "source")
    rows = _plain(assignments.local).sort("customer_id")
    names = _names(assignments.names, assignments.unclustered)
    return _members_in_file(batches(rows), names, folder)


def members_of_stored(rows: nw.LazyFrame[Any], argument: str, folder: Path) -> SnapshotMembers:
    """The customers of a file of checked assignments, sorted by id; put into another one of the folder."""
    n_rows = count_lines(rows)
    pairs = [chunk.unique() for chunk in slices(rows.select("segment", "name"), n_rows, size=BATCH_ROWS)]
    assignments = recorded_assignments(nw.concat(pairs).unique(), CALLER, argument)
    chunks = (_plain(chunk) for chunk in in_order_of_text(rows, n_rows, size=BATCH_ROWS))
    return _members_in_file(chunks, _names(assignments.names, assignments.unclustered), folder)


def _members_in_file(chunks: Iterable[nw.DataFrame[Any]], names: Mapping[Group, str], folder: Path) -> SnapshotMembers:
    """The customers of batches that are sorted by id, written into a Parquet file of the folder.

    Raises
    ------
    DataError
        If ids are repeated or out of order, or a segment is none of `names`.
    """
    groups, sums = tuple(names), MemberSums(len(names))

    def grouped() -> Iterator[nw.DataFrame[Any]]:
        for chunk in _in_order(chunks):
            rows = _grouped_rows(chunk, groups)
            sums.add(rows)
            yield rows

    path = folder / "members.parquet"
    batches_writer(grouped, "parquet")(path)
    return SnapshotMembers(parquet_rows(path), names, sums)


def grouped_name(group: Group) -> Group:
    """Customers in no segment by a name that is the same in all languages; segments by their numbers."""
    return unclustered_group(group) if isinstance(group, str) else group


def _names(by_segment: Mapping[int, str], unclustered: Sequence[str]) -> dict[Group, str]:
    names: dict[Group, str] = dict(by_segment.items())
    return names | {grouped_name(name): name for name in unclustered}


def _plain(rows: Any) -> Any:
    """The columns of members beside the segment, ids as text; what was not recorded is missing."""
    columns = rows.collect_schema().names()
    figures = [
        nw.col(name).cast(dtype) if name in columns else nw.lit(None, dtype).alias(name)
        for name, dtype in _FIGURES.items()
    ]
    return rows.select(nw.col("customer_id").cast(nw.String), "segment", "name", *figures)


def _grouped_rows(rows: nw.DataFrame[Any], groups: Sequence[Group]) -> nw.DataFrame[Any]:
    """The rows with the position of their segment in `groups` instead of its number and name."""
    column = local_table({"group": _positions(rows, groups)}).get_column("group")
    return rows.with_columns(column).select("customer_id", "group", *_FIGURES)


def _positions(rows: nw.DataFrame[Any], groups: Sequence[Group]) -> Integers:
    """The position of the segment of each customer; the numbers among the groups come first, and ascend."""
    numbers = np.array([group for group in groups if isinstance(group, int)], dtype=np.int64)
    segment = rows.get_column("segment")
    is_outside, names = segment.is_null().to_numpy(), rows.get_column("name")
    plain = segment.fill_null(-1).to_numpy()
    positions = np.searchsorted(numbers, plain)
    inside = positions[~is_outside]
    is_changed = bool((inside == len(numbers)).any()) or bool((numbers[inside] != plain[~is_outside]).any())
    for name in names.filter(segment.is_null()).unique().to_list():
        is_changed = is_changed or grouped_name(name) not in groups
        if not is_changed:
            positions[is_outside & (names == name).to_numpy()] = groups.index(grouped_name(name))
    if is_changed:
        raise DataError(
            f"{CALLER}: the table had other segments in one pass than in a later one. Give one that does not change: "
            "write it, or persist it."
        )
    return positions


def _in_order(chunks: Iterable[nw.DataFrame[Any]]) -> Iterator[nw.DataFrame[Any]]:
    """The batches; DataError at the end where ids were repeated, and at once where they descend."""
    repeated, last = 0, None
    for chunk in chunks:
        ids = chunk.get_column("customer_id")
        before = ids.shift(1) if last is None else ids.shift(1).fill_null(last)
        repeated += int((ids == before).sum())
        if bool((ids < before).any()):
            raise DataError(f"{CALLER}: the customer ids are not in the order of text. In Spark, cast them to STRING.")
        last = ids[-1] if len(ids) else last
        yield chunk
    check_repeated(repeated, CALLER, "source")
