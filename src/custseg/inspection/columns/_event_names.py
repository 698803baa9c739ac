"""The canonical names of the events in a log."""

from __future__ import annotations

from collections.abc import Iterable

from custseg.inspection.columns._words import catalog
from custseg.logs import EVENT_NAMES


def event_names(values: Iterable[str]) -> dict[str, str]:
    """The log's names of events to canonical ones, for those that are told by their words."""
    stems, excluded = catalog()["events"], catalog()["not_events"]["words"]
    found = {}
    for name in sorted(set(values) - set(EVENT_NAMES)):
        word = name.lower()
        if any(part in word for part in excluded):
            continue
        event = next((event for event, parts in stems.items() if any(part in word for part in parts)), None)
        if event is not None:
            found[name] = event
    return found
