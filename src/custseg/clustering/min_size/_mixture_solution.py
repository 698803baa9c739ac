"""Solutions of Gaussian mixtures under a minimum size: duplicate rows together, clusters sorted by size."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from custseg._numerics import Floats
from custseg.clustering.assignment._gaussian import MixtureRule
from custseg.clustering.assignment._limits import outlier_limits
from custseg.clustering.min_size._em import EMResult, MatrixCosts, Mixture, Shape, evaluated, mixture_of_clusters
from custseg.clustering.min_size._fallback import FallbackSearch, PowerDiagram
from custseg.clustering.min_size._kmeans_solution import MAX_SEARCH_ROWS, feasible_assignment, kmeans_solution
from custseg.clustering.min_size._lloyd import LloydResult
from custseg.clustering.rows._rows import DistinctRows


@dataclass(frozen=True, eq=False)
class MixtureSolution:
    """A mixture and its assignment rule, the largest cluster first; `result` has the same order."""

    result: EMResult
    rule: MixtureRule
    sizes: Floats


def mixture_solution(
    rows: DistinctRows, result: EMResult, min_size: float, *, start: Floats | None = None
) -> MixtureSolution | None:
    """The rule with offsets which meet the minimum size, and sorted clusters; None if there are no such offsets.

    Offsets given as `start` are accepted if no smaller ones are found.
    """
    k = len(result.offsets)
    mixture, constants = result.mixture, result.mixture.constants
    offsets = np.zeros(k) if start is None else start
    solution: MixtureSolution | None = None
    labels = np.empty(0, dtype=np.int32)
    for _ in range(10):
        bare = MixtureRule(mixture.means, mixture.factors, constants, offsets, np.full(k, np.inf))
        costs = MatrixCosts(bare.costs(rows.values))
        assignment = feasible_assignment(costs, rows.weights, min_size, start=offsets, accept_start=start is not None)
        if assignment is None:
            return None
        rule, labels = replace(bare, offsets=assignment.offsets), assignment.labels
        solution = MixtureSolution(replace(result, mixture=mixture), rule, assignment.sizes)
        order = np.lexsort((*mixture.means.T[::-1], -assignment.sizes))
        if np.array_equal(order, np.arange(k)):
            break
        # Exact ties may be broken differently once the clusters are renumbered: assign again.
        mixture, constants, offsets = mixture.reordered(order), constants[order], assignment.offsets[order]
    if solution is None:
        return None
    distances = solution.rule.assess(rows.values).distance
    reach = outlier_limits(labels, distances, rows.weights, n_clusters=k)
    return replace(solution, rule=replace(solution.rule, reach=reach))


def fallback_search(rows: DistinctRows, k: int, shape: Shape) -> FallbackSearch[MixtureSolution]:
    """The fallback search with mixtures as solutions.

    The cells of a power diagram become components. If these do not meet the minimum size, components with one
    spherical covariance around the centers have exactly the cells of the diagram.
    """

    def attempt(diagram: PowerDiagram, min_size: float) -> MixtureSolution | None:
        start = LloydResult(*diagram, np.empty(0, dtype=np.int32), np.nan, 0, converged=False)
        clusters = kmeans_solution(rows, start, min_size, accept_start=True)
        if clusters is None:
            return None
        if len(rows.values) <= MAX_SEARCH_ROWS:
            mixture = mixture_of_clusters(rows, clusters.labels, clusters.centers, shape=shape)
            solution = mixture_solution(rows, evaluated(rows, mixture), min_size)
            if solution is not None:
                return solution
        # Not the cost within clusters alone: that of a distant row would round all others away beside the constant.
        scale = float(shape.scales.mean())
        variance = min(clusters.cost / (float(rows.weights.sum()) * clusters.centers.shape[1]), scale) or scale
        mixture = spherical_mixture(clusters.centers, variance)
        return mixture_solution(rows, evaluated(rows, mixture), min_size, start=clusters.offsets / (2 * variance))

    return FallbackSearch(rows, k, attempt)


def spherical_mixture(centers: Floats, variance: float) -> Mixture:
    """Equal weights and one variance in all directions: the nearest center has the largest posterior."""
    k, d = centers.shape
    covariances = np.broadcast_to(variance * np.eye(d), (k, d, d)).copy()
    factors = np.broadcast_to(np.eye(d) / np.sqrt(variance), (k, d, d)).copy()
    return Mixture(np.full(k, 1 / k), centers, covariances, factors, tuple((j, "round") for j in range(k)))
