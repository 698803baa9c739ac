"""`SizeChange`: what the minimum size did to the size of each segment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from custseg._privacy import SMALLEST_GROUP
from custseg.clustering import Reassignment

WITHOUT_NUMBER = -1
"""Origin of customers whose cluster was merged with another one."""


@dataclass(frozen=True)
class SizeChange:
    """A segment before and after the minimum size was enforced.

    Attributes
    ----------
    segment : int or None
        Its number; None for all clusters that were merged with others and have none.
    before : int or None
        Customers who fit it best. Where that would tell that 1 to 9 customers were reassigned, this is a lower bound:
        the multiple of ten below. None for 1 to 9.
    after : int or None
        Customers in it; None for 1 to 9.
    is_bound : bool
        Whether `before` is a lower bound.
    """

    segment: int | None
    before: int | None
    after: int | None
    is_bound: bool = False


def size_changes(sizes: Mapping[int, int], reassignments: Sequence[Reassignment]) -> tuple[SizeChange, ...]:
    """The changes of the segments, by number, and of merged clusters if there were any; from the sizes afterwards."""
    before = {**sizes, WITHOUT_NUMBER: 0}
    for item in reassignments:
        before[item.origin] += round(item.count)
        before[item.target] -= round(item.count)
    after = {**sizes, WITHOUT_NUMBER: 0}
    return tuple(
        _change(number, before[number], after[number], is_bound=number in _hidden(before, after))
        for number in after
        if before[number] or number != WITHOUT_NUMBER
    )


def _hidden(before: Mapping[int, int], after: Mapping[int, int]) -> set[int]:
    """The segments whose size before must not be shown exactly, lest 1 to 9 customers could be computed.

    A single one would follow from the others, since the total stays the same: the least changed other joins it.
    """
    moved = {number: abs(before[number] - size) for number, size in after.items()}
    hidden = {number for number in after if 0 < moved[number] < SMALLEST_GROUP or 0 < before[number] < SMALLEST_GROUP}
    others = sorted((count, number) for number, count in moved.items() if count and number not in hidden)
    return hidden | {others[0][1]} if len(hidden) == 1 and others else hidden


def _change(number: int, before: int, after: int, *, is_bound: bool) -> SizeChange:
    is_small = 0 < before < SMALLEST_GROUP
    return SizeChange(
        None if number == WITHOUT_NUMBER else number,
        None if is_small else before - before % SMALLEST_GROUP * is_bound,
        None if 0 < after < SMALLEST_GROUP else after,
        is_bound and not is_small,
    )
