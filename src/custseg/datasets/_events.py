"""The event log of the seeded shop: mailings and visits, in order of time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from custseg.datasets._calendar import AS_OF
from custseg.datasets._columns import Columns, blanked, sampled, stacked, taken, words
from custseg.datasets._event_rows import CAMPAIGN_NAMES, EVENT_CHANNELS, EVENTS
from custseg.datasets._mails import draw_mails
from custseg.datasets._visits import draw_visits


def draw_events(rng: np.random.Generator, people: Columns, lines: Columns) -> tuple[Columns, NDArray[np.bool_]]:
    """Every event before the snapshot, and which people have unsubscribed from mail."""
    mails, left = draw_mails(rng, people)
    log = stacked(mails, draw_visits(rng, people, lines))
    log = stacked(log, sampled(rng, log, 0.001))
    log = taken(log, log["at"] < AS_OF)
    # A stable sort: events at one moment keep the order in which they follow from each other.
    return taken(log, np.argsort(log["at"], kind="stable")), left


def event_table(people: Columns, log: Columns) -> Columns:
    """The events as a shop's export shows them; nobody (-1) has the last, empty name."""
    return {
        "customer_id": np.append(people["id"], [None])[log["person"]],
        "occurred_at": log["at"],
        "event": words(log["event"], EVENTS),
        "channel": words(log["channel"], EVENT_CHANNELS),
        "campaign": words(log["campaign"], CAMPAIGN_NAMES),
        "value": blanked(log["cents"] / 100, log["cents"] < 0),
        "machine": log["machine"],
    }
