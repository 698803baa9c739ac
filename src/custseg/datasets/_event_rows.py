"""The vocabulary of the shop's events, and rows of an event log as columns of codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from custseg.datasets._calendar import AS_OF, Moments
from custseg.datasets._columns import Columns

EVENTS = (
    "sent", "delivered", "bounced", "opened", "clicked", "unsubscribed", "complained",
    "visited", "viewed", "carted", "checkout", "ordered", "ad_clicked", "redeemed",
)  # fmt: skip
EVENT_CHANNELS = ("web", "app", "email", "sms", "ads")
WINDOW = 365
"""Days of events before the snapshot."""

NOBODY = -1
"""Stands for a visitor who is not known."""


@dataclass(frozen=True)
class Campaign:
    """One mailing: when it goes out, and which share of those it may go to gets it."""

    name: str
    channel: Literal["email", "sms"]
    days_before: int
    """Days from the mailing to the snapshot."""
    reach: float


def _campaign(channel: Literal["email", "sms"], days_before: int, reach: float) -> Campaign:
    date = AS_OF.astype("datetime64[D]") - days_before
    sort = "newsletter" if channel == "email" and days_before % 3 else "sale"
    return Campaign(f"{sort}-{channel}-{date}", channel, days_before, reach)


_MAILINGS = [_campaign("email", days, 0.45) for days in range(352, 0, -22)]
_TEXTS = [_campaign("sms", days, 0.35) for days in (304, 215, 125, 36)]
CAMPAIGNS = tuple(sorted(_MAILINGS + _TEXTS, key=lambda campaign: -campaign.days_before))
"""In order of time."""

WELCOME = len(CAMPAIGNS)
CAMPAIGN_NAMES = (*(campaign.name for campaign in CAMPAIGNS), "welcome", None)
"""By campaign number; the last, -1, is no campaign."""


def rows(
    event: str,
    person: NDArray[Any],
    at: Moments,
    *,
    channel: NDArray[Any] | str,
    campaign: NDArray[Any] | int = -1,
    cents: NDArray[Any] | int = -1,
    machine: bool = False,
) -> Columns:
    """Rows of one event: person (row of the people), moment, codes; -1 is no campaign, no value."""
    size = len(person)
    code = EVENT_CHANNELS.index(channel) if isinstance(channel, str) else channel
    return {
        "person": person,
        "at": at,
        "event": np.full(size, EVENTS.index(event), dtype=np.int8),
        "channel": np.full(size, code, dtype=np.int8),
        "campaign": np.full(size, campaign, dtype=np.int8),
        "cents": np.full(size, cents, dtype=np.int64),
        "machine": np.full(size, machine),
    }


def later(rng: np.random.Generator, at: Moments, seconds: tuple[int, int]) -> Moments:
    """Each moment plus some seconds, from the first figure to the second."""
    moments: Moments = at + rng.integers(seconds[0], seconds[1] + 1, len(at)).astype("timedelta64[s]")
    return moments


def hours_later(rng: np.random.Generator, at: Moments, median: float) -> Moments:
    """Each moment plus a log-normal number of hours, ten days at most."""
    hours = np.minimum(median * np.exp(rng.normal(0, 1.3, len(at))), 240)
    moments: Moments = at + (3600 * hours).astype("timedelta64[s]")
    return moments
