"""The search for clusters of a minimum size that no seed touches: what it meets is feasible for everyone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, Protocol, TypeVar

import numpy as np

from custseg.clustering._few_rows import best_of_few
from custseg.clustering._line import Ranges, best_ranges
from custseg.clustering._lloyd import bound_clustering, free_clustering, seeds
from custseg.clustering._minimum import Floats
from custseg.clustering._rows import DistinctRows

_STARTS = 3
_STEPS = 30
_CUTS = 3
# Weights that are no whole numbers are told this finely, relative to what could be held at most.
_FINENESS = 1e-6


class Sized(Protocol):
    """Anything that knows the sizes of its clusters."""

    @property
    def sizes(self) -> Floats: ...


Found = TypeVar("Found", bound=Sized)


@dataclass(frozen=True, eq=False)
class LastResort(Generic[Found]):
    """Centres that depend on the rows and `k` alone, not on a seed nor on the minimum.

    `attempt(centres, least)` gives the clusters that these centres allow under a minimum, or None. So whatever
    minimum one of the centres meets here can be fitted with every seed.
    """

    rows: DistinctRows
    k: int
    attempt: Callable[[Floats, float], Found | None]

    def meeting(self, least: float) -> Iterator[Found]:
        """Clusters that meet the minimum."""
        for centres in self._centres():
            found = self.attempt(centres, least)
            if found is not None:
                yield found

    def largest(self, below: float) -> float:
        """The largest minimum under the one that was refused that any of the centres meets.

        It is the largest of all clusterings into cells of a power diagram where it reaches the bound, in one
        column, for two clusters of few rows in a plane, and for a dozen distinct rows; else the largest found.
        """
        best, top = 0.0, min(self._bound, below - self._step)
        for centres in self._centres():
            best = self._largest_of(centres, above=best, top=top)
            if best > top - self._step:
                break
        return best

    @cached_property
    def _bound(self) -> float:
        """What k clusters could hold at most: the largest groups of equal rows help one cluster each."""
        heaviest = np.sort(self.rows.weights)[::-1][: self.k]
        held = float(self.rows.weights.sum()) - np.append(0.0, np.cumsum(heaviest)[:-1])
        bound = float((held / np.arange(self.k, 0, -1)).min())
        return float(np.floor(bound * (1 + 1e-12))) if self._step == 1.0 else bound

    @cached_property
    def _step(self) -> float:
        weights = self.rows.weights
        return 1.0 if (weights == np.floor(weights)).all() else _FINENESS * float(weights.sum()) / self.k

    @cached_property
    def _cuts(self) -> list[Ranges]:
        return best_ranges(self.rows.values, self.rows.weights, self.k, kept=_CUTS)

    @cached_property
    def _of_few(self) -> Floats | None:
        above = max((cut.smallest for cut in self._cuts), default=0.0)
        return best_of_few(self.rows.values, self.rows.weights, self.k, above=above, step=self._step)

    def _centres(self) -> Iterator[Floats]:
        """Ranges on a line, where k-means goes from fixed seeds without and with the bound, and the best of few."""
        X, weights = self.rows.values, self.rows.weights
        for cut in self._cuts:
            yield cut.centres
        for seed in range(_STARTS):
            start = seeds(X, weights, self.k, rng=np.random.RandomState(seed))
            free = free_clustering(X, weights, start, max_iter=_STEPS, tol=0.0)
            yield free.centres
            yield bound_clustering(X, weights, free, least=self._bound, max_iter=_STEPS, tol=0.0).centres
        if self._of_few is not None:
            yield self._of_few

    def _largest_of(self, centres: Floats, *, above: float, top: float) -> float:
        """The largest minimum up to `top` that these centres meet, if above; what meets one meets smaller ones."""
        if top < above + self._step:
            return above
        if self.attempt(centres, top) is not None:
            return top
        low, high, middle = above, top, above + self._step
        while middle < high:
            if self.attempt(centres, middle) is None:
                high = middle
            else:
                low = middle
            middle = low + max(self._step, self._whole((high - low) / 2))
        return self._reached(centres, low) if low > above else above

    def _whole(self, amount: float) -> float:
        return float(np.floor(amount)) if self._step == 1.0 else amount

    def _reached(self, centres: Floats, low: float) -> float:
        """The size of the smallest cluster under that minimum, where it is itself met."""
        found = None if self._step == 1.0 else self.attempt(centres, low)
        if found is None:
            return low
        smallest = float(found.sizes.min())
        return smallest if self.attempt(centres, smallest) is not None else low
