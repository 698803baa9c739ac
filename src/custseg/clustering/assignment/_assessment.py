"""Assignment rules and their results: the assessment of rows, and reassignments due to a minimum size."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from custseg._numerics import Floats, Integers
from custseg.clustering.rows._blocks import over_blocks


@dataclass(frozen=True, eq=False)
class Assessment:
    """How well each row fits its cluster; computed from the row alone, by the rule that assigns its label.

    Attributes
    ----------
    label : ndarray of int, shape (n_rows,)
        Cluster, the same as `predict` gives; -1 for noise.
    second_label : ndarray of int, shape (n_rows,)
        The second-best cluster, for noise the nearest one; -1 where there is no other.
    confidence : ndarray of shape (n_rows,)
        In [0, 1]. About 1/2 on the boundary of two clusters, near 1 deep inside one, 1 where there is only one
        cluster, 0 for noise.
    distance : ndarray of shape (n_rows,)
        Distance of the row from its cluster: from the center (k-means), in standard deviations of the
        component (Gaussian mixture), from the nearest prototype by mutual reachability (HDBSCAN).
    is_outlier : ndarray of bool, shape (n_rows,)
        Outlier: farther from the cluster than the mean of the ten farthest training rows.
    """

    label: Integers
    second_label: Integers
    confidence: Floats
    distance: Floats
    is_outlier: NDArray[np.bool_]


@dataclass(frozen=True)
class Reassignment:
    """Rows reassigned from their best cluster to another to meet the minimum size.

    Attributes
    ----------
    origin, target : int
        Clusters before and after. `origin` is -1 for a cluster that was merged (HDBSCAN) and has no number.
    count : float
        Number of rows, or their weight.
    added_cost : float
        Increase of the sum of costs: squared distances for k-means, -log posterior for a mixture,
        count times the distance between the merged clusters for HDBSCAN.
    """

    origin: int
    target: int
    count: float
    added_cost: float


class AssignmentRule(Protocol):
    """From rows to clusters: all that a fit stores for `predict`, in arrays and plain numbers."""

    kind: ClassVar[str]
    """What `to_dict` calls the rule."""

    def labels(self, X: Floats) -> Integers:
        """The cluster of each row."""
        ...

    def assess(self, X: Floats) -> Assessment:
        """How well each row fits its cluster."""
        ...

    def contributions(self, row: Floats, first: int, second: int) -> tuple[Floats, float]:
        """How much each column of a row makes the second cluster costlier than the first, and the remaining difference.

        Shape (n_columns,) and one number; their sum is exactly the difference of the two costs.
        """
        ...

    def to_dict(self) -> dict[str, Any]:
        """The rule in lists, numbers and words, for JSON."""
        ...

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> Self:
        """The rule that `to_dict` wrote."""
        ...

    def check(self, n_clusters: int, n_columns: int) -> None:
        """Raise ValueError unless the arrays are those of a rule for so many clusters and columns."""
        ...


def check_shapes(shapes: Mapping[str, tuple[Floats | Integers, tuple[int, ...]]]) -> None:
    """Raise ValueError unless each array has the given shape and finite numbers."""
    for name, (array, shape) in shapes.items():
        if array.shape != shape:
            raise ValueError(f"{name} of the rule has shape {array.shape}, not {shape}")
        if not np.isfinite(array).all():
            raise ValueError(f"{name} of the rule is not finite")


def _reassigned(costs: Floats, offsets: Floats, weights: Floats) -> dict[tuple[int, int], tuple[float, float]]:
    """Count and added cost of the rows whose label differs with and without offsets, by (from, to)."""
    before, after = costs.argmin(axis=1), (costs - offsets).argmin(axis=1)
    moved = np.flatnonzero(before != after)
    totals: dict[tuple[int, int], tuple[float, float]] = {}
    k = costs.shape[1]
    pairs = before[moved] * k + after[moved]
    added = costs[moved, after[moved]] - costs[moved, before[moved]]
    for pair in np.unique(pairs).tolist():
        of_pair = pairs == pair
        moved_weights = weights[moved][of_pair]
        totals[divmod(pair, k)] = (float(moved_weights.sum()), float((moved_weights * added[of_pair]).sum()))
    return totals


def reassignments(
    X: Floats, weights: Floats, *, costs: Callable[[Floats], Floats], offsets: Floats
) -> tuple[Reassignment, ...]:
    """Rows reassigned because of the offsets, and the added cost; `costs` gives those of each row and cluster."""
    if not offsets.any():
        return ()
    total: dict[tuple[int, int], tuple[float, float]] = {}
    for block in over_blocks(len(X), lambda rows: _reassigned(costs(X[rows]), offsets, weights[rows])):
        for pair, (count, cost) in block.items():
            before = total.get(pair, (0.0, 0.0))
            total[pair] = (before[0] + count, before[1] + cost)
    return tuple(Reassignment(*pair, *total[pair]) for pair in sorted(total))


def assess_by_costs(squared: Floats, reduced: Floats, reach: Floats, *, scale: float = 1.0) -> Assessment:
    """The assessment of rows from their squared distances, and from their costs less the offsets."""
    label, second = two_best(reduced)
    rows = np.arange(len(reduced))
    distance = np.sqrt(squared[rows, label])
    return Assessment(label, second, posterior(reduced, scale)[rows, label], distance, distance > reach[label])


def two_best(reduced: Floats) -> tuple[Integers, Integers]:
    """The cheapest and the second cheapest cluster of each row; -1 where there is only one."""
    label = reduced.argmin(axis=1)
    if reduced.shape[1] == 1:
        return label, np.full(len(label), -1, dtype=np.intp)
    without_best = reduced.copy()
    without_best[np.arange(len(label)), label] = np.inf
    return label, without_best.argmin(axis=1)


def posterior(reduced: Floats, scale: float = 1.0) -> Floats:
    """exp(-reduced / scale), each row divided by its sum."""
    share: Floats = np.exp(-(reduced - reduced.min(axis=1, keepdims=True)) / scale)
    share /= share.sum(axis=1, keepdims=True)
    return share


def empty_assessment(n_rows: int) -> Assessment:
    """The arrays of an assessment, to be filled by `fill`: joining those of all blocks would take twice the memory."""
    return Assessment(
        label=np.empty(n_rows, dtype=np.intp),
        second_label=np.empty(n_rows, dtype=np.intp),
        confidence=np.empty(n_rows),
        distance=np.empty(n_rows),
        is_outlier=np.empty(n_rows, dtype=np.bool_),
    )


def fill(whole: Assessment, block: slice, assessed: Assessment) -> None:
    """Put the assessment of a block of rows into that of all rows."""
    for field in fields(Assessment):
        getattr(whole, field.name)[block] = getattr(assessed, field.name)


def assessed_by_blocks(n_rows: int, assess: Callable[[slice], Assessment]) -> Assessment:
    """The assessment of all rows, block by block in threads."""
    whole = empty_assessment(n_rows)
    over_blocks(n_rows, lambda block: fill(whole, block, assess(block)))
    return whole
