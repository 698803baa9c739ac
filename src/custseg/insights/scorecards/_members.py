"""Who was in which segment at which time: from the snapshots of a history, or from one result."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

import narwhals.stable.v2 as nw

from custseg._frames import frame_from_columns
from custseg.errors import DataError
from custseg.result import Segmentation
from custseg.snapshot import parse_moment

_NO_SEGMENT = -1


@runtime_checkable
class History(Protocol):
    """What is read of a `SegmentHistory`."""

    def moments(self, caller: str = ...) -> tuple[str, ...]:
        """The moments of all snapshots."""

    def rows_at(self, moment: str, caller: str) -> nw.DataFrame[Any]:
        """The rows of one snapshot."""


@dataclass(frozen=True)
class Group:
    """A segment, or the customers in none under one name (`segment` is None)."""

    segment: int | None
    name: str


@dataclass(frozen=True, eq=False)
class Stay:
    """The members of all groups from one moment to the next: `customer_id`, `segment` (-1 for none) and `name`."""

    start: datetime
    end: datetime
    members: nw.DataFrame[Any]


def stays(
    source: object, since: datetime, until: datetime, *, clock: Callable[[datetime], int], caller: str
) -> Iterator[Stay]:
    """The memberships in the period, the earliest first; `clock` makes moments comparable.

    A snapshot stands from its moment to that of the next one. Before the first snapshot nothing is known.
    """
    readings = _readings(source, caller)
    starts = [moment for moment, _ in readings]
    if not starts or clock(starts[0]) >= clock(until):
        when = f"the first are of {starts[0]:%Y-%m-%d}" if starts else "the history has no snapshots"
        raise DataError(
            f"{caller}: the segments did not exist in the period: {when}, and the period ends at {until:%Y-%m-%d}. "
            "Give a later until, or a SegmentHistory with snapshots before it. (To measure segments on a past period, "
            "fit them with as_of at its beginning.)"
        )
    for index, (start, read) in enumerate(readings):
        end = starts[index + 1] if index + 1 < len(starts) else until
        if clock(end) <= clock(since) or clock(start) >= clock(until):
            continue
        yield Stay(max(start, since, key=clock), min(end, until, key=clock), read())


def latest_members(source: object, as_of: datetime, *, clock: Callable[[datetime], int], caller: str) -> Stay:
    """The members of the last snapshot at or before a moment."""
    before = [(moment, read) for moment, read in _readings(source, caller) if clock(moment) <= clock(as_of)]
    if not before:
        raise DataError(
            f"{caller}: the segments did not exist at {as_of:%Y-%m-%d}. Give a later as_of, or a SegmentHistory with a "
            "snapshot before it."
        )
    moment, read = before[-1]
    return Stay(moment, as_of, read())


def _readings(source: object, caller: str) -> list[tuple[datetime, Callable[[], nw.DataFrame[Any]]]]:
    """The moments of all snapshots, and what reads their members."""
    if isinstance(source, Segmentation):
        return [_of_result(source, caller)]
    if isinstance(source, History):
        return [_of_snapshot(source, moment, caller) for moment in source.moments(caller)]
    raise TypeError(
        f"{caller}: the first argument must be the result of fit_segments or a SegmentHistory, "
        f"got {type(source).__name__}."
    )


def _of_result(result: Segmentation, caller: str) -> tuple[datetime, Callable[[], nw.DataFrame[Any]]]:
    if result.as_of is None:
        raise DataError(
            f"{caller}: the result is that of a ready table, and its moment is not known. Record its assignments in a "
            "SegmentHistory with the moment they are of, and give the history."
        )
    return result.as_of, lambda: _members(nw.from_native(result.assignments, eager_only=True))


def _of_snapshot(history: History, moment: str, caller: str) -> tuple[datetime, Callable[[], nw.DataFrame[Any]]]:
    return parse_moment(moment, caller), lambda: _members(history.rows_at(moment, caller))


def _members(rows: nw.DataFrame[Any]) -> nw.DataFrame[Any]:
    segments = rows.get_column("segment").cast(nw.Float64).fill_null(float("nan")).to_numpy()
    numbers = [_NO_SEGMENT if segment != segment else int(segment) for segment in segments.tolist()]
    ids = rows.get_column("customer_id").to_list()
    columns = {"customer_id": ids, "segment": numbers, "name": rows.get_column("name").to_list()}
    return nw.from_native(frame_from_columns(columns), eager_only=True)
