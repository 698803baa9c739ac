"""The search for clusters of a minimum size that no seed touches: what it meets is feasible for everyone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, Protocol, TypeVar

import numpy as np

from custseg._arrays import Floats
from custseg.clustering.min_size._cuts import Ranges, best_ranges
from custseg.clustering.min_size._few_rows import best_of_few
from custseg.clustering.min_size._kmeans_solution import MANY
from custseg.clustering.min_size._lloyd import bound_clustering, free_clustering, seeds
from custseg.clustering.rows._rows import DistinctRows

_STARTS = 3
_STEPS = 30
_CUTS = 3
# Weights that are no whole numbers are told this finely, relative to what could be held at most.
_FINENESS = 1e-6


class Sized(Protocol):
    """Anything that knows the sizes of its clusters."""

    @property
    def sizes(self) -> Floats: ...


# Centers and offsets.
Diagram = tuple[Floats, Floats]
Found = TypeVar("Found", bound=Sized)


@dataclass(frozen=True, eq=False)
class LastResort(Generic[Found]):
    """Centers that depend on the rows and `k` alone, not on a seed nor on the minimum.

    `attempt((centers, offsets), least)` gives the clusters that these centers allow under a minimum, or None;
    the offsets are where to begin. So whatever minimum one of the centers meets here can be fitted with every seed.
    """

    rows: DistinctRows
    k: int
    attempt: Callable[[Diagram, float], Found | None]

    def meeting(self, least: float) -> Iterator[Found]:
        """Clusters that meet the minimum."""
        for diagram in self._diagrams():
            found = self.attempt(diagram, least)
            if found is not None:
                yield found

    def largest(self, below: float) -> float:
        """The largest minimum under the one that was refused that any of the centers meets.

        It is the largest of all clusterings into cells of a power diagram where it reaches the bound, in one
        column, for two clusters of few rows in a plane, and mostly for a dozen distinct rows; else the largest found.
        """
        best, top = 0.0, min(self._bound, below - self._step)
        for diagram in self._diagrams():
            best = self._largest_of(diagram, above=best, top=top)
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

    def _diagrams(self) -> Iterator[Diagram]:
        """Ranges on a line, where k-means goes from fixed seeds without and with the bound, and the best of few.

        Of many rows ranges alone: to settle the others takes minutes.
        """
        X, weights = self.rows.values, self.rows.weights
        for cut in self._cuts:
            yield cut.centers, cut.offsets
        if len(X) > MANY:
            return
        none = np.zeros(self.k)
        for seed in range(_STARTS):
            start = seeds(X, weights, self.k, rng=np.random.RandomState(seed))
            free = free_clustering(X, weights, start, max_iter=_STEPS, tol=0.0)
            yield free.centers, none
            yield bound_clustering(X, weights, free, least=self._bound, max_iter=_STEPS, tol=0.0).centers, none
        if self._of_few is not None:
            yield self._of_few, none

    def _largest_of(self, diagram: Diagram, *, above: float, top: float) -> float:
        """The largest minimum up to `top` that the centers meet, if above; what meets one meets smaller ones."""
        if top < above + self._step:
            return above
        if self.attempt(diagram, top) is not None:
            return top
        low, high, middle = above, top, above + self._step
        while middle < high:
            if self.attempt(diagram, middle) is None:
                high = middle
            else:
                low = middle
            middle = low + max(self._step, self._whole((high - low) / 2))
        return self._reached(diagram, low) if low > above else above

    def _whole(self, amount: float) -> float:
        return float(np.floor(amount)) if self._step == 1.0 else amount

    def _reached(self, diagram: Diagram, low: float) -> float:
        """The size of the smallest cluster under that minimum, where it is itself met."""
        found = None if self._step == 1.0 else self.attempt(diagram, low)
        if found is None:
            return low
        smallest = float(found.sizes.min())
        return smallest if self.attempt(diagram, smallest) is not None else low
