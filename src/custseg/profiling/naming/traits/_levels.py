"""Levels of a column: which segments are low, middling or high in it, and the bounds between them.

Start at `column_levels`. Adjacent segments that a cut does not tell apart have the same level, so that what a level
says holds for most members of every segment that has it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from custseg._numerics import Floats, Integers
from custseg._privacy import SMALLEST_GROUP
from custseg.profiling.measures._intervals import wilson
from custseg.profiling.measures._terms import Term
from custseg.texts import roundest

MAJORITY = 0.6
"""Share of the members for which a word must hold, as for the name of an archetype."""
CLEARLY_MORE = 0.2
"""A word is as true of other customers unless so much larger a part of the members meets it."""
FAINT, TELLING = 0.5, 0.6
"""A word whose shares of members and others differ by less than the first has no part in a name where another word of
the segment differs by the second."""
# Of two neighboring segments so large a part must be on either side of a cut: otherwise "high" and "highest" are luck.
_APART = 0.75
# A segment whose middle half spans so large a part of the other customers is at no level.
_WIDE = 0.4
# A bound is moved to a rounder number if that loses at most so much of what it sets apart.
_LOSS = 0.02
# One of the numbers that people say may lose so much.
_LOSS_OF_SPOKEN = 0.05
# So small a part of a segment is left out of a range that it is said to be in.
_TAIL = np.array([0.02, 0.08])
# Between two groups is a gap even if so large a part of each segment is beyond it.
_STRAY = 0.01


@dataclass(frozen=True)
class Level:
    """The level of one segment in a column: the `position`-th lowest of `n_levels`; values in [low, high)."""

    position: int
    n_levels: int
    low: float
    high: float

    @property
    def direction(self) -> int:
        """-1 for a low level, 0 for the middle one, 1 for a high one."""
        return int(np.sign(2 * self.position - (self.n_levels - 1)))

    def terms(self, feature: str) -> tuple[Term, ...]:
        """The bounds as terms."""
        bounds = ((">=", self.low), ("<", self.high))
        return tuple(Term(feature, operator, bound) for operator, bound in bounds if np.isfinite(bound))

    def clipped(self, low: float, high: float) -> Level:
        """The level without what is under `low`, or at or beyond `high`."""
        return replace(self, low=max(self.low, low), high=min(self.high, high))


def amount_ends(amounts: Floats, codes: Collection[float]) -> tuple[float, float]:
    """Ends of the amounts that leave out the codes; infinite where no code is below or above."""
    if not len(amounts):
        return -np.inf, np.inf
    lowest, highest = float(amounts.min()), float(amounts.max())
    above = [code for code in codes if code > highest]
    return lowest if any(code < lowest for code in codes) else -np.inf, min(above, default=np.inf)


def column_levels(values: Floats, labels: Integers, grid: Floats, *, n_segments: int) -> dict[int, Level]:
    """The level of each segment that has one; empty where the column does not tell segments apart.

    Parameters
    ----------
    values : ndarray of shape (n_customers,)
        Values of the clustered customers, none missing.
    labels : ndarray of int, shape (n_customers,)
        Segments numbered from 0.
    grid : ndarray of float
        Values in ascending order among which the cuts are.
    n_segments : int
        Number of segments.

    Returns
    -------
    dict of int to Level
        By segment. At least 60 % of its members, and with 95 % confidence more than half, have a value within the
        bounds of its level.
    """
    width = len(grid) + 1
    bins = np.searchsorted(grid, values, side="right")
    counts = np.bincount(labels * width + bins, minlength=n_segments * width).reshape(n_segments, width)
    sizes = counts.sum(axis=1)
    segments = np.flatnonzero(sizes >= SMALLEST_GROUP)
    if len(segments) < 2 or len(grid) < 2:
        return {}
    # below[s, b]: share of the segment under grid[b].
    below = np.zeros((n_segments, len(grid)))
    below[segments] = counts[segments].cumsum(axis=1)[:, :-1] / sizes[segments, None]
    located = [int(s) for s in segments if not _is_wide(below[s], counts.sum(axis=0) - counts[s])]
    order = sorted(located, key=lambda s: (-below[s].mean(), s))
    groups, cuts = _groups(order, below, sizes)
    if len(groups) < 2:
        return {}
    members = [values[labels == segment] for segment in range(n_segments)]
    bounds = (
        _bound_between([members[s] for s in lower], [members[s] for s in upper], _rounded(grid, cut))
        for (lower, upper), cut in zip(pairwise(groups), cuts, strict=True)
    )
    edges = [-np.inf, *bounds, np.inf]
    return {
        segment: Level(position, len(groups), edges[position], edges[position + 1])
        for position, group in enumerate(groups)
        for segment in group
    }


@dataclass(frozen=True)
class Separation:
    """A bound that holds for most of one segment and for less than half of another; `gain`: difference of shares."""

    segment: int
    is_lower: bool
    bound: float
    gain: float


def separation(
    values: Floats,
    labels: Integers,
    grid: Floats,
    *,
    pair: tuple[int, int],
    only_first: bool = False,
    spoken: Sequence[float] = (),
) -> Separation | None:
    """The bound among the grid that separates two segments best; None where none holds for 60 % of one of them.

    With `only_first` the bound is one that holds for most of the first segment. One of the `spoken` numbers is
    preferred where it separates nearly as well: what people say stays the same from month to month.
    """
    if not len(grid):
        return None
    members = [np.sort(values[labels == segment]) for segment in pair]
    best = _best_separation(members, grid, pair=pair, only_first=only_first)
    if best is None or not spoken:
        return best
    said = _best_separation(members, np.asarray(spoken, dtype=float), pair=pair, only_first=only_first, as_is=True)
    return best if said is None or said.gain < best.gain - _LOSS_OF_SPOKEN else said


def _best_separation(
    members: Sequence[Floats], grid: Floats, *, pair: tuple[int, int], only_first: bool, as_is: bool = False
) -> Separation | None:
    """The best bound among the grid, rounded unless it is to be used as it is."""
    below = np.stack([_share_below(values, grid) for values in members])
    candidates = []
    sides, limit = ((0, True), (0, False), (1, True), (1, False)), MAJORITY if only_first else 0.5
    for row, is_lower in sides[:2] if only_first else sides:
        inside, outside = (below[i] if is_lower else 1 - below[i] for i in (row, 1 - row))
        gains = np.where((inside >= MAJORITY) & (outside < limit), inside - outside, -np.inf)
        cut = int(gains.argmax())
        if np.isfinite(gains[cut]):
            bound = _nearest_bound(grid, gains, is_lower=is_lower) if as_is else _round_bound(grid, gains)
            candidates.append(Separation(pair[row], is_lower, bound, float(gains[cut])))
    return max(candidates, key=lambda candidate: candidate.gain, default=None)


def _nearest_bound(grid: Floats, gains: Floats, *, is_lower: bool) -> float:
    """The bound nearest to the members that separates nearly as well: who left a year ago did not leave a week ago."""
    near = np.flatnonzero(gains >= gains.max() - _LOSS_OF_SPOKEN)
    return float(grid[near[0 if is_lower else -1]])


def _round_bound(grid: Floats, gains: Floats) -> float:
    """The roundest number among the cuts around the best one that set nearly as much apart."""
    first = last = int(gains.argmax())
    limit = gains[first] - _LOSS
    while first > 1 and gains[first - 1] >= limit:
        first -= 1
    while last + 1 < len(gains) and gains[last + 1] >= limit:
        last += 1
    rounded = roundest(float(grid[first - 1]), float(grid[last])) if first else None
    return _rounded(grid, int(gains.argmax())) if rounded is None else rounded


def closed(bound: Term, members: Floats, *, medians: tuple[float, float], grid: Floats) -> tuple[Term, ...]:
    """A bound and one at its other side, where alone it would call low a segment that is high; else empty.

    "gas under 23,000" does not say that they use more than most: "gas 9,000 to under 23,000" does. `medians` are those
    of the members and of the others. About one in twenty members are beyond the added bound, a round number.
    """
    is_high = bound.operator == "<"
    if not len(members) or medians[0] == medians[1] or is_high != (medians[0] > medians[1]):
        return ()
    first, last = np.quantile(members, _TAIL if is_high else 1 - _TAIL[::-1])
    end = roundest(float(first), float(last))
    if end is None or not grid[0] < end <= grid[-1]:
        return ()
    return (Term(bound.feature, ">=", end), bound) if is_high else (bound, Term(bound.feature, "<", end))


def _share_below(values: Floats, grid: Floats) -> Floats:
    """The share of the values, in ascending order, under each number of the grid."""
    return np.asarray(np.searchsorted(values, grid, side="left") / max(len(values), 1))


def _is_wide(below: Floats, counts: Integers) -> bool:
    """Whether the middle half of a segment spans a large part of the other customers, counted by value."""
    # Mid-ranks: the many customers with one value are at one rank.
    ranks = (counts.cumsum() - counts / 2) / max(counts.sum(), 1)
    first, last = (int(np.searchsorted(below, quarter)) for quarter in (0.25, 0.75))
    return bool(ranks[last] - ranks[first] > _WIDE)


def _groups(order: Sequence[int], below: Floats, sizes: Integers) -> tuple[list[list[int]], list[int]]:
    """Groups of segments at one level, lowest first, and the cuts between them, as indices of the grid.

    The two groups that a cut separates least are joined, until cuts have three quarters of each neighboring segment on
    its side, and every segment has most members between its cuts.
    """
    groups = [[segment] for segment in order]
    while len(groups) > 1:
        cuts, kept = zip(*(_best_cut(below, *pair) for pair in pairwise(groups)), strict=True)
        ascending = all(first < second for first, second in pairwise(cuts))
        if (
            ascending
            and min(kept) >= _APART
            and all(
                is_most(_between(below[segment], cuts, position), int(sizes[segment]))
                for position, group in enumerate(groups)
                for segment in group
            )
        ):
            return groups, list(cuts)
        weakest = int(np.argmin(kept))
        groups[weakest : weakest + 2] = [groups[weakest] + groups[weakest + 1]]
    return groups, []


def _best_cut(below: Floats, lower: Sequence[int], upper: Sequence[int]) -> tuple[int, float]:
    """The cut that leaves most members of every segment on its side, and the smallest such share."""
    share = np.minimum(below[lower].min(axis=0), (1 - below[upper]).min(axis=0))
    best = np.flatnonzero(share >= share.max() - 1e-12)
    return int(best[len(best) // 2]), float(share.max())


def _bound_between(lower: Sequence[Floats], upper: Sequence[Floats], bound: float) -> float:
    """The roundest number in the widest gap between the two groups of segments; the given bound where they overlap.

    Up to 1 % of each segment may lie on the other side.
    """
    last = max(float(np.quantile(values, 1 - _STRAY, method="higher")) for values in lower)
    first = min(float(np.quantile(values, _STRAY, method="lower")) for values in upper)
    if not last < first:
        return bound
    values = np.unique(np.concatenate([*lower, *upper]))
    values = values[(values >= last) & (values <= first)]
    widest = int(np.diff(values).argmax())
    rounded = roundest(float(values[widest]), float(values[widest + 1]))
    return bound if rounded is None else rounded


def _between(below: Floats, cuts: Sequence[int], position: int) -> float:
    low = below[cuts[position - 1]] if position else 0.0
    high = below[cuts[position]] if position < len(cuts) else 1.0
    return float(high - low)


def is_most(share: float, size: int) -> bool:
    """Whether a share of a segment that is large enough is most of it, with 95 % confidence more than half."""
    return size >= SMALLEST_GROUP and share >= MAJORITY and wilson(share * size, size)[0] > 0.5


def _rounded(grid: Floats, cut: int) -> float:
    """The roundest number that separates the two values of the grid."""
    rounded = roundest(float(grid[cut - 1]), float(grid[cut])) if cut else None
    return float(grid[cut]) if rounded is None else rounded
