"""How one outcome, a segment or a play, is spread over the groups of an attribute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from custseg._numerics import Bools, Integers
from custseg._privacy import hidden_cells, hidden_in_cross_table
from custseg.profiling import Effect, chi_square, share_difference


@dataclass(frozen=True)
class Outcome:
    """A segment or a play: what it is called, and who has it.

    Attributes
    ----------
    kind : {"segment", "play"}
        Which.
    key : int or str
        The number of the segment, or the name of the play.
    name : str
        What it is called.
    segments : tuple of int
        The positions of the segments that it consists of; empty for a play of a column.
    has : ndarray of bool or None
        Who has a play of a column.
    """

    kind: str
    key: int | str
    name: str
    segments: tuple[int, ...] = ()
    has: Bools | None = None


@dataclass(frozen=True)
class Spread:
    """The counts of one outcome in all groups, and which may be shown.

    Attributes
    ----------
    hits, sizes : ndarray of int, shape (n_groups,)
        Who has the outcome, and who is in the group.
    is_shown : ndarray of bool, shape (n_groups,)
        Whether the share of the group may be shown.
    p_value : float
        Of independence of outcome and group; NaN without a test.
    """

    hits: Integers
    sizes: Integers
    is_shown: Bools
    p_value: float

    def widest_gap(self, alpha: float) -> tuple[int, int, Effect] | None:
        """The two groups that are shown and differ most, the higher first, with an interval for all pairs together."""
        groups = np.flatnonzero(self.is_shown).tolist()
        if len(groups) < 2:
            return None
        level = 1 - alpha / len(list(combinations(groups, 2)))
        shares = self.hits / np.maximum(self.sizes, 1)
        high, low = max(groups, key=lambda g: (shares[g], -g)), min(groups, key=lambda g: (shares[g], g))
        lower = (float(self.hits[low]), float(self.sizes[low]))
        return high, low, share_difference(float(self.hits[high]), float(self.sizes[high]), others=lower, level=level)

    def against_others(self, group: int, alpha: float) -> Effect | None:
        """The share of a group minus that of all others; None where it may not be shown, or there are no others."""
        n_others = int(self.sizes.sum() - self.sizes[group])
        if not self.is_shown[group] or not n_others:
            return None
        rival = (float(self.hits.sum() - self.hits[group]), float(n_others))
        return share_difference(float(self.hits[group]), float(self.sizes[group]), others=rival, level=1 - alpha)


def spreads(groups: Integers, n_groups: int, labels: Integers, *, outcomes: Sequence[Outcome]) -> list[Spread]:
    """The spread of each outcome over the groups of one attribute.

    A group is shown with all of its shares or not at all. It is hidden if one of its counts is, and further ones are so
    that no small count follows from these figures together with those of the profiles, see `_shown_beside_profiles`.
    """
    n_segments = int(labels.max()) + 1
    table = np.zeros((n_groups, n_segments), dtype=np.int64)
    np.add.at(table, (groups, labels), 1)
    sizes = table.sum(axis=1)
    hits = [
        table[:, list(outcome.segments)].sum(axis=1)
        if outcome.has is None
        else np.bincount(groups[outcome.has], minlength=n_groups)
        for outcome in outcomes
    ]
    tables = [table, *(np.column_stack([counts, sizes - counts]) for counts in hits)]
    is_open = ~np.logical_or.reduce([hidden_in_cross_table(counts)[:-1].any(axis=1) for counts in tables])
    is_open = _shown_beside_profiles(is_open, table)
    p_values = [chi_square(np.stack([counts, sizes - counts]))[2] for counts in hits]
    return [
        Spread(counts, sizes, is_open, np.nan if p_value is None else p_value)
        for counts, p_value in zip(hits, p_values, strict=True)
    ]


def _shown_beside_profiles(is_open: Bools, table: Integers) -> Bools:
    """Which of the groups to show (`is_open`) may be shown; `table` has the count of each group in each segment.

    Profiles show the sizes of segments and the counts that `hidden_cells` leaves. A group that is the only hidden one,
    or whose count is the only unknown one of a segment, could be computed from all the others: the smallest group that
    prevents it is hidden too.
    """
    shown, hidden, sizes = is_open.copy(), hidden_cells(table.T).T, table.sum(axis=1)
    while True:
        is_alone = (hidden & ~shown[:, None]).sum(axis=0) == 1
        helpful = shown & hidden[:, is_alone].any(axis=1)
        if not helpful.any() and int((~shown).sum()) == 1:
            helpful = shown
        if not helpful.any():
            return shown
        candidates = np.flatnonzero(helpful)
        shown[candidates[np.argmin(sizes[candidates])]] = False
