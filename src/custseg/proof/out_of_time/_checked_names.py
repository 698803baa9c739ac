"""What happened in each segment, and whether its name was right."""

from __future__ import annotations

import numpy as np

from custseg._numerics import Floats, Integers, mean_interval, wilson_interval
from custseg._privacy import SMALLEST_GROUP, has_small_cell, is_small, share_words
from custseg.profiling import Profiles
from custseg.proof.out_of_time._proof import SegmentOutcome, largest_first

_PROMISES = {
    "champions": "above",
    "loyal": "above",
    "at_risk": "below",
    "cant_lose": "below",
    "about_to_sleep": "below",
    "hibernating": "below",
    "lost": "below",
    "one_time": "below",
}
"""What names of archetypes say about the customers' next period, beside all customers."""
OUTCOMES_OF_NAMES = ("revenue", "orders", "order_days", "ordered", "active")
"""Outcomes that these promises are about."""


def segment_outcomes(
    profiles: Profiles, labels: Integers, outcome: Floats, *, name: str, is_yes_no: bool, seed: int, language: str
) -> tuple[SegmentOutcome, ...]:
    """What happened in each segment, in the unit of the outcome, and whether the name was right."""
    rows = []
    of_all, share_of_all = float(outcome.mean()), float((outcome > 0).mean())
    for row in profiles.segments:
        values = outcome[labels == row.segment]
        mean = low = high = None
        if len(values) >= SMALLEST_GROUP:
            mean = float(values.mean())
            low, high = _interval(values, is_yes_no=is_yes_no, seed=seed)
        expected = _PROMISES.get(row.key, "") if name in OUTCOMES_OF_NAMES else ""
        verdict = _verdict(expected, low, high, of_all=of_all)
        if mean is not None and high is None:
            # Too few did anything for an interval of the mean: how many did tells more.
            ends = _interval((values > 0).astype(np.float64), is_yes_no=True, seed=seed)
            verdict = _verdict(expected, *ends, of_all=share_of_all)
        bound = ""
        if mean is not None and _is_of_few(values, is_yes_no=is_yes_no):
            mean = low = high = None
            bound = (share_words(int(values.sum()), len(values), language) or "") if is_yes_no else ""
        rows.append(
            SegmentOutcome(int(str(row.segment)), row.name, len(values), mean, low, high, expected, verdict, bound)
        )
    return largest_first(rows)


def _is_of_few(values: Floats, *, is_yes_no: bool) -> bool:
    """Whether the mean would disclose what 1 to 9 customers did, or of yes and no did not."""
    active, size = np.array((values > 0).sum()), np.array(len(values))
    return bool(has_small_cell(active, size) if is_yes_no else is_small(active))


def _interval(values: Floats, *, is_yes_no: bool, seed: int) -> tuple[float | None, float | None]:
    if is_yes_no:
        low, high = wilson_interval(values.sum(), len(values))
        return float(low), float(high)
    ends = mean_interval(values, seed=seed)
    return None if not np.isfinite(ends[0]) else ends[0], None if not np.isfinite(ends[1]) else ends[1]


def _verdict(expected: str, low: float | None, high: float | None, *, of_all: float) -> str:
    """Whether the interval of the mean lies on the promised side of that of all customers."""
    if not expected:
        return ""
    if low is not None and low > of_all:
        return "as named" if expected == "above" else "not as named"
    if high is not None and high < of_all:
        return "as named" if expected == "below" else "not as named"
    return "unclear"
