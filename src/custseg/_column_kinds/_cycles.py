"""Cycles: hours of the day, days of the week and months, whose last value is next to the first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from custseg._column_kinds._words import catalog, matches, words_of
from custseg._numerics import Floats

CycleKind = Literal["hour", "weekday", "month"]
_PERIODS: dict[CycleKind, int] = {"hour": 24, "weekday": 7, "month": 12}


@dataclass(frozen=True)
class Cycle:
    """A column that goes round.

    Attributes
    ----------
    kind : {"hour", "weekday", "month"}
        Of what.
    period : int
        After how much it begins again: 24, 7 or 12.
    last, first : int
        The two values that are neighbors, but far apart as numbers, such as 23 and 0.
    """

    kind: CycleKind
    period: int
    last: int
    first: int


def cycle_of(name: str, values: Floats) -> Cycle | None:
    """The cycle that the name says and the values fit; None where they do not reach both ends of it.

    Hours from 9 to 20 need no other form: no two of them are neighbors across midnight.
    """
    kind = _named(name)
    present = values[np.isfinite(values)]
    if kind is None or not len(present):
        return None
    period = _PERIODS[kind]
    low, high = float(present.min()), float(present.max())
    fits = low >= 0 and high <= period
    reaches_both_ends = low <= period / 4 and high >= period * 3 / 4
    if not (fits and reaches_both_ends):
        return None
    # Hours begin with 0; weekdays and months may begin with 1.
    first = 0 if kind == "hour" or low < 1 else 1
    return Cycle(kind, period, period - 1 + first, first)


def is_cycle_name(name: str) -> bool:
    """Whether the name says that the column holds hours of the day, days of the week or months."""
    return _named(name) is not None


def _named(name: str) -> CycleKind | None:
    words = words_of(name)
    lists = catalog()["cycles"]
    for kind in _PERIODS:
        for entry in lists[kind]:
            core = entry.split()
            for start in range(len(words) - len(core) + 1):
                around = [*words[:start], *words[start + len(core) :]]
                if words[start : start + len(core)] == core and all(matches(w, lists["beside"]) for w in around):
                    return kind
    return None
