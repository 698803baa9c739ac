"""The send pressure of one segment, and the text of all."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from custseg._privacy import SMALLEST_GROUP
from custseg.insights.sending._fatigue import Fatigue
from custseg.texts import DASH, number, printable, table, text


@dataclass(frozen=True)
class SegmentPressure:
    """How often one segment is mailed.

    Attributes
    ----------
    segment : int or None
        Number of the segment; None for customers in none.
    name : str
        Its name.
    customers : int
        Its customers at the snapshot.
    mails_per_28_days : float
        Mails sent in the last 28 days per customer.
    ratio : float
        Mails of the last 28 days over the norm, of the customers with two mails or more in the window; 1 is as usual,
        NaN where there is none.
    level : {"silent", "rested", "usual", "pressed", "saturated", "unknown"}
        "silent": no mail in the last 28 days. "rested": less than three quarters of the norm, "pressed": more than
        four thirds, "usual": in between. "saturated": a tenth or more of the mails of the last 28 days came so close
        together that the segment clicks less than it usually does. "unknown": fewer than ten customers got two mails.
    fatigue : Fatigue
        Clicks by the number of mails in a week, against each customer's own norm.
    cap : int or None
        Suggested largest number of mails in seven days: one less than the number from which on fatigue shows; where
        none shows, the largest number with enough data, since nothing is known beyond. None without enough data.
    """

    segment: int | None
    name: str
    customers: int
    mails_per_28_days: float
    ratio: float
    level: str
    fatigue: Fatigue
    cap: int | None


def pressure_text(segments: Sequence[SegmentPressure], as_of: datetime, *, days: int, language: str) -> str:
    """What `repr` prints: a table of segments, what fatigue shows, and what was measured."""
    words = text(language, "send_pressure")
    titles = [words["columns"][name] for name in ("segment", "customers", "mails", "ratio", "level", "cap")]
    rows = [_row(segment, language) for segment in segments]
    lines = [words["title"].format(as_of=str(as_of).removesuffix(" 00:00:00")), ""]
    lines += table([titles, *rows], left={0, 4})
    lines += ["", *(fatigue_sentence(segment, language) for segment in segments if _is_shown(segment))]
    lines += ["", words["rules"].format(days=number(days, language))]
    return "\n".join(lines)


def _is_shown(segment: SegmentPressure) -> bool:
    return segment.customers >= SMALLEST_GROUP and segment.level != "unknown"


def _row(segment: SegmentPressure, language: str) -> list[str]:
    words = text(language, "send_pressure")
    is_shown = _is_shown(segment)
    size = f"<{SMALLEST_GROUP}" if segment.customers < SMALLEST_GROUP else number(segment.customers, language)
    return [
        printable(segment.name),
        size,
        number(segment.mails_per_28_days, language) if is_shown else DASH,
        number(segment.ratio, language) if is_shown and not math.isnan(segment.ratio) else DASH,
        words["levels"][segment.level],
        DASH if segment.cap is None else number(segment.cap, language),
    ]


def fatigue_sentence(segment: SegmentPressure, language: str) -> str:
    """What the clicks by mails per week show, in one sentence."""
    words = text(language, "send_pressure", "fatigue")
    fatigue = segment.fatigue
    if fatigue.level is not None:
        level = next(entry for entry in fatigue.levels if entry.mails == fatigue.level)
        return str(words["seen"]).format(
            name=printable(segment.name), mails=number(level.mails, language), ratio=number(level.ratio, language),
            low=number(level.low, language), high=number(level.high, language),
        )  # fmt: skip
    key = "none" if fatigue.observed > 1 else "not_enough"
    return str(words[key]).format(name=printable(segment.name), mails=number(fatigue.observed, language))
