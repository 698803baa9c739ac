"""Mixtures whose clusters meet a minimum with equal rows together, numbered by size."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from custseg._arrays import Floats
from custseg.clustering.assignment._gaussian import MixtureRule
from custseg.clustering.min_size._em import Fitted, MatrixCosts, Mixture, Shape, fitted_as_is, mixture_of_clusters
from custseg.clustering.min_size._fallback import FallbackSearch, PowerDiagram
from custseg.clustering.min_size._kmeans_solution import MANY, settled_or_free
from custseg.clustering.min_size._kmeans_solution import numbered as numbered_centers
from custseg.clustering.min_size._lloyd import Clustered
from custseg.clustering.rows._rows import DistinctRows


@dataclass(frozen=True, eq=False)
class MixtureEnd:
    """A mixture and its rule, the largest cluster first; `fitted` has the same order."""

    fitted: Fitted
    rule: MixtureRule
    sizes: Floats


def numbered(rows: DistinctRows, fitted: Fitted, least: float, *, given: Floats | None = None) -> MixtureEnd | None:
    """The rule with offsets that meet the minimum, those given if need be, the largest cluster first; or None."""
    k = len(fitted.offsets)
    mixture, constants = fitted.mixture, fitted.mixture.constants
    offsets = np.zeros(k) if given is None else given
    end: MixtureEnd | None = None
    labels = np.empty(0, dtype=np.int32)
    for _ in range(10):
        bare = MixtureRule(mixture.means, mixture.factors, constants, offsets, np.full(k, np.inf))
        costs = MatrixCosts(bare.costs(rows.values))
        settled = settled_or_free(costs, rows.weights, least, start=offsets, as_given=given is not None)
        if settled is None:
            return None
        rule, labels = replace(bare, offsets=settled.offsets), settled.labels
        end = MixtureEnd(replace(fitted, mixture=mixture), rule, settled.sizes)
        order = np.lexsort((*mixture.means.T[::-1], -settled.sizes))
        if np.array_equal(order, np.arange(k)):
            break
        # Rows that are exactly tied may change their cluster with its number: look again.
        mixture, constants, offsets = mixture.reordered(order), constants[order], settled.offsets[order]
    if end is None:
        return None
    reach = np.zeros(k)
    np.maximum.at(reach, labels, end.rule.assess(rows.values).distance)
    return replace(end, rule=replace(end.rule, reach=reach))


def fallback_search(rows: DistinctRows, k: int, shape: Shape) -> FallbackSearch[MixtureEnd]:
    """The search for centers whose power diagram meets a minimum, as mixtures.

    The clusters of a diagram become components; where these do not meet the minimum, components of one round
    covariance around the centers have the very cells of the diagram.
    """

    def attempt(diagram: PowerDiagram, least: float) -> MixtureEnd | None:
        start = Clustered(*diagram, np.empty(0, dtype=np.int32), np.nan, 0, converged=False)
        found = numbered_centers(rows, start, least, as_given=True)
        if found is None:
            return None
        if len(rows.values) <= MANY:
            mixture = mixture_of_clusters(rows, found.labels, found.centers, shape=shape)
            end = numbered(rows, fitted_as_is(rows, mixture), least)
            if end is not None:
                return end
        # Not the cost within clusters alone: that of a far row would round all others away beside the constant.
        usual = float(shape.scales.mean())
        variance = min(found.cost / (float(rows.weights.sum()) * found.centers.shape[1]), usual) or usual
        mixture = round_mixture(found.centers, variance)
        return numbered(rows, fitted_as_is(rows, mixture), least, given=found.offsets / (2 * variance))

    return FallbackSearch(rows, k, attempt)


def round_mixture(centers: Floats, variance: float) -> Mixture:
    """Equal weights and one variance in all directions: the nearest center is the likeliest."""
    k, d = centers.shape
    covariances = np.broadcast_to(variance * np.eye(d), (k, d, d)).copy()
    factors = np.broadcast_to(np.eye(d) / np.sqrt(variance), (k, d, d)).copy()
    return Mixture(np.full(k, 1 / k), centers, covariances, factors, tuple((j, "round") for j in range(k)))
