"""Null reference data, as for the gap statistic: rows without clusters that resemble given ones, and their measures."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import norm, rankdata

from custseg._numerics import Floats, Integers
from custseg.clustering.selection._candidates import Candidate

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
        distance = float(np.abs(fit - levels).max())
        if distance < nearest:
            best, nearest = fit, distance
    quantiles: Floats = np.interp((np.arange(n) + 0.5) / n, best, values)
    return quantiles


def _convex_minorant(x: Floats, y: Floats) -> Floats:
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


@dataclass(frozen=True, eq=False)
class NullReference:
    """What clustering finds in null reference data without groups: one row per draw, NaN if it has no clustering.

    Attributes
    ----------
    numbers : tuple of int
        Numbers of clusters.
    silhouettes : ndarray of shape (n_draws, n_numbers)
        Silhouettes of k-means.
    gaps : tuple of dict of int to float
        For each draw and number of clusters the largest gap found by a candidate that seemed to have gaps.
    shared_values : bool
        Whether many rows have the same value in some column.
    """

    numbers: tuple[int, ...]
    silhouettes: Floats
    gaps: tuple[dict[int, float], ...]
    shared_values: bool = False

    @property
    def means(self) -> Floats:
        """Mean silhouette for each number."""
        return np.array([_mean(column) for column in self.silhouettes.T])

    @property
    def errors(self) -> Floats:
        """Standard error of each mean."""
        return np.array([_error(column) for column in self.silhouettes.T])

    @property
    def level(self) -> float:
        """95th percentile, over the draws, of the largest silhouette gain among all numbers of clusters."""
        deviations = self.silhouettes - self.means
        has_clustering = ~np.isnan(deviations).all(axis=1)
        if not has_clustering.any():
            return np.inf
        return float(np.quantile(np.nanmax(deviations[has_clustering], axis=1), 0.95))

    def chance_gaps(self, n_clusters: int) -> Floats:
        """The largest gap of each draw among so many clusters or more; 0 if there are never so many."""
        return np.array(
            [max((gap for k, gap in largest.items() if k >= n_clusters), default=0.0) for largest in self.gaps]
        )

    @classmethod
    def empty(cls) -> NullReference:
        """A reference without draws."""
        return cls((), np.empty((0, 0)), ())

    def with_gain(self, row: Candidate) -> Candidate:
        """The candidate with its silhouette gain and the standard error."""
        index = self.numbers.index(row.n_clusters)
        mean, error = float(self.means[index]), float(self.errors[index])
        if np.isnan(mean):
            mean = error = 0.0 if row.n_clusters == 1 else np.nan
        gain = (row.silhouette or 0.0) - mean
        return replace(
            row,
            silhouette_gain=None if np.isnan(gain) else gain,
            silhouette_gain_error=None if np.isnan(error) else error,
        )


def _mean(values: Floats) -> float:
    finite = values[~np.isnan(values)]
    return float(finite.mean()) if len(finite) else np.nan


def _error(values: Floats) -> float:
    finite = values[~np.isnan(values)]
    return float(finite.std(ddof=1) / np.sqrt(len(finite))) if len(finite) > 1 else np.nan
