"""Mixtures whose clusters meet a minimum with equal rows together, numbered by size."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from custseg.clustering._assessment import Floats
from custseg.clustering._ends import numbered as numbered_centres
from custseg.clustering._ends import settled_or_free
from custseg.clustering._last_resort import LastResort
from custseg.clustering._lloyd import Clustered
from custseg.clustering._mixture_rule import MixtureRule
from custseg.clustering._mixture_steps import Fitted, MatrixCosts, Mixture, Shape, fitted_as_is, maximised
from custseg.clustering._rows import DistinctRows


@dataclass(frozen=True, eq=False)
class MixtureEnd:
    """A mixture and its rule, the largest cluster first; `fitted` has the same order."""

    fitted: Fitted
    rule: MixtureRule
    sizes: Floats


def numbered(rows: DistinctRows, fitted: Fitted, least: float) -> MixtureEnd | None:
    """The rule with offsets that meet the minimum, the largest cluster first; None where none do."""
    k = len(fitted.offsets)
    mixture, constants, offsets = fitted.mixture, fitted.mixture.constants, np.zeros(k)
    end: MixtureEnd | None = None
    labels = np.empty(0, dtype=np.int32)
    for _ in range(10):
        bare = MixtureRule(mixture.means, mixture.factors, constants, offsets, np.full(k, np.inf))
        settled = settled_or_free(MatrixCosts(bare.costs(rows.values)), rows.weights, least, start=offsets)
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


def last_resort(rows: DistinctRows, k: int, shape: Shape) -> LastResort[MixtureEnd]:
    """The search for centres whose power diagram meets a minimum, as mixtures.

    The clusters of a diagram become components; where these do not meet the minimum, components of one round
    covariance around the centres have the very cells of the diagram.
    """

    def attempt(centres: Floats, least: float) -> MixtureEnd | None:
        none, nowhere = np.zeros(k), np.empty(0, dtype=np.int32)
        found = numbered_centres(rows, Clustered(centres, none, nowhere, np.nan, 0, converged=False), least)
        if found is None:
            return None
        shares = np.zeros((len(rows.values), k))
        shares[np.arange(len(shares)), found.labels] = rows.weights
        variance = found.cost / (float(rows.weights.sum()) * centres.shape[1]) or float(shape.scales.mean())
        mixtures = (maximised(rows.values, shares, centres, shape=shape), round_mixture(found.centres, variance))
        ends = (numbered(rows, fitted_as_is(rows, mixture), least) for mixture in mixtures)
        return next((end for end in ends if end is not None), None)

    return LastResort(rows, k, attempt)


def round_mixture(centres: Floats, variance: float) -> Mixture:
    """Equal weights and one variance in all directions: the nearest centre is the likeliest."""
    k, d = centres.shape
    covariances = np.broadcast_to(variance * np.eye(d), (k, d, d)).copy()
    factors = np.broadcast_to(np.eye(d) / np.sqrt(variance), (k, d, d)).copy()
    return Mixture(np.full(k, 1 / k), centres, covariances, factors, tuple((j, "round") for j in range(k)))
