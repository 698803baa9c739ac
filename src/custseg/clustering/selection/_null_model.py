"""Null reference data, as for the gap statistic: rows without clusters that resemble given ones, and their measures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from scipy.optimize import isotonic_regression
from scipy.stats import norm, rankdata

from custseg._numerics import Bools, Floats, Integers
from custseg.clustering.selection._candidates import Candidate

# A value that at least this share of rows have is a point mass: customers with one order, imputed values.
_MASS = 0.05
# Patterns of fewer rows are not kept one by one.
_MIN_PATTERN_ROWS = 50
# Knots of a marginal, and candidates for its mode.
_KNOTS = 256
_MODES = 32
# The 99th percentile of a standard normal variable.
_NORMAL_99 = 2.33
# A slope over a smaller difference would overflow.
_SMALLEST_WIDTH = 1e-300


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
            quantiles = self.quantiles[:, index]
            if _is_continuous(quantiles):
                rows[:, column] = np.interp(levels[:, index], knots, quantiles)
            else:
                ranks = np.minimum((levels[:, index] * len(quantiles)).astype(np.intp), len(quantiles) - 1)
                rows[:, column] = quantiles[ranks]
        return rows


@dataclass(frozen=True, eq=False)
class NullModel:
    """Draws rows with the marginals, rank correlations and point masses of given rows, but without clusters.

    A Gaussian copula within each pattern of point masses: patterns are drawn with their observed frequencies, the
    other columns from one normal distribution with the same correlations, transformed to the same marginals. Rows whose
    pattern fewer than 50 rows have are one more group, whose columns keep their point masses one by one. A
    multimodal marginal would reproduce clusters, so each continuous column has the nearest unimodal marginal
    (Hartigan and Hartigan 1985).
    """

    patterns: tuple[_Pattern, ...]
    has_shared_values: bool

    @classmethod
    def like(cls, X: Floats) -> NullModel:
        """The null model of these rows."""
        codes = np.stack([_mass_codes(column) for column in X.T], axis=1)
        kinds, kind, counts = np.unique(codes, axis=0, return_inverse=True, return_counts=True)
        kind = kind.reshape(-1)
        patterns = []
        for number in np.flatnonzero(counts >= _MIN_PATTERN_ROWS):
            members = np.flatnonzero(kind == number)
            patterns.append(_pattern(X, members, free=np.flatnonzero(kinds[number] < 0), codes=codes))
        # Of a wide table nearly every row has a pattern of its own: patterns kept one by one would be the table.
        rare = np.flatnonzero(counts[kind] < _MIN_PATTERN_ROWS)
        if len(rare):
            patterns.append(_pattern(X, rare, free=np.arange(X.shape[1]), codes=codes))
        return cls(tuple(patterns), bool((codes >= 0).any()))

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


def _pattern(X: Floats, members: Integers, *, free: Integers, codes: Integers) -> _Pattern:
    """The pattern of these rows; of few rows with the marginals and correlations of all that vary in these columns."""
    source = members
    if len(members) < _MIN_PATTERN_ROWS and len(free):
        source = np.arange(len(X))
    values = X[np.ix_(source, free)]
    is_mass = codes[np.ix_(source, free)] >= 0
    return _Pattern(len(members) / len(X), X[members[0]], free, _quantiles(values, is_mass), _mixing(values))


def _quantiles(columns: Floats, is_mass: Bools) -> Floats:
    """The sorted columns; their continuous parts, apart from point masses, made unimodal."""
    quantiles = []
    for column, masses in zip(columns.T, is_mass.T, strict=True):
        continuous = np.sort(column[~masses])
        # The few values of a count are not modes.
        if _is_continuous(continuous):
            continuous = _unimodal_quantiles(continuous)
        quantiles.append(np.sort(np.concatenate([continuous, column[masses]])))
    return np.stack(quantiles, axis=1) if quantiles else np.empty((len(columns), 0))


def _is_continuous(ordered: Floats) -> bool:
    """Whether most values occur once."""
    return 2 * len(np.unique(ordered)) > len(ordered)


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
    """The largest convex function below the points, at the points: its slopes are their isotonic regression."""
    if len(x) < 2:
        return y
    widths = np.maximum(np.diff(x), _SMALLEST_WIDTH)
    slopes = isotonic_regression(np.diff(y) / widths, weights=widths).x
    below: Floats = y[0] + np.append(0.0, np.cumsum(slopes * widths))
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
    """What k-means finds in null reference data without groups: one row per draw, NaN if it has no clustering.

    Attributes
    ----------
    numbers : tuple of int
        Numbers of clusters.
    silhouettes : ndarray of shape (n_draws, n_numbers)
        Silhouettes.
    separations : ndarray of shape (n_draws, n_numbers)
        Separations of the two least separated clusters.
    shared_values : bool
        Whether many rows have the same value in some column.
    """

    numbers: tuple[int, ...]
    silhouettes: Floats
    separations: Floats
    shared_values: bool = False

    @cached_property
    def means(self) -> Floats:
        """Mean silhouette for each number."""
        columns = np.ascontiguousarray(self.silhouettes.T)
        return np.array([_mean(column) for column in columns]) if np.isnan(columns).any() else columns.mean(axis=1)

    @cached_property
    def deviations(self) -> Floats:
        """Standard deviation of the silhouette for each number."""
        columns = np.ascontiguousarray(self.silhouettes.T)
        if np.isnan(columns).any() or len(self.silhouettes) < 2:
            return np.array([_deviation(column) for column in columns])
        deviations: Floats = columns.std(axis=1, ddof=1)
        return deviations

    @cached_property
    def level(self) -> float:
        """95th percentile, over the draws, of the largest silhouette gain among all numbers of clusters."""
        gains = self.silhouettes - self.means
        has_clustering = ~np.isnan(gains).all(axis=1)
        if not has_clustering.any():
            return np.inf
        return float(np.quantile(np.nanmax(gains[has_clustering], axis=1), 0.95))

    def chance_gain(self, n_clusters: int) -> float:
        """95th percentile of the silhouette gain of so many clusters; 0 where there are never so many."""
        return self._chance_gains.get(n_clusters, 0.0)

    @cached_property
    def _chance_gains(self) -> dict[int, float]:
        columns = zip(self.numbers, map(_finite, self.silhouettes.T), strict=True)
        return {k: float(np.quantile(values, 0.95) - values.mean()) for k, values in columns if len(values)}

    def chance_separation(self, n_clusters: int) -> float:
        """Separation of so many clusters that chance hardly exceeds; -inf where there are never so many.

        The 95th percentile of the draws. Of two clusters it is the 99th, by mean and standard deviation: refits agree
        on the halves of any long cloud, so nothing but separation tells two groups from one.
        """
        if n_clusters not in self.numbers:
            return -np.inf
        values = _finite(self.separations[:, self.numbers.index(n_clusters)])
        return _chance_of_separation(n_clusters, values) if len(values) else -np.inf

    @property
    def has_separations(self) -> bool:
        """Whether separation was measured in some draw."""
        return bool(np.isfinite(self.separations).any())

    @classmethod
    def empty(cls) -> NullReference:
        """A reference without draws."""
        return cls((), np.empty((0, 0)), np.empty((0, 0)))

    def joined(self, other: NullReference) -> NullReference:
        """The measures of the same draws with the numbers of clusters of both."""
        if not self.numbers:
            return other
        numbers = self.numbers + other.numbers
        order = np.argsort(numbers)
        silhouettes = np.concatenate([self.silhouettes, other.silhouettes], axis=1)[:, order]
        separations = np.concatenate([self.separations, other.separations], axis=1)[:, order]
        return replace(self, numbers=tuple(sorted(numbers)), silhouettes=silhouettes, separations=separations)

    def resampled(self, rng: np.random.Generator) -> NullReference:
        """The same with as many draws, drawn from its own with replacement."""
        drawn = rng.integers(0, len(self.silhouettes), len(self.silhouettes))
        return replace(self, silhouettes=self.silhouettes[drawn], separations=self.separations[drawn])

    def with_gain(self, row: Candidate, **changes: Any) -> Candidate:
        """The candidate, changed so, with its silhouette gain and the standard deviation of chance.

        Without the two if its number of clusters was not compared.
        """
        if row.n_clusters in self.numbers:
            index = self.numbers.index(row.n_clusters)
            mean, deviation = float(self.means[index]), float(self.deviations[index])
            if np.isnan(mean):
                mean = deviation = 0.0 if row.n_clusters == 1 else np.nan
            gain = (changes.get("silhouette", row.silhouette) or 0.0) - mean
            changes["silhouette_gain"] = None if np.isnan(gain) else gain
            changes["silhouette_gain_error"] = None if np.isnan(deviation) else deviation
        return replace(row, **changes) if changes else row


def _finite(values: Floats) -> Floats:
    return values[np.isfinite(values)]


def _chance_of_separation(n_clusters: int, values: Floats) -> float:
    if n_clusters == 2:
        return float(values.mean() + _NORMAL_99 * _deviation(values)) if len(values) > 1 else float(values[0])
    return float(np.quantile(values, 0.95))


def _mean(values: Floats) -> float:
    finite = values[~np.isnan(values)]
    return float(finite.mean()) if len(finite) else np.nan


def _deviation(values: Floats) -> float:
    finite = values[~np.isnan(values)]
    return float(finite.std(ddof=1)) if len(finite) > 1 else np.nan
