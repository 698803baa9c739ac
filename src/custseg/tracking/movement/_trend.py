"""`trend`: how large each segment was in every snapshot of a history, and what it brought."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import Any

from custseg._checks import check_choice
from custseg._display import Columnar
from custseg._frames import collect, open_table
from custseg._privacy import shown_sizes
from custseg.errors import DataError
from custseg.snapshot import moment_text, parse_moment
from custseg.texts import LANGUAGES, listed
from custseg.tracking._assignments import recorded_assignments
from custseg.tracking._history import SegmentHistory
from custseg.tracking.movement._compared import ComparedSnapshots
from custseg.tracking.movement._movement import TrackedSegment

_CALLER = "trend"
_COLUMNS = ("as_of", "segment", "revenue")


@dataclass(frozen=True)
class Trend(Columnar):
    """The sizes of the segments in every snapshot, as they may be shown.

    Attributes
    ----------
    moments : tuple of datetime
        The snapshots, the earliest first.
    segments : tuple of TrackedSegment
        By number; customers in no segment last. Names are the latest ones.
    sizes : tuple of tuple of (int or None)
        For each segment its customers in every snapshot; None for 1 to 9, and where a size would give these away.
    revenues : tuple of tuple of (float or None), or None
        For each segment its revenue in every snapshot, None where it was not given or the size is hidden; None
        without a table of revenue.
    language : {"en", "ru"}
        Language of pictures of it.
    """

    moments: tuple[datetime, ...]
    segments: tuple[TrackedSegment, ...]
    sizes: tuple[tuple[int | None, ...], ...]
    revenues: tuple[tuple[float | None, ...], ...] | None = None
    language: str = "en"

    def columns(self) -> dict[str, list[Any]]:
        """One row per snapshot and segment as columns, for any frame constructor.

        `as_of`, `segment` (None for customers in no segment), `name`, `customers` (None where hidden) and `revenue`
        (None without any).
        """
        pairs = [(moment, segment) for moment in range(len(self.moments)) for segment in range(len(self.segments))]
        revenues = self.revenues or tuple((None,) * len(self.moments) for _ in self.segments)
        return {
            "as_of": [self.moments[moment] for moment, _ in pairs],
            "segment": [self.segments[segment].segment for _, segment in pairs],
            "name": [self.segments[segment].name for _, segment in pairs],
            "customers": [self.sizes[segment][moment] for moment, segment in pairs],
            "revenue": [revenues[segment][moment] for moment, segment in pairs],
        }


def trend(history: SegmentHistory, *, revenue: object = None, language: str = "en") -> Trend:
    """How large each segment was in every snapshot of a history, and what it brought.

    Parameters
    ----------
    history : SegmentHistory
        With one snapshot or more.
    revenue : table or path, optional
        One row per snapshot and segment: `as_of` (a date, datetime or text), `segment` (its number) and `revenue`, such
        as that of the month before the snapshot. A history records no revenue.
    language : {"en", "ru"}, default "en"
        Language of pictures of the result.

    Returns
    -------
    Trend

    Raises
    ------
    DataError
        If the history has no snapshot or a damaged one, or the table lacks a column, repeats a row, or has a snapshot
        or segment that the history has not.
    TypeError, ValueError
        If an argument is of the wrong type or value.

    Examples
    --------
    >>> import polars as pl
    >>> from custseg.tracking import SegmentHistory, trend
    >>> june = pl.DataFrame({"customer_id": range(60), "segment": [0, 1, 1] * 20, "name": ["Loyal", "New", "New"] * 20})
    >>> history = SegmentHistory("history")
    >>> history.record(june, "2024-06-01")
    True
    >>> history.record(june.with_columns(segment=0, name=pl.lit("Loyal")), "2024-07-01")
    True
    >>> [(segment.name, sizes) for segment, sizes in zip(trend(history).segments, trend(history).sizes)]
    [('Loyal', (20, 60)), ('New', (40, 0))]
    """
    if not isinstance(history, SegmentHistory):
        raise TypeError(
            f"{_CALLER}: history must be a SegmentHistory, got {type(history).__name__}. Give SegmentHistory(folder)."
        )
    check_choice(_CALLER, "language", language, allowed=LANGUAGES)
    moments = history.moments(_CALLER)
    if not moments:
        raise DataError(f"{_CALLER}: the history has no snapshots yet. Record one with history.record(assignments).")
    counts, names = _counted(history, moments)
    order = sorted(names, key=lambda key: (key < 0, names[key] if key < 0 else "", key))
    # Of one moment all sizes together, since their total is known.
    by_moment = [shown_sizes([counts[moment][key] for key in order]) for moment in moments]
    sizes = tuple(tuple(row[index] for row in by_moment) for index in range(len(order)))
    segments = tuple(TrackedSegment(None if key < 0 else key, names[key], key) for key in order)
    revenues = None
    if revenue is not None:
        amounts = _amounts(revenue, moments, names)
        revenues = tuple(
            tuple(
                None if size is None else amounts.get((moment, key))
                for moment, size in zip(moments, sizes[index], strict=True)
            )
            for index, key in enumerate(order)
        )
    return Trend(tuple(parse_moment(moment, _CALLER) for moment in moments), segments, sizes, revenues, language)


def _counted(history: SegmentHistory, moments: tuple[str, ...]) -> tuple[dict[str, Counter[int]], dict[int, str]]:
    """The customers of each key by moment, and the names of the keys; the latest snapshot decides."""
    snapshots: ComparedSnapshots | None = None
    counts: dict[str, Counter[int]] = {}
    for moment in reversed(moments):
        rows = recorded_assignments(history.rows_at(moment, _CALLER), _CALLER, f"the snapshot as of {moment}")
        snapshots = snapshots or ComparedSnapshots(rows, rows)
        counts[moment] = Counter(snapshots.with_keys(rows).get_column("key").to_list())
    assert snapshots is not None
    return counts, snapshots.names


def _amounts(table: object, moments: tuple[str, ...], names: Mapping[int, str]) -> dict[tuple[str, int], float]:
    """Revenue by moment and segment."""
    dialect = open_table(table, _CALLER, in_memory=True).dialect
    if lacking := [name for name in _COLUMNS if name not in dialect.columns]:
        raise DataError(
            f"{_CALLER}: revenue lacks {listed(lacking)}; it must have the columns {listed(_COLUMNS)}, one row per "
            f"snapshot and segment. Its columns are {listed(dialect.columns)}."
        )
    local = collect(dialect.select(dict(dialect.plain_columns(list(_COLUMNS)))))
    amounts: dict[tuple[str, int], float] = {}
    for as_of, segment, amount in local.select(*_COLUMNS).iter_rows():
        moment = moment_text(as_of, _CALLER)
        if moment not in moments or segment not in names:
            raise DataError(
                f"{_CALLER}: revenue has a row as of {moment} for segment {segment!r}, which the history has not. "
                f"Its latest snapshots are {listed(moments[-5:])}, its segments "
                f"{listed(sorted(key for key in names if key >= 0))}."
            )
        if (moment, int(segment)) in amounts:
            raise DataError(f"{_CALLER}: revenue has two rows as of {moment} for segment {segment}. Sum them.")
        if isinstance(amount, bool) or not isinstance(amount, (int, float)) or not isfinite(amount):
            raise DataError(
                f"{_CALLER}: revenue as of {moment} of segment {segment} must be a number. Leave out the row."
            )
        amounts[moment, int(segment)] = float(amount)
    return amounts
