"""Null reference data: rows without clusters that resemble given ones, as for the gap statistic."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import isotonic_regression
from scipy.stats import norm, rankdata

from custseg._arrays import Floats, Integers

# A value that at least this share of rows have is a point mass: customers with one order, imputed values.
_MASS = 0.05
# With fewer rows, a pattern uses the marginals and correlations of all rows.
_MIN_PATTERN_ROWS = 50
# Knots of a marginal, and candidates for its mode.
_KNOTS = 256
_MODES = 32


@dataclass(frozen=True, eq=False)
class _Pattern:
    """The rows with the same values at the point masses, and the columns that vary among them."""

    share: float
    fixed: Floats
    free: Integers
    quantiles: Floats
    mixing: Floats

    def draw(self, n_rows: int, rng: np.random.Generator) -> Floats:
        rows = np.tile(self.fixed, (n_rows, 1))
        levels = norm.cdf(rng.standard_normal((n_rows, len(self.free))) @ self.mixing.T)
        knots = (np.arange(len(self.quantiles)) + 0.5) / len(self.quantiles)
        for index, column in enumerate(self.free):
            rows[:, column] = np.interp(levels[:, index], knots, self.quantiles[:, index])
        return rows


@dataclass(frozen=True, eq=False)
class NullModel:
    """Draws rows with the marginals, rank correlations and point masses of given rows, but without clusters.

    A Gaussian copula within each pattern of point masses: patterns are drawn with their observed frequencies, the
    other columns from one normal distribution with the same correlations, transformed to the same marginals. A
    multimodal marginal would reproduce clusters, so each continuous column has the nearest unimodal marginal
    (Hartigan and Hartigan 1985).
    """

    patterns: tuple[_Pattern, ...]

    @classmethod
    def like(cls, X: Floats) -> NullModel:
        """The null model of these rows."""
        codes = np.stack([_mass_codes(column) for column in X.T], axis=1)
        kinds, kind = np.unique(codes, axis=0, return_inverse=True)
        kind = kind.reshape(-1)
        patterns = []
        for number, code in enumerate(kinds):
            members = np.flatnonzero(kind == number)
            free = np.flatnonzero(code < 0)
            source = members
            if len(members) < _MIN_PATTERN_ROWS and len(free):
                source = np.flatnonzero((codes[:, free] < 0).all(axis=1))
            values = X[np.ix_(source, free)]
            patterns.append(_Pattern(len(members) / len(X), X[members[0]], free, _quantiles(values), _mixing(values)))
        return cls(tuple(patterns))

    @property
    def has_shared_values(self) -> bool:
        """Whether there are point masses."""
        return any(len(pattern.free) < len(pattern.fixed) for pattern in self.patterns)

    def draw(self, n_rows: int, rng: np.random.Generator) -> Floats:
        """Draw rows, ordered by pattern."""
        counts = rng.multinomial(n_rows, [pattern.share for pattern in self.patterns])
        draws = [pattern.draw(int(count), rng) for pattern, count in zip(self.patterns, counts, strict=True)]
        return np.concatenate(draws)


def _mass_codes(column: Floats) -> Integers:
    """Index of the point mass of each row; -1 for any other value."""
    values, index, counts = np.unique(column, return_inverse=True, return_counts=True)
    is_mass = counts >= max(_MASS * len(column), 2)
    codes: Integers = np.where(is_mass, np.arange(len(values)), -1)[index]
    return codes


def _quantiles(columns: Floats) -> Floats:
    """The sorted columns, continuous ones made unimodal."""
    ordered = np.sort(columns, axis=0)
    for column in ordered.T:
        # The few values of a count are not modes.
        if len(np.unique(column)) > len(column) / 2:
            column[:] = _unimodal_quantiles(column)
    return ordered


def _unimodal_quantiles(ordered: Floats) -> Floats:
    """Quantiles of the nearest unimodal distribution: its function is convex up to the mode, then concave."""
    n = len(ordered)
    positions = np.unique(np.linspace(0, n - 1, min(n, _KNOTS)).astype(np.intp))
    values, first = np.unique(ordered[positions], return_index=True)
    if len(values) < 3:
        return ordered
    levels = (positions[first] + 0.5) / n
    best, nearest = levels, np.inf
    for mode in np.unique(np.linspace(0, len(values) - 1, _MODES).astype(np.intp)):
        rising = _convex_minorant(values[: mode + 1], levels[: mode + 1])
        falling = -_convex_minorant(values[mode:], -levels[mode:])
        fit = np.concatenate([rising, falling[1:]])
        # Rounded: many modes have the same distance, and the first of them is taken.
        distance = round(float(np.abs(fit - levels).max()), 12)
        if distance < nearest:
            best, nearest = fit, distance
    quantiles: Floats = np.interp((np.arange(n) + 0.5) / n, best, values)
    return quantiles


def _convex_minorant(x: Floats, y: Floats) -> Floats:
    """The greatest convex function below the points, at the points: its slopes are an isotonic regression."""
    if len(x) == 1:
        return y
    # Relative and not subnormal, so that slopes stay finite.
    widths = np.maximum(np.diff(x) / (x[-1] - x[0]), 1e-300)
    slopes = isotonic_regression(np.diff(y) / widths, weights=widths).x
    minorant: Floats = y[0] + np.append(0.0, np.cumsum(slopes * widths))
    return minorant


def _mixing(columns: Floats) -> Floats:
    """A matrix that gives independent normal columns the correlations of the normal scores."""
    if 0 in columns.shape:
        return np.zeros((columns.shape[1], columns.shape[1]))
    scores = norm.ppf((rankdata(columns, axis=0) - 0.5) / len(columns))
    scores -= scores.mean(axis=0)
    spread = np.sqrt((scores**2).mean(axis=0))
    scores /= np.where(spread > 0, spread, 1.0)
    # Rounded, so that the order of a parallel sum leaves no trace.
    correlations = np.round(scores.T @ scores / len(columns), 9)
    np.fill_diagonal(correlations, 1.0)
    values, vectors = np.linalg.eigh(correlations)
    mixing: Floats = vectors * np.sqrt(np.maximum(values, 0.0))
    # Clipped eigenvalues would shift the variances.
    mixing /= np.sqrt((mixing**2).sum(axis=1, keepdims=True))
    return mixing
