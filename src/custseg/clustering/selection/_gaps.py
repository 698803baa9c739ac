"""Separation of clusters: path-based silhouettes, and the depth of the density valley between two clusters."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.spatial import cKDTree

from custseg._numerics import Floats, Integers

# A core distance reaches so many rows beside the own one.
_NEIGHBORS = 5
_GRID = 64
# Two clusters meet at this share of the rows of each.
_MEETING = 0.1


def path_silhouettes(X: Floats, labelings: Sequence[Integers]) -> list[Floats]:
    """Mean silhouette of each cluster of each labeling, by path distance; labels from 0, -1 in no cluster.

    The path distance of two rows is the longest step on the best path between them, where the length of a step is
    the mutual reachability of its ends. It is small inside a dense region of any shape, and large across
    a gap. (Fischer and Buhmann 2003; Campello, Moulavi and Sander 2013.)
    """
    from custseg.clustering.rows._path_kernels import prim_order

    n = len(X)
    core = cKDTree(X).query(X, k=[min(_NEIGHBORS + 1, n)])[0][:, 0] ** 2
    order, lengths = np.empty(n, dtype=np.int64), np.zeros(n)
    prim_order(np.ascontiguousarray(X), core, np.full(n, np.inf), order, lengths)
    starts = np.cumsum([0, *(int(labels.max()) + 1 for labels in labelings)])
    members = np.zeros((n, int(starts[-1])))
    for labels, start in zip(labelings, starts, strict=False):
        inside = np.flatnonzero(labels >= 0)
        members[inside, labels[inside] + start] = 1.0
    sums = np.empty_like(members)
    sums[order] = _path_sums(members[order], np.sqrt(lengths))
    bounds = zip(labelings, starts, starts[1:], strict=False)
    return [_cluster_means(sums[:, start:stop], labels) for labels, start, stop in bounds]


def _path_sums(members: Floats, lengths: Floats) -> Floats:
    """Sum of the path distances of each row to the members of each cluster; rows in Prim's order.

    A path distance is the longest edge that was added between the two rows.
    """
    back = np.append(0.0, lengths[:0:-1])
    return _sums_before(members, lengths) + _sums_before(members[::-1], back)[::-1]


def _sums_before(members: Floats, lengths: Floats) -> Floats:
    """The sums over the rows that come before each row.

    Back to the last edge that is at least as long, the row's own edge is the longest; from there on, that one's sums.
    """
    previous = [0] * len(lengths)
    listed = lengths.tolist()
    for row in range(1, len(listed)):
        longer = row - 1
        while longer and listed[longer] < listed[row]:
            longer = previous[longer]
        previous[row] = longer
    back = np.array(previous)
    before = np.cumsum(members, axis=0) - members
    sums: Floats = lengths[:, None] * (before - before[back])
    # Each round doubles the number of edges whose sums are added.
    while back.any():
        sums += sums[back]
        back = back[back]
    return sums


def _cluster_means(sums: Floats, labels: Integers) -> Floats:
    """Mean silhouette of each cluster, from each row's sums of distances to the clusters; 0 for fewer than two rows."""
    inside = np.flatnonzero(labels >= 0)
    labels, sums = labels[inside], sums[inside]
    sizes = np.bincount(labels, minlength=sums.shape[1])
    if len(sizes) < 2:
        return np.zeros(len(sizes))
    rows = np.arange(len(labels))
    own_means = sums[rows, labels] / np.maximum(sizes[labels] - 1, 1)
    other_means = np.divide(sums, sizes, out=np.full(sums.shape, np.inf), where=sizes > 0)
    other_means[rows, labels] = np.inf
    nearest = other_means.min(axis=1)
    larger = np.maximum(own_means, nearest)
    widths = np.divide(nearest - own_means, larger, out=np.zeros(len(rows)), where=(larger > 0) & (sizes[labels] > 1))
    means: Floats = np.bincount(labels, widths, minlength=len(sizes)) / np.maximum(sizes, 1)
    return means


def valleys(X: Floats, labels: Integers) -> Floats:
    """Depth of the shallowest density valley between each cluster and another: 0 no valley, near 1 an empty region."""
    k = int(labels.max()) + 1
    depths = np.full((k, k), 1.0)
    members = [X[labels == j] for j in range(k)]
    for i in range(k):
        for j in range(i):
            depths[i, j] = depths[j, i] = _valley(members[i], members[j])
    shallowest: Floats = depths.min(axis=1)
    return shallowest


def _valley(first: Floats, second: Floats) -> float:
    """1 - (lowest density between the two clusters) / (lower of their peaks), on a path between them.

    The path is straight, along Fisher's discriminant, or bent through the point where the clusters meet: pieces of a
    ring have a valley on a straight line, which leaves the ring, and none along it. The shallower valley counts.
    """
    if min(len(first), len(second)) < 2:
        return 0.0
    whitened = _whitened(first, second)
    if whitened is None:
        return float((first.mean(axis=0) != second.mean(axis=0)).any())
    first, second = whitened
    low, high = first.mean(axis=0), second.mean(axis=0)
    left, right = first @ (high - low), second @ (high - low)
    straight = _depth(left, right)
    if straight == 0:
        return 0.0
    bend = (first[_outermost(-left)].mean(axis=0) + second[_outermost(right)].mean(axis=0)) / 2
    lengths = np.linalg.norm(bend - low), np.linalg.norm(high - bend)
    if min(lengths) == 0:
        return straight
    bent = _depth((first - bend) @ ((bend - low) / lengths[0]), (second - bend) @ ((high - bend) / lengths[1]))
    return min(straight, bent)


def _whitened(first: Floats, second: Floats) -> tuple[Floats, Floats] | None:
    """Both clusters, whitened; correlations are shrunk if rows are few. None if no column varies."""
    n, d = len(first) + len(second), first.shape[1]
    spread: Floats = sum((group - group.mean(axis=0)).T @ (group - group.mean(axis=0)) for group in (first, second)) / n
    variances = np.diagonal(spread)
    if not variances.max() > 0:
        return None
    # A column that is the same within both has no spread to be measured in, but the distance between them.
    between = (first.mean(axis=0) - second.mean(axis=0)) ** 2
    alone = np.maximum(variances, 1e-9 * between)
    alone = np.where(alone > 0, alone, 1.0)
    factor = np.linalg.cholesky(spread + np.diag(alone) * min(1.0, 2 * d / n))
    inverse: Floats = np.linalg.inv(factor).astype(np.float64)
    return first @ inverse.T, second @ inverse.T


def _outermost(positions: Floats) -> Integers:
    """Which rows have the smallest values: a tenth of the rows, at least two."""
    count = min(max(2, round(_MEETING * len(positions))), len(positions))
    nearest: Integers = np.argpartition(positions, count - 1)[:count]
    return nearest


def _depth(left: Floats, right: Floats) -> float:
    """Depth of the valley between the medians of two lists of values."""
    low, high = float(np.median(left)), float(np.median(right))
    if not high > low:
        return 0.0
    # Silverman's width for the narrower of the two: a wider one would fill the valley.
    width = 0.9 * min(_width(left), _width(right)) * min(len(left), len(right)) ** -0.2
    margin = (high - low) / 4
    grid = np.linspace(low - margin, high + margin, _GRID)
    density = _density(np.concatenate([left, right]), grid, max(width, (high - low) / _GRID))
    peak = np.minimum(np.maximum.accumulate(density), np.maximum.accumulate(density[::-1])[::-1])
    # Where one side holds nothing up to here, there is no valley yet.
    return float(np.max(1 - np.divide(density, peak, out=np.ones_like(density), where=peak > 0)))


def _width(values: Floats) -> float:
    """The smaller of the standard deviation and its estimate from the quartiles."""
    low, high = np.quantile(values, (0.25, 0.75))
    return min(float(values.std()), float(high - low) / 1.349 or np.inf)


def _density(values: Floats, grid: Floats, width: float) -> Floats:
    """Kernel density of the values on a grid, up to a factor; computed from fine bins for speed."""
    step = width / 8
    low = grid[0] - 5 * width
    n_bins = int((grid[-1] + 5 * width - low) / step) + 1
    bins = np.floor((values - low) / step)
    inside = (bins >= 0) & (bins < n_bins)
    counts = np.bincount(bins[inside].astype(np.intp), minlength=n_bins)
    middles = low + (np.arange(n_bins) + 0.5) * step
    full = np.flatnonzero(counts)
    density: Floats = np.exp(-0.5 * ((grid[:, None] - middles[full]) / width) ** 2) @ counts[full]
    return density
