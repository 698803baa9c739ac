"""Joins two snapshots by customer: the segments of every customer of either, in arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from custseg._numerics import Integers
from custseg.errors import DataError
from custseg.texts import listed
from custseg.tracking._assignments import Assignments, check_repeated
from custseg.tracking.movement._compared import CALLER, ComparedSnapshots, Reader
from custseg.tracking.movement._settled import ABSENT, State


@dataclass(frozen=True, eq=False)
class JoinedCustomers:
    """The customers of two snapshots: those of the later one in its order, then those that are gone.

    Attributes
    ----------
    ids : narwhals DataFrame
        `customer_id`, and `value` if there is a column of values.
    before, after : tuple of (ndarray of int, ndarray of float or None)
        The keys of the segments, `ABSENT` where a customer is not in the snapshot, and the confidence.
    """

    ids: nw.DataFrame[Any]
    before: State
    after: State


def joined_customers(snapshots: ComparedSnapshots, column: str | None) -> JoinedCustomers:
    """The customers of the two snapshots; `column` is that of the values, of the later snapshot where it can be.

    Only ids and row numbers are joined; all else is put into its place by row number, and so the order of the rows
    is that of the tables. An id that is repeated shows in the pairs, or is looked for among those without a partner.
    """
    later, former = _of_one_type(
        _columns(snapshots, snapshots.after, column), _columns(snapshots, snapshots.before, column)
    )
    rows, partners = _pairs(later, former)
    check_repeated(_repeats(partners, len(former)), CALLER, "after")
    check_repeated(_repeats(rows, len(later)), CALLER, "before")
    is_new, is_gone = np.ones(len(later), dtype=bool), np.ones(len(former), dtype=bool)
    is_new[rows], is_gone[partners] = False, False
    new, gone = later[np.flatnonzero(is_new)], former[np.flatnonzero(is_gone)]
    for frame, argument in ((new, "after"), (gone, "before")):
        check_repeated(len(frame) - frame.get_column("customer_id").n_unique(), CALLER, argument)
    names = ["customer_id", *(["value"] if column is not None else [])]
    ids = nw.concat([later.select(names), gone.select(names)])
    every_row = np.arange(len(later))
    positions = np.concatenate([rows, np.arange(len(later), len(ids))])
    sources = np.concatenate([partners, np.flatnonzero(is_gone)])
    return JoinedCustomers(
        ids,
        before=_placed(_state(former), sources, positions, size=len(ids)),
        after=_placed(_state(later), every_row, every_row, size=len(ids)),
    )


def state_of(rows: Integers, *, read: Reader, snapshots: ComparedSnapshots, ids: nw.DataFrame[Any]) -> State:
    """The state of some of the customers at a snapshot, which is read now."""
    chosen = ids.select("customer_id")[rows]
    chosen, earlier = _of_one_type(chosen, _columns(snapshots, read(), None))
    positions, sources = _pairs(chosen, earlier)
    return _placed(_state(earlier), sources, positions, size=len(rows))


def _columns(snapshots: ComparedSnapshots, assignments: Assignments, column: str | None) -> nw.DataFrame[Any]:
    """Ids and keys, confidence where there is one, and the values."""
    keyed = snapshots.with_keys(assignments)
    names = [name for name in ("customer_id", "key", "confidence") if name in keyed.columns]
    columns = [keyed.get_column(name) for name in names]
    if column is not None:
        columns.append(keyed.get_column(column).alias("value"))
    selected: nw.DataFrame[Any] = keyed.select(columns)
    return selected


def _state(frame: nw.DataFrame[Any]) -> State:
    """The keys, and the confidence where there is one."""
    confidence = None
    if "confidence" in frame.columns:
        confidence = frame.get_column("confidence").fill_null(float("nan")).to_numpy()
    return frame.get_column("key").to_numpy(), confidence


def _placed(state: State, sources: Integers, positions: Integers, *, size: int) -> State:
    """The state of the rows at their positions among so many customers; others are absent."""
    keys = np.full(size, ABSENT)
    keys[positions] = state[0][sources]
    if state[1] is None:
        return keys, None
    confidence = np.full(size, np.nan)
    confidence[positions] = state[1][sources]
    return keys, confidence


def _pairs(first: nw.DataFrame[Any], second: nw.DataFrame[Any]) -> tuple[Integers, Integers]:
    """The row numbers of equal ids in two frames."""
    numbered = [
        frame.select("customer_id").with_row_index(name) for frame, name in ((first, "first"), (second, "second"))
    ]
    pairs = numbered[0].join(numbered[1], on="customer_id", how="inner")
    return pairs.get_column("first").to_numpy().astype(np.int64), pairs.get_column("second").to_numpy().astype(np.int64)


def _repeats(numbers: Integers, size: int) -> int:
    """How many rows have been paired before."""
    return len(numbers) - int(np.count_nonzero(np.bincount(numbers, minlength=size)))


def _of_one_type(*frames: nw.DataFrame[Any]) -> list[nw.DataFrame[Any]]:
    """The frames with ids of one type; no engine compares whole numbers of 64 bits with and without a sign exactly."""
    types = [frame.schema["customer_id"] for frame in frames]
    if len({dtype == nw.String for dtype in types}) > 1:
        raise DataError(
            f"{CALLER}: the customer ids must be of one type, but they are {listed(dict.fromkeys(map(str, types)))}. "
            "Convert the column."
        )
    if len(set(types)) == 1:
        return list(frames)
    return [frame.with_columns(nw.col("customer_id").cast(nw.Int128)) for frame in frames]
