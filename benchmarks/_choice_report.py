"""What the parts of `choice_quality.py` yield: lines of text, and measured values that are compared with limits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

Mapped = Callable[[Callable[[Any], Any], Iterable[Any]], Iterator[Any]]
"""Maps a function over some tasks, in processes, and keeps their order."""


@dataclass(frozen=True)
class Measure:
    """A measured value under the key of its limit; `note` says what else the reader must know."""

    key: str
    value: float
    note: str = ""


@dataclass(frozen=True)
class Limit:
    """What a value must reach, and what it was before the rule was rewritten."""

    meaning: str
    bound: float
    today: str = "not measured"
    at_most: bool = False
    form: str = ".3f"

    def line(self, measure: Measure) -> str:
        """The value beside its limit."""
        is_met = measure.value <= self.bound if self.at_most else measure.value >= self.bound
        side = "at most" if self.at_most else "at least"
        note = f" ({measure.note})" if measure.note else ""
        return (
            f"{'met   ' if is_met else 'MISSED'} {self.meaning}: {measure.value:{self.form}}{note}; "
            f"{side} {self.bound:{self.form}}; earlier {self.today}"
        )


Part = Callable[[int, Mapped], Iterator[str | Measure]]
"""A part of the benchmark: from the count and a mapping to lines and measures."""


def five_seeds(count: int) -> range:
    """Five seeds, or fewer in a trial with a small count."""
    return range(min(5, max(1, count // 2)))


def tenths(count: int) -> range:
    """A tenth of the count: ten by default."""
    return range(max(1, count // 10))
