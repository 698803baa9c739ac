"""Rows without groups that resemble given ones: what a clustering finds in them, it finds by chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm, rankdata

from custseg._arrays import Floats, Integers

# A value that so many rows share is kept as it is: customers with one order, values filled in.
_MASS = 0.05
# With fewer rows, a pattern borrows marginals and correlations from all rows.
_ENOUGH = 50
# A marginal is looked at in so many points, and its mode is sought in so many places.
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
        known = (np.arange(len(self.quantiles)) + 0.5) / len(self.quantiles)
        for place, column in enumerate(self.free):
            rows[:, column] = np.interp(levels[:, place], known, self.quantiles[:, place])
        return rows


@dataclass(frozen=True, eq=False)
class NullModel:
    """Draws rows that keep the marginals, the rank correlations and the point masses of given rows, and no groups.

    A Gaussian copula within each pattern of point masses: who has which of the values that many rows share is
    drawn from the patterns seen; the other columns from one cloud with the same correlations, bent to the
    same marginals. A marginal with several peaks would bring the groups back, so that of a continuous column
    is the nearest one with a single peak (Hartigan and Hartigan 1985).
    """

    patterns: tuple[_Pattern, ...]

    @classmethod
    def like(cls, X: Floats) -> NullModel:
        """What is to be kept of these rows."""
        codes = np.stack([_mass_codes(column) for column in X.T], axis=1)
        kinds, kind = np.unique(codes, axis=0, return_inverse=True)
        kind = kind.reshape(-1)
        patterns = []
        for number, code in enumerate(kinds):
            members = np.flatnonzero(kind == number)
            free = np.flatnonzero(code < 0)
            source = members
            if len(members) < _ENOUGH and len(free):
                source = np.flatnonzero((codes[:, free] < 0).all(axis=1))
            part = X[np.ix_(source, free)]
            patterns.append(_Pattern(len(members) / len(X), X[members[0]], free, _quantiles(part), _mixing(part)))
        return cls(tuple(patterns))

    @property
    def has_shared_values(self) -> bool:
        """Whether there are point masses."""
        return any(len(pattern.free) < len(pattern.fixed) for pattern in self.patterns)

    def draw(self, n_rows: int, rng: np.random.Generator) -> Floats:
        """So many rows, pattern after pattern."""
        counts = rng.multinomial(n_rows, [pattern.share for pattern in self.patterns])
        parts = [pattern.draw(int(count), rng) for pattern, count in zip(self.patterns, counts, strict=True)]
        return np.concatenate(parts)


def _mass_codes(column: Floats) -> Integers:
    """Which of the values that many rows share each row has; -1 for any other value."""
    values, place, counts = np.unique(column, return_inverse=True, return_counts=True)
    many = counts >= max(_MASS * len(column), 2)
    codes: Integers = np.where(many, np.arange(len(values)), -1)[place]
    return codes


def _quantiles(part: Floats) -> Floats:
    """The sorted columns, each continuous one with a single peak."""
    ordered = np.sort(part, axis=0)
    for column in ordered.T:
        # The few values of a count are no peaks.
        if len(np.unique(column)) > len(column) / 2:
            column[:] = _with_one_peak(column)
    return ordered


def _with_one_peak(ordered: Floats) -> Floats:
    """Quantiles of the nearest distribution that has a single peak: its function bends up to the mode, then down."""
    n = len(ordered)
    places = np.unique(np.linspace(0, n - 1, min(n, _KNOTS)).astype(np.intp))
    values, first = np.unique(ordered[places], return_index=True)
    if len(values) < 3:
        return ordered
    levels = (places[first] + 0.5) / n
    best, nearest = levels, np.inf
    for mode in np.unique(np.linspace(0, len(values) - 1, _MODES).astype(np.intp)):
        rising = _lower_hull(values[: mode + 1], levels[: mode + 1])
        falling = -_lower_hull(values[mode:], -levels[mode:])
        fit = np.concatenate([rising, falling[1:]])
        distance = float(np.abs(fit - levels).max())
        if distance < nearest:
            best, nearest = fit, distance
    quantiles: Floats = np.interp((np.arange(n) + 0.5) / n, best, values)
    return quantiles


def _lower_hull(x: Floats, y: Floats) -> Floats:
    """The largest convex function below the points, at the points (Andrew's monotone chain)."""
    hull: list[int] = []
    for i in range(len(x)):
        while len(hull) > 1:
            a, b = hull[-2], hull[-1]
            if (y[b] - y[a]) * (x[i] - x[a]) < (y[i] - y[a]) * (x[b] - x[a]):
                break
            hull.pop()
        hull.append(i)
    below: Floats = np.interp(x, x[hull], y[hull])
    return below


def _mixing(part: Floats) -> Floats:
    """A matrix that turns independent normal columns into ones with the correlations of the normal scores."""
    if 0 in part.shape:
        return np.zeros((part.shape[1], part.shape[1]))
    scores = norm.ppf((rankdata(part, axis=0) - 0.5) / len(part))
    scores -= scores.mean(axis=0)
    spread = np.sqrt((scores**2).mean(axis=0))
    scores /= np.where(spread > 0, spread, 1.0)
    # Rounded, so that the order of a parallel sum leaves no trace.
    correlations = np.round(scores.T @ scores / len(part), 9)
    np.fill_diagonal(correlations, 1.0)
    values, vectors = np.linalg.eigh(correlations)
    mixing: Floats = vectors * np.sqrt(np.maximum(values, 0.0))
    # Clipped eigenvalues would shift the variances.
    mixing /= np.sqrt((mixing**2).sum(axis=1, keepdims=True))
    return mixing
