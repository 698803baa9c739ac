"""The assignment rule of HDBSCAN: the nearest prototype of core rows by mutual reachability."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from custseg._numerics import Floats, Integers
from custseg.clustering.assignment._assessment import Assessment, check_shapes, empty_assessment, fill

# Number of rows whose neighbors are searched at once, which bounds the memory.
_BLOCK = 16_384
_FIRST_NEIGHBORS = 16


@dataclass(frozen=True, eq=False)
class NearestCores:
    """The nearest core of each row by mutual reachability; it does not depend on the labels of the cores.

    `core_distances` are those of the rows themselves; `distances` lead to the cores at `indices`.
    """

    core_distances: Floats
    distances: Floats
    indices: NDArray[np.int32]

    def __getitem__(self, rows: slice) -> NearestCores:
        return NearestCores(self.core_distances[rows], self.distances[rows], self.indices[rows])


@dataclass(frozen=True, eq=False)
class CoreRule:
    """label = cluster of the prototype c that minimizes max(core_c, core_x, ‖x - c‖); of the nearest one in a tie.

    core_c is the stored core distance of c; core_x is the distance of x to its `neighbors`-th prototype. No row is
    stored: a prototype stands for ten core rows or more, see `condensed`.

    Attributes
    ----------
    cores : ndarray of shape (n_cores, n_columns)
        Prototypes of the training rows inside clusters, made by `condensed`.
    core_distances : ndarray of shape (n_cores,)
        Mean over the rows of each of the distance to the `min_samples`-th nearest training row.
    core_labels : ndarray of int, shape (n_cores,)
        Cluster of each.
    n_clusters : int
        Number of clusters; with 0 every row is noise.
    neighbors : int
        Number of prototypes in a neighborhood as large as that of `min_samples` training rows.
    reach : ndarray of shape (n_clusters,)
        Outliers are farther away: mean mutual reachability of the ten farthest training rows.
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
        return self.nearest_label(self.nearest_cores(X))

    def assess(self, X: Floats, near: NearestCores | None = None) -> Assessment:
        """How well each row fits; confidence is second / (first + second) of the two distances.

        `near` are the nearest cores of the rows where these have been searched before.
        """
        near = near or self.nearest_cores(X)
        whole = empty_assessment(len(X))
        for block in _blocks(len(X)):
            fill(whole, block, self._assess(X[block], near[block]))
        return whole

    def nearest_cores(self, X: Floats) -> NearestCores:
        """The nearest core of each row."""
        near = NearestCores(np.empty(len(X)), np.empty(len(X)), np.empty(len(X), dtype=np.int32))
        for block in _blocks(len(X)) if self.n_clusters else ():
            core, (distance, index) = self._nearest(X[block])
            near.core_distances[block], near.distances[block], near.indices[block] = core, distance, index
        return near

    def nearest_label(self, near: NearestCores) -> Integers:
        """The cluster of rows by their nearest cores, -1 for noise."""
        if self.n_clusters == 0:
            return np.full(len(near.indices), -1, dtype=np.intp)
        label = self.core_labels[near.indices]
        return np.where(near.distances > self.limit[label], -1, label)

    def contributions(self, row: Floats, first: int, second: int) -> tuple[Floats, float]:
        """Differences by column of the squared distances to the nearest cores, and the contribution of density.

        The cost is the squared mutual reachability.
        """
        X = row[None, :]
        core, _ = self._nearest(X)
        (near, first_core), (far, second_core) = (self._nearest_of(X, core, cluster=j) for j in (first, second))
        columns = (row - self.cores[second_core[0]]) ** 2 - (row - self.cores[first_core[0]]) ** 2
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

    def check(self, n_clusters: int, n_columns: int) -> None:
        """Raise ValueError unless the arrays are those of a rule for so many clusters and columns."""
        k, n_cores = n_clusters, len(self.cores)
        check_shapes(
            {
                "cores": (self.cores, (n_cores, n_columns)),
                "core_distances": (self.core_distances, (n_cores,)),
                "core_labels": (self.core_labels, (n_cores,)),
                "reach": (self.reach, (k,)),
            }
        )
        is_labeled = (
            np.isin(np.arange(k), self.core_labels).all() and ((self.core_labels < k) & (self.core_labels >= 0)).all()
        )
        if self.n_clusters != k or self.limit.shape != (k,) or np.isnan(self.limit).any() or not is_labeled:
            raise ValueError("the prototypes of the rule are not those of its clusters")
        if not 1 <= self.neighbors <= n_cores:
            raise ValueError("the rule looks at more neighbors than it has prototypes")

    @cached_property
    def _tree(self) -> cKDTree:
        return cKDTree(self.cores)

    @cached_property
    def _trees(self) -> list[tuple[cKDTree, Integers]]:
        """For each cluster a tree of its cores, and their indices."""
        indices = [np.flatnonzero(self.core_labels == j) for j in range(self.n_clusters)]
        return [(cKDTree(self.cores[members]), members) for members in indices]

    def _assess(self, X: Floats, near: NearestCores) -> Assessment:
        n = len(X)
        if self.n_clusters == 0:
            no_label, far = np.full(n, -1, dtype=np.intp), np.full(n, np.inf)
            return Assessment(no_label, no_label.copy(), np.zeros(n), far, np.zeros(n, dtype=bool))
        label, distance = self.core_labels[near.indices], near.distances
        runner_up, confidence = np.full(n, -1, dtype=np.intp), np.ones(n)
        if self.n_clusters > 1:
            runner_up, next_distance = self._runner_up(X, near.core_distances, label)
            total = distance + next_distance
            np.divide(next_distance, total, out=confidence, where=total > 0)
        noise = distance > self.limit[label]
        is_outlier = distance > self.reach[label]
        confidence[noise], runner_up[noise] = 0.0, label[noise]
        return Assessment(self.nearest_label(near), runner_up, confidence, distance, is_outlier)

    def _nearest(self, X: Floats) -> tuple[Floats, tuple[Floats, Integers]]:
        """Core distance of each row; distance to and index of the nearest core by mutual reachability."""
        n_neighbors = min(max(_FIRST_NEIGHBORS, self.neighbors), len(self.cores))
        distances, indices = _neighbors(self._tree, X, n_neighbors)
        core = distances[:, self.neighbors - 1].copy()
        all_cores = np.arange(len(self.cores))
        return core, self._reachable(X, core, tree=self._tree, indices=all_cores, neighbors=(distances, indices))

    def _reachable(
        self, X: Floats, core: Floats, *, tree: cKDTree, indices: Integers, neighbors: tuple[Floats, Integers]
    ) -> tuple[Floats, Integers]:
        """Distance to and index of the nearest core by mutual reachability, among the cores of a tree.

        The search goes on with more neighbors until no core outside them can be nearer.
        """
        best, best_core = np.empty(len(X)), np.empty(len(X), dtype=np.intp)
        open_rows = np.arange(len(X))
        distances, near = neighbors
        while True:
            mutual = np.maximum(np.maximum(self.core_distances[indices[near]], core[open_rows, None]), distances)
            smallest = mutual.min(axis=1)
            # Of the cores of smallest mutual reachability the nearest; of equally near ones, the first stored.
            tied = np.where(mutual == smallest[:, None], distances, np.inf)
            nearest = tied.min(axis=1)
            first = np.where(tied == nearest[:, None], near, len(indices)).min(axis=1)
            best[open_rows], best_core[open_rows] = smallest, indices[first]
            # The runner-up may tie in both; then the last neighbor searched is as near as the best.
            last = distances[:, -1]
            unsure = (last < smallest) | (last == nearest)
            if distances.shape[1] >= len(indices) or not unsure.any():
                return best, best_core
            open_rows = open_rows[unsure]
            distances, near = _neighbors(tree, X[open_rows], min(4 * distances.shape[1], len(indices)))

    def reachable(self, X: Floats, core: Floats, *, indices: Integers) -> Floats:
        """Mutual reachability of rows with these core distances from the nearest of the cores with these indices."""
        tree = cKDTree(self.cores[indices])
        neighbors = _neighbors(tree, X, min(_FIRST_NEIGHBORS, len(indices)))
        return self._reachable(X, core, tree=tree, indices=indices, neighbors=neighbors)[0]

    def _runner_up(self, X: Floats, core: Floats, label: Integers) -> tuple[Integers, Floats]:
        """The second-best cluster of each row, and its distance."""
        second, nearest = np.full(len(X), -1, dtype=np.intp), np.full(len(X), np.inf)
        for j in range(self.n_clusters):
            outside = np.flatnonzero(label != j)
            distance, _ = self._nearest_of(X[outside], core[outside], cluster=j)
            closer = distance < nearest[outside]
            second[outside[closer]], nearest[outside[closer]] = j, distance[closer]
        return second, nearest

    def _nearest_of(self, X: Floats, core: Floats, *, cluster: int) -> tuple[Floats, Integers]:
        """Distance to and index of the nearest core of the cluster by mutual reachability."""
        tree, indices = self._trees[cluster]
        neighbors = _neighbors(tree, X, min(_FIRST_NEIGHBORS, len(indices)))
        return self._reachable(X, core, tree=tree, indices=indices, neighbors=neighbors)


def _blocks(n_rows: int) -> list[slice]:
    """Blocks of rows, searched one after the other: a search uses all cores."""
    return [slice(start, start + _BLOCK) for start in range(0, n_rows, _BLOCK)]


def _neighbors(tree: cKDTree, X: Floats, count: int) -> tuple[Floats, Integers]:
    """Distances and indices of the nearest rows of the tree, one column per neighbor, in increasing distance."""
    distances, indices = tree.query(X, k=np.arange(1, count + 1), workers=workers(len(X)))
    return distances, indices


def workers(n_rows: int) -> int:
    """Number of threads of a search: for few rows, starting threads takes longer than the search."""
    return -1 if n_rows >= _BLOCK else 1
