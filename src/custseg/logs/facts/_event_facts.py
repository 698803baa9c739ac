"""Counts from one pass over an event log, and errors for unusable values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw

from custseg._frames import collect_together
from custseg.errors import DataError
from custseg.logs._events import EVENT_NAMES, Events
from custseg.logs.facts._log_facts import (
    LogFacts,
    common_marks,
    raise_on_doubtful_marks,
    raise_on_flags,
    raise_on_no_rows,
)
from custseg.snapshot import Snapshot
from custseg.texts import listed

_SHOWN_NAMES = 20
_LONGEST_NAME = 40
_TOTALS = (
    "rows", "rows_after", "without_date", "unusable_dates", "without_customer", "unusable_flags", "without_event",
    "machine_lines",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class EventFacts(LogFacts):
    """Counts over an event log at one snapshot, besides those of `LogFacts`.

    Attributes
    ----------
    without_event, unknown_events : int
        Lines before the snapshot without a name of the event, and with one that is not known.
    machine_lines : int
        Lines before the snapshot marked as made by a machine.
    counts : mapping of str to int
        Lines before the snapshot per canonical event, also 0.
    mail_counts : mapping of str to int
        The same for mails alone, see `Events`.
    timed_mails : mapping of str to int
        Mails alone whose moment is not a midnight; 0 for events that are known by the day alone.
    unknown_names : mapping of str to int
        Lines per unknown name, the 20 most frequent.
    """

    without_event: int
    unknown_events: int
    machine_lines: int
    counts: Mapping[str, int]
    mail_counts: Mapping[str, int]
    timed_mails: Mapping[str, int]
    unknown_names: Mapping[str, int]


def usable_event_facts(events: Events, snapshot: Snapshot, facts: EventFacts, *, caller: str) -> EventFacts:
    """The same counts; raises if values cannot be used."""
    raise_on_no_rows(events.dates, facts, snapshot, log="event", caller=caller)
    if not any(facts.counts.values()):
        _raise_on_names(events, facts, caller)
    if events.value is not None:
        raise_on_doubtful_marks(events.source_table.dialect, [events.value], caller)
    raise_on_flags(events.source_table.dialect, str(events.machine), facts.unusable_flags, caller=caller)
    return facts


def gather_event_facts(events: Events, snapshot: Snapshot) -> EventFacts:
    """Count the lines of the log without raising: one indicator column per count, summed per event."""
    col, lines = nw.col, events.lines()
    before = col("moment") < snapshot.moment
    machine = nw.lit(value=False) if events.machine is None else col("machine")
    marks = {
        **common_marks(before, machine),
        "without_event": before & col("name").is_null(),
        "machine_lines": before & machine,
        "mails": before & col("mail"),
        "timed_mails": before & col("mail") & col("timed"),
    }
    counted = lines.select(
        "event",
        *(nw.when(mark).then(nw.lit(1)).alias(name) for name, mark in marks.items()),
        nw.when(before).then(col("day")).alias("day"),
    )
    per_event = counted.group_by("event").agg(
        *(col(name).count() for name in marks),
        col("day").min().alias("first_day"),
        col("day").max().alias("last_day"),
    )
    unknown = lines.filter(before, col("event").is_null(), ~col("name").is_null())
    names = unknown.group_by("name").agg(nw.len().alias("lines"))
    names = names.sort("lines", "name", descending=[True, False]).head(_SHOWN_NAMES)
    rows, top = (frame.rows(named=True) for frame in collect_together(per_event, names))
    return _facts(rows, {row["name"]: int(row["lines"]) for row in top})


def _facts(rows: list[dict[str, Any]], unknown_names: Mapping[str, int]) -> EventFacts:
    """The facts from counts per event; unknown names have no canonical event."""

    def per_event(mark: str) -> dict[str, int]:
        counts = {row["event"]: int(row[mark]) for row in rows}
        return {name: counts.get(name, 0) for name in EVENT_NAMES}

    totals = {mark: sum(int(row[mark]) for row in rows) for mark in _TOTALS}
    unnamed = sum(int(row["rows"]) for row in rows if row["event"] is None)
    days = [day for row in rows for day in (row["first_day"], row["last_day"]) if day is not None]
    return EventFacts(
        **totals,
        unknown_events=unnamed - totals["without_event"],
        counts=per_event("rows"),
        mail_counts=per_event("mails"),
        timed_mails=per_event("timed_mails"),
        unknown_names=unknown_names,
        first_day=min(days, default=None),
        last_day=max(days, default=None),
    )


def _raise_on_names(events: Events, facts: EventFacts, caller: str) -> None:
    if not facts.unknown_names:
        raise DataError(
            f"{caller}: column {events.event!r} names no event in any line before as_of. "
            f"Pass event='...'; columns are {listed(events.source_table.dialect.columns)}."
        )
    names = [name[:_LONGEST_NAME] for name in facts.unknown_names]
    raise DataError(
        f"{caller}: the event log has no known event before as_of; column {events.event!r} has "
        f"{listed(names)}. Known events are {listed(EVENT_NAMES)}: "
        f"pass names={{{names[0]!r}: 'visited', ...}}."
    )
