"""The rule of HDBSCAN: the nearest core row by mutual reachability, among a bounded number of stored ones."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from scipy.spatial import cKDTree

from custseg._arrays import Floats, Integers
from custseg.clustering.assignment._assessment import Assessment, joined

# Rows that look for their neighbors together: bounds the memory that the answers take.
_BLOCK = 16_384
_FIRST_LOOK = 16


@dataclass(frozen=True, eq=False)
class CoreRule:
    """label = cluster of the core row c of least max(core_c, core_x, ‖x - c‖); in a tie of the nearest.

    core_c is the stored core distance of c; core_x is the distance of x to its `neighbors`-th stored row.

    Attributes
    ----------
    cores : ndarray of shape (n_cores, n_columns)
        Rows of the fit inside clusters.
    core_distances : ndarray of shape (n_cores,)
        Distance of each to its `min_samples`-th nearest row of the fit.
    core_labels : ndarray of int, shape (n_cores,)
        Cluster of each.
    n_clusters : int
        How many clusters there are; 0 makes every row noise.
    neighbors : int
        How many stored rows make a neighborhood as large as `min_samples` rows of the fit.
    reach : ndarray of shape (n_clusters,)
        Mutual reachability of the farthest row of the fit.
    limit : ndarray of shape (n_clusters,)
        Farther rows are noise; infinite where every row gets a cluster.
    """

    kind: ClassVar[str] = "cores"

    cores: Floats
    core_distances: Floats
    core_labels: Integers
    n_clusters: int
    neighbors: int
    reach: Floats
    limit: Floats

    def labels(self, X: Floats) -> Integers:
        """The cluster of each row, -1 for noise."""
        return self.nearest(X).label

    def nearest(self, X: Floats) -> Assessment:
        """The same without the second cluster of rows that are no noise, and so without confidence: much faster."""
        return self._over_blocks(X, second=False)

    def assess(self, X: Floats) -> Assessment:
        """How well each row fits; confidence is second / (first + second) of the two distances."""
        return self._over_blocks(X, second=True)

    def contributions(self, row: Floats, first: int, second: int) -> tuple[Floats, float]:
        """Differences by column of the squared distances from the nearest core of each, and what density adds.

        The cost is the squared mutual reachability.
        """
        X = row[None, :]
        core, _ = self._nearest(X)
        (near, own), (far, other) = (self._nearest_of(X, core, cluster=j) for j in (first, second))
        columns = (row - self.cores[other[0]]) ** 2 - (row - self.cores[own[0]]) ** 2
        return columns, float(far[0] ** 2 - near[0] ** 2 - columns.sum())

    def to_dict(self) -> dict[str, Any]:
        """The rule in lists, numbers and words, for JSON; no limit is null."""
        arrays = ("cores", "core_distances", "core_labels", "reach")
        return {
            "kind": self.kind,
            **{name: getattr(self, name).tolist() for name in arrays},
            "n_clusters": self.n_clusters,
            "neighbors": self.neighbors,
            "limit": self.limit.tolist() if np.isfinite(self.limit).all() else None,
        }

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> CoreRule:
        """The rule that `to_dict` wrote."""
        k = int(plain["n_clusters"])
        limit = np.full(k, np.inf) if plain["limit"] is None else np.array(plain["limit"], dtype=np.float64)
        return cls(
            cores=np.array(plain["cores"], dtype=np.float64),
            core_distances=np.array(plain["core_distances"], dtype=np.float64),
            core_labels=np.array(plain["core_labels"], dtype=np.intp),
            n_clusters=k,
            neighbors=int(plain["neighbors"]),
            reach=np.array(plain["reach"], dtype=np.float64),
            limit=limit,
        )

    @cached_property
    def _tree(self) -> cKDTree:
        return cKDTree(self.cores)

    @cached_property
    def _trees(self) -> list[tuple[cKDTree, Integers]]:
        """A tree of the cores of each cluster, and where they stand among all."""
        places = [np.flatnonzero(self.core_labels == j) for j in range(self.n_clusters)]
        return [(cKDTree(self.cores[place]), place) for place in places]

    def _over_blocks(self, X: Floats, *, second: bool) -> Assessment:
        blocks = range(0, len(X), _BLOCK)
        return joined([self._assess(X[start : start + _BLOCK], second=second) for start in blocks])

    def _assess(self, X: Floats, *, second: bool) -> Assessment:
        n = len(X)
        if self.n_clusters == 0:
            nobody, far = np.full(n, -1, dtype=np.intp), np.full(n, np.inf)
            return Assessment(nobody, nobody.copy(), np.zeros(n), far, np.zeros(n, dtype=bool))
        core, (distance, nearest) = self._nearest(X)
        label = self.core_labels[nearest]
        runner_up, confidence = np.full(n, -1, dtype=np.intp), np.ones(n)
        if second and self.n_clusters > 1:
            runner_up, next_distance = self._runner_up(X, core, label)
            total = distance + next_distance
            np.divide(next_distance, total, out=confidence, where=total > 0)
        noise = distance > self.limit[label]
        is_outlier = distance > self.reach[label]
        confidence[noise], runner_up[noise] = 0.0, label[noise]
        return Assessment(np.where(noise, -1, label), runner_up, confidence, distance, is_outlier)

    def _nearest(self, X: Floats) -> tuple[Floats, tuple[Floats, Integers]]:
        """Core distance of each row; distance to, and place of, the nearest core by mutual reachability."""
        look = min(max(_FIRST_LOOK, self.neighbors), len(self.cores))
        distances, places = _neighbors(self._tree, X, look)
        core = distances[:, self.neighbors - 1].copy()
        every = np.arange(len(self.cores))
        return core, self._reachable(X, core, tree=self._tree, place=every, found=(distances, places))

    def _reachable(
        self, X: Floats, core: Floats, *, tree: cKDTree, place: Integers, found: tuple[Floats, Integers]
    ) -> tuple[Floats, Integers]:
        """The nearest core by mutual reachability; looks at more neighbors until no other can be nearer."""
        best, which = np.empty(len(X)), np.empty(len(X), dtype=np.intp)
        open_rows = np.arange(len(X))
        distances, near = found
        while True:
            mutual = np.maximum(np.maximum(self.core_distances[place[near]], core[open_rows, None]), distances)
            least = mutual.min(axis=1)
            # Among the least, the nearest; among equally near ones, the first that was stored.
            tied = np.where(mutual == least[:, None], distances, np.inf)
            first = np.where(tied == tied.min(axis=1)[:, None], near, len(place)).min(axis=1)
            best[open_rows], which[open_rows] = least, place[first]
            # The runner-up may tie in both; then the last neighbor seen is as near as the best.
            nearest = tied.min(axis=1)
            last = distances[:, -1]
            unsure = (last < least) | (last == nearest)
            if distances.shape[1] >= len(place) or not unsure.any():
                return best, which
            open_rows = open_rows[unsure]
            look = min(4 * distances.shape[1], len(place))
            distances, near = _neighbors(tree, X[open_rows], look)

    def reachable(self, X: Floats, core: Floats, *, place: Integers) -> Floats:
        """Mutual reachability of each row, of that core distance, from the nearest of the cores in these places."""
        tree = cKDTree(self.cores[place])
        found = _neighbors(tree, X, min(_FIRST_LOOK, len(place)))
        return self._reachable(X, core, tree=tree, place=place, found=found)[0]

    def _runner_up(self, X: Floats, core: Floats, label: Integers) -> tuple[Integers, Floats]:
        """The nearest cluster beside the own, and its distance."""
        second, nearest = np.full(len(X), -1, dtype=np.intp), np.full(len(X), np.inf)
        for j in range(self.n_clusters):
            others = np.flatnonzero(label != j)
            distance, _ = self._nearest_of(X[others], core[others], cluster=j)
            closer = distance < nearest[others]
            second[others[closer]], nearest[others[closer]] = j, distance[closer]
        return second, nearest

    def _nearest_of(self, X: Floats, core: Floats, *, cluster: int) -> tuple[Floats, Integers]:
        """Mutual reachability of the nearest core of the cluster, and its place."""
        tree, place = self._trees[cluster]
        found = _neighbors(tree, X, min(_FIRST_LOOK, len(place)))
        return self._reachable(X, core, tree=tree, place=place, found=found)


def _neighbors(tree: cKDTree, X: Floats, count: int) -> tuple[Floats, Integers]:
    """The nearest rows of the tree, in rising distance; one per column."""
    distances, places = tree.query(X, k=np.arange(1, count + 1), workers=workers(len(X)))
    return distances, places


def workers(n_rows: int) -> int:
    """Threads for a search: for few rows, starting them takes longer than the search."""
    return -1 if n_rows >= _BLOCK else 1
