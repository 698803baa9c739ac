"""Steps of expectation maximization on distinct rows, with offsets on the log posterior."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg.lapack import dtrtri

from custseg._numerics import Floats, Integers, Labels32
from custseg.clustering.assignment._gaussian import squared_mahalanobis
from custseg.clustering.min_size._offsets import optimal_offsets
from custseg.clustering.rows._blocks import over_blocks
from custseg.clustering.rows._rows import DistinctRows

COVARIANCE_TYPES = ("full", "tied", "diag", "spherical")
# Weight of each component, its weighted sums and products.
Moments = tuple[Floats, Floats, Floats]
# Least variance of a component whose own is singular, relative to the largest.
_THINNEST = 1e-6


@dataclass(frozen=True, eq=False)
class Mixture:
    """The parameters of a Gaussian mixture.

    `covariances` are full matrices whatever their type; `fallbacks` tell for which components a covariance
    was singular and what was done.
    """

    weights: Floats
    means: Floats
    covariances: Floats
    factors: Floats
    fallbacks: tuple[tuple[int, str], ...]

    @property
    def constants(self) -> Floats:
        """-log(weight · density at the mean)."""
        d = self.means.shape[1]
        log_determinants = np.log(np.diagonal(self.factors, axis1=1, axis2=2)).sum(axis=1)
        constants: Floats = 0.5 * d * np.log(2 * np.pi) - log_determinants - np.log(self.weights)
        return constants

    def reordered(self, order: Integers) -> Mixture:
        """The components in that order."""
        new = np.argsort(order)
        return Mixture(
            self.weights[order],
            self.means[order],
            self.covariances[order],
            self.factors[order],
            tuple(sorted((int(new[j]), remedy) for j, remedy in self.fallbacks)),
        )

    def costs(self, X: Floats) -> Floats:
        """-log joint density of each row and component."""
        return self.constants + 0.5 * squared_mahalanobis(X, self.means, self.factors)


@dataclass(frozen=True, eq=False)
class Shape:
    """Constraints on the covariances.

    `scales` are the squared units of the columns; `ridge` times these is added to the variances.
    """

    covariance_type: str
    ridge: float
    scales: Floats

    @property
    def added(self) -> Floats:
        """What is added to the variance of each column."""
        scales = np.full_like(self.scales, self.scales.mean()) if self.covariance_type == "spherical" else self.scales
        return self.ridge * scales


@dataclass(frozen=True, eq=False)
class MatrixCosts:
    """Costs in a matrix."""

    values: Floats

    def __len__(self) -> int:
        return len(self.values)

    def assign(self, offsets: Floats) -> tuple[Labels32, Floats]:
        """Label of each row, and the cost margin to its second-best cluster."""
        from custseg.clustering.rows import _kernels

        labels, gaps = np.empty(len(self), dtype=np.int32), np.empty(len(self))
        over_blocks(
            len(self),
            lambda block: _kernels.cheapest(self.values[block], offsets, labels[block], gaps[block]),
        )
        return labels, gaps

    def matrix(self, chosen: Integers) -> Floats:
        """The costs of the chosen rows."""
        return self.values[chosen]

    def first(self, rows: int) -> MatrixCosts:
        """The costs of the first rows alone."""
        return MatrixCosts(self.values[:rows])


@dataclass(frozen=True, eq=False)
class EMResult:
    """A mixture after EM steps; `likelihood` is the mean log-likelihood of a row."""

    mixture: Mixture
    offsets: Floats
    likelihood: float
    steps: int
    converged: bool


def expectation_maximization(
    X: Floats,
    weights: Floats,
    start: Mixture,
    *,
    min_size: float,
    shape: Shape,
    max_iter: int,
    tol: float,
) -> EMResult:
    """EM steps until the objective grows by less than `tol` per row; a `min_size` of 0 is no constraint.

    With a minimum size, each E-step adds the offsets that meet it to the log posteriors; the objective is then the
    dual one, Σ log Σ_j exp(offset_j - cost_j) - min_size · Σ_j offset_j.
    """
    mixture, offsets, total = start, np.zeros(len(start.weights)), float(weights.sum())
    before, step, converged = -np.inf, 0, False
    while step < max_iter and not converged:
        step += 1
        costs = None
        if min_size > 0:
            costs = mixture.costs(X)
            offsets, _ = optimal_offsets(MatrixCosts(costs), weights, min_size, start=offsets)
        logs, moments = _e_step(X, weights, mixture, offsets=offsets, costs=costs)
        reached = float((logs * weights).sum()) / total - min_size * float(offsets.sum()) / total
        mixture = _mixture_of_moments(moments, mixture.means, shape)
        converged = abs(reached - before) < tol
        before = reached
    return EMResult(mixture, offsets, _likelihood(X, weights, mixture), step, converged)


def evaluated(rows: DistinctRows, mixture: Mixture) -> EMResult:
    """A given mixture with its likelihood, without EM steps."""
    likelihood = _likelihood(rows.values, rows.weights, mixture)
    return EMResult(mixture, np.zeros(len(mixture.means)), likelihood, 0, converged=False)


def _likelihood(X: Floats, weights: Floats, mixture: Mixture) -> float:
    """Mean log-likelihood of a row."""
    logs, _ = _e_step(X, weights, mixture, offsets=np.zeros(len(mixture.means)))
    return float((logs * weights).sum()) / float(weights.sum())


def _zero_moments(k: int, d: int) -> Moments:
    return np.zeros(k), np.zeros((k, d)), np.zeros((k, d, d))


def _e_step(
    X: Floats, weights: Floats, mixture: Mixture, *, offsets: Floats, costs: Floats | None = None
) -> tuple[Floats, list[Moments]]:
    """Log density of each row with offsets added to the log priors; moments of each block about the means."""
    from custseg.clustering.rows import _kernels

    means, (k, d) = mixture.means, mixture.means.shape
    logs = np.empty(len(X))

    def moments_of(block: slice) -> Moments:
        moments = _zero_moments(k, d)
        of_block = mixture.costs(X[block]) if costs is None else costs[block]
        room = np.empty(d), np.empty(k)
        _kernels.expected(X[block], weights[block], of_block, offsets, means, *room, logs[block], *moments)
        return moments

    return logs, over_blocks(len(X), moments_of)


def mixture_of_clusters(rows: DistinctRows, labels: Labels32, centers: Floats, *, shape: Shape) -> Mixture:
    """M-step for hard assignments: the components of largest likelihood given the cluster of each row."""
    X, weights, (k, d) = rows.values, rows.weights, centers.shape

    def moments_of(block: slice) -> Moments:
        zeroth, first, second = _zero_moments(k, d)
        cluster, centered = labels[block], X[block] - centers[labels[block]]
        zeroth += np.bincount(cluster, weights[block], minlength=k)
        for a in range(d):
            weighted = weights[block] * centered[:, a]
            first[:, a] = np.bincount(cluster, weighted, minlength=k)
            for b in range(a + 1):
                second[:, a, b] = np.bincount(cluster, weighted * centered[:, b], minlength=k)
        return zeroth, first, second

    return _mixture_of_moments(over_blocks(len(X), moments_of), centers, shape)


def _mixture_of_moments(moments: list[Moments], centers: Floats, shape: Shape) -> Mixture:
    zeroth, first, second = (np.add.reduce([block[i] for block in moments]) for i in range(3))
    component_weights = zeroth + 10 * np.finfo(np.float64).eps
    shift = first / component_weights[:, None]
    lower = second / component_weights[:, None, None]
    products = lower + np.swapaxes(np.tril(lower, -1), 1, 2) - shift[:, :, None] * shift[:, None, :]
    covariances = _covariances_of_type(products, component_weights, shape.covariance_type) + np.diag(shape.added)
    factors, fallbacks, covariances = _inverse_cholesky_factors(covariances, shape)
    return Mixture(component_weights / component_weights.sum(), centers + shift, covariances, factors, fallbacks)


def _covariances_of_type(products: Floats, component_weights: Floats, covariance_type: str) -> Floats:
    d = products.shape[1]
    if covariance_type == "full":
        return products
    if covariance_type == "tied":
        tied = (products * component_weights[:, None, None]).sum(axis=0) / component_weights.sum()
        return np.broadcast_to(tied, products.shape).copy()
    diagonals = np.maximum(np.diagonal(products, axis1=1, axis2=2), 0.0)
    if covariance_type == "spherical":
        diagonals = np.repeat(diagonals.mean(axis=1, keepdims=True), d, axis=1)
    return diagonals[:, :, None] * np.eye(d)


def _inverse_cholesky_factors(covariances: Floats, shape: Shape) -> tuple[Floats, tuple[tuple[int, str], ...], Floats]:
    """Inverse Cholesky factors; singular covariances are regularized more, then made diagonal."""
    used, fallbacks = covariances, []
    roots = _cholesky(covariances)
    if roots is None:
        roots, used = np.empty_like(covariances), covariances.copy()
        for j, covariance in enumerate(covariances):
            roots[j], used[j], remedy = _regularized(covariance, shape)
            if remedy:
                fallbacks.append((j, remedy))
    factors = np.array([dtrtri(root, lower=True)[0] for root in roots], order="C")
    return factors, tuple(fallbacks), used


def _cholesky(covariances: Floats) -> Floats | None:
    """Cholesky factors of one matrix or of several; None where one is singular."""
    try:
        roots = np.linalg.cholesky(covariances).astype(np.float64, copy=False)
    except np.linalg.LinAlgError:
        return None
    return roots if np.diagonal(roots, axis1=-2, axis2=-1).min() > 0 else None


def _regularized(covariance: Floats, shape: Shape) -> tuple[Floats, Floats, str]:
    """The Cholesky factor of a covariance or of what takes its place, that, and what was done."""
    d = len(covariance)
    size = max(float(np.diagonal(covariance).max()), _THINNEST * float(shape.scales.mean()))
    tries = [(covariance, "")]
    tries += [(covariance + ridge * size * np.eye(d), "regularized") for ridge in (1e-9, _THINNEST)]
    for matrix, remedy in tries:
        root = _cholesky(matrix)
        if root is not None:
            return root, matrix, remedy
    diagonal = np.diag(np.maximum(np.diagonal(covariance), _THINNEST * size))
    return np.sqrt(diagonal), diagonal, "diagonal"
