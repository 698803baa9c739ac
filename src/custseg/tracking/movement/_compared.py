"""The snapshots that are compared, from tables or from a history, and the keys of their segments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import narwhals.stable.v2 as nw

from custseg.errors import DataError
from custseg.profiling import UNCLUSTERED
from custseg.snapshot import moment_text
from custseg.texts import listed
from custseg.tracking._assignments import Assignments, read_assignments, recorded_assignments
from custseg.tracking._history import SegmentHistory
from custseg.tracking._snapshot_moments import is_zoned

CALLER = "transitions"

Reader = Callable[[], Assignments]
"""Reads a snapshot when it is needed."""


@dataclass
class ComparedSnapshots:
    """The snapshots from the latest back, and the keys of their segments.

    Attributes
    ----------
    after, before : Assignments
        The two that are compared.
    between, earlier : sequence of callable
        The snapshots between them and before them, the latest first; read when they are called.
    as_of, since : str or None
        The moments.
    names : dict of int to str
        The name of each key; the latest snapshot decides.
    """

    after: Assignments
    before: Assignments
    between: Sequence[Reader] = ()
    earlier: Sequence[Reader] = ()
    as_of: str | None = None
    since: str | None = None
    names: dict[int, str] = field(default_factory=dict)

    @property
    def ends(self) -> tuple[Assignments, Assignments]:
        """The two snapshots that are compared."""
        return self.before, self.after

    def with_keys(self, assignments: Assignments) -> Any:
        """`customer_id` and the `key` of the segment; groups of customers in none have keys below 0."""
        for segment, name in assignments.names.items():
            self.names.setdefault(segment, name)
        key: Any = nw.col("segment")
        for name in assignments.unclustered:
            group = unclustered_group(name)
            numbers = (key for key, other in self.names.items() if key < 0 and unclustered_group(other) == group)
            number = next(numbers, None)
            if number is None:
                number = min((*self.names, 0)) - 1
                self.names[number] = name
            is_group = nw.col("segment").is_null() & (nw.col("name") == name)
            key = nw.when(is_group).then(nw.lit(number)).otherwise(key)
        return assignments.local.with_columns(key.cast(nw.Int64).alias("key"))


def unclustered_group(name: str) -> str:
    """What identifies a group of customers in no segment: its name, whatever the language of the model was."""
    return next((key for key, names in UNCLUSTERED.items() if name in names.values()), name)


def snapshots_of_tables(
    before: object, after: object, earlier: Sequence[object], *, since: object, as_of: object, column: str | None
) -> ComparedSnapshots:
    """The snapshots of two tables, and of the tables before them, the earliest first."""
    if isinstance(earlier, (str, bytes)) or not isinstance(earlier, Sequence):
        raise TypeError(
            f"{CALLER}: earlier must be a list of tables, the earliest first, got {type(earlier).__name__}."
        )
    numbers = () if column is None else (column,)
    first = read_assignments(before, CALLER, "before", numbers=numbers, distinct=False)
    last = read_assignments(after, CALLER, "after", numbers=numbers, distinct=False)
    moments = checked_moments(since, as_of)
    lookups = [partial(read_assignments, table, CALLER, f"earlier[{i}]") for i, table in enumerate(earlier)]
    return ComparedSnapshots(last, first, (), lookups[::-1], as_of=moments[1], since=moments[0])


def snapshots_of_history(history: SegmentHistory, after: object, *, since: object) -> ComparedSnapshots:
    """The snapshots of a history up to a moment."""
    moments = history.moments(CALLER)
    as_of = moment_text(after, CALLER)
    first = None if since is None else moment_text(since, CALLER)
    _check_order(first, as_of)
    index = _position(moments, as_of, "after")
    if first is None and index == 0:
        raise DataError(f"{CALLER}: the history has no snapshot before {as_of} to compare with. Record an earlier one.")
    start = index - 1 if first is None else _position(moments, first, "since")

    def read(moment: str) -> Assignments:
        return recorded_assignments(history.rows_at(moment, CALLER), CALLER, f"the snapshot as of {moment}")

    return ComparedSnapshots(
        read(as_of),
        read(moments[start]),
        [partial(read, moment) for moment in moments[start + 1 : index][::-1]],
        [partial(read, moment) for moment in moments[:start][::-1]],
        as_of=as_of,
        since=moments[start],
    )


def checked_moments(since: object, as_of: object) -> tuple[str | None, str | None]:
    """The moments of the earlier and the later snapshot as text, in this order of time; None where not given."""
    first, last = (None if moment is None else moment_text(moment, CALLER) for moment in (since, as_of))
    _check_order(first, last)
    return first, last


def _position(moments: Sequence[str], moment: str, argument: str) -> int:
    if moment not in moments:
        available = f"the latest are {listed(moments[-5:])}" if moments else "it has no snapshots yet"
        raise DataError(
            f"{CALLER}: the history has no snapshot as of {moment} ({argument}=); {available}. "
            "Give the moment of a snapshot."
        )
    return moments.index(moment)


def _check_order(since: str | None, as_of: str | None) -> None:
    if since is None or as_of is None:
        return
    if is_zoned(since) != is_zoned(as_of):
        raise ValueError(f"{CALLER}: give both moments with a time zone or both without, got {since} and {as_of}.")
    if since >= as_of:
        raise ValueError(f"{CALLER}: since must be before the later moment, {as_of}, got {since}.")
