"""Heavy tails: extreme values that are too few to form a cluster are compressed before clustering."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from scipy.stats import f, norm

from custseg._checks import check_min_size
from custseg._numerics import Bools, Floats
from custseg._privacy import SMALLEST_GROUP

# With fewer rows the tail index cannot be estimated.
_FEWEST = 5
# Tail index 3: thinner tails have a variance, and do little harm.
_HEAVY = 1 / 3
# Stretches of so many rows. A stretch that is so much thinner than one closer to the median, and not by chance, is
# followed by a group.
_STRETCH, _RISE, _BY_CHANCE = 10, 2.5, 1e-4
# A single step is a gap if it exceeds the largest step expected in one of a hundred columns by this factor.
_SURE = 1.5
# A tail is judged by its outermost rows: fewer than a group, and no more than this share.
_OUTER = 0.05
_KNOTS = 64
_QUARTILE = float(norm.ppf(0.75))


@dataclass(frozen=True)
class Tail:
    """A heavy tail on one side of a column, and how its values are compressed.

    Attributes
    ----------
    column : int
        Position of the column.
    middle : float
        Its median.
    sign : {-1.0, 1.0}
        The side: below or above the median.
    distances, compressed : tuple of float
        Distances from the median before and after. They are interpolated between the knots, and constant beyond the
        last one. Each knot is the mean of ten rows or more, the last one that of the ten outermost.
    """

    column: int
    middle: float
    sign: float
    distances: tuple[float, ...]
    compressed: tuple[float, ...]

    def transform(self, values: Floats) -> Floats:
        """The values of the column after compression; the values on the other side of the median stay."""
        distance = self.sign * (values - self.middle)
        nearer = self.middle + self.sign * np.interp(distance, self.distances, self.compressed)
        result: Floats = np.where(distance > self.distances[0], nearer, values)
        return result


@dataclass(frozen=True)
class HeavyTails:
    """The heavy tails of a matrix, as found by `HeavyTails.fit`; most matrices have none.

    One side of a column has a heavy tail if Hill's estimate of the tail index [1]_, from fewer rows than a group has,
    is below 3 (Student's t with two degrees of freedom, a log-normal column, money), and if no gap or thin stretch
    has as many rows as a group beyond it. K-means would use clusters for such values, regardless of the other
    columns. After compression no ten values on that side are farther from the median than a normal
    distribution with the same median distance on that side would place them at their ranks.

    Attributes
    ----------
    tails : tuple of Tail
        One for each heavy side of a column.

    References
    ----------
    .. [1] Hill (1975). A simple general approach to inference about the tail of a distribution.
       Annals of Statistics 3, 1163-1174. doi:10.1214/aos/1176343247
    """

    tails: tuple[Tail, ...] = ()

    @classmethod
    def fit(cls, X: Any, *, min_size: int | float = 0.05) -> Self:
        """Find the heavy tails of the columns.

        Parameters
        ----------
        X : array-like of shape (n_rows, n_columns)
            Finite rows.
        min_size : int or float, default 0.05
            The rows of a group (int), or their share (float below 1, rounded up): groups of that size or more are never
            compressed. If it is below five, or above a quarter of the rows, no tail is heavy.
        """
        rows = _matrix(X)
        if not np.isfinite(rows).all():
            raise ValueError("compress_tails: X must be finite, got NaN or infinite values. Leave out these rows.")
        n_members = check_min_size("compress_tails", min_size, len(rows))
        if n_members < _FEWEST or len(rows) < 4 * n_members:
            return cls()
        ends = ((column, sign) for column in range(rows.shape[1]) for sign in (-1.0, 1.0))
        tails = (_tail(rows[:, column], column, sign, n_members=n_members) for column, sign in ends)
        return cls(tuple(tail for tail in tails if tail is not None))

    def transform(self, X: Any) -> Floats:
        """The rows after compression; each depends on its own values only."""
        rows = _matrix(X)
        if not self.tails:
            return rows
        compressed = rows.copy()
        for tail in self.tails:
            compressed[:, tail.column] = tail.transform(compressed[:, tail.column])
        return compressed

    def is_beyond(self, X: Floats) -> Bools:
        """Which rows, before compression, are farther out on a heavy tail than the mean of its ten outermost rows."""
        is_outside = np.zeros(len(X), dtype=bool)
        for tail in self.tails:
            is_outside |= tail.sign * (X[:, tail.column] - tail.middle) > tail.distances[-1]
        return is_outside

    @property
    def columns(self) -> tuple[int, ...]:
        """Positions of the columns with a heavy tail."""
        return tuple(sorted({tail.column for tail in self.tails}))


def compress_tails(X: Any, *, min_size: int | float = 0.05) -> Floats:
    """Compress extreme values that are too few to form a cluster; see `HeavyTails`.

    `fit_segments` does so for its customers; users of `select_clustering` and of the estimators, which take the rows as
    they are, call it first. To treat new rows alike, keep ``HeavyTails.fit(X)`` and call its `transform`.

    Parameters
    ----------
    X : array-like of shape (n_rows, n_columns)
        Finite rows.
    min_size : int or float, default 0.05
        The minimum cluster size, in rows (int) or as a share (float below 1, rounded up).

    Returns
    -------
    ndarray of shape (n_rows, n_columns)
        The rows; columns without heavy tails are unchanged.

    Examples
    --------
    >>> import numpy as np
    >>> from custseg.preparation import compress_tails
    >>> X = np.random.default_rng(0).standard_cauchy((400, 1))
    >>> bool(np.abs(X).max() > 100), bool(np.abs(compress_tails(X)).max() < 5)
    (True, True)
    """
    return HeavyTails.fit(X, min_size=min_size).transform(X)


def _matrix(X: Any) -> Floats:
    """The rows as numbers; raises for anything but rows and columns."""
    rows: Floats = np.asarray(X, dtype=np.float64)
    if rows.ndim != 2:
        raise ValueError(f"compress_tails: X must have rows and columns (2 dimensions), got {rows.ndim}.")
    return rows


def _tail(values: Floats, column: int, sign: float, *, n_members: int) -> Tail | None:
    """The tail on one side of a column; None if it is not heavy or holds a group of so many rows."""
    middle = float(np.median(values))
    distances = np.sort(sign * (values - middle))
    distances = distances[np.searchsorted(distances, 0.0, side="right") :]
    n_outer = min(n_members, max(_FEWEST, int(_OUTER * len(values))))
    if (
        len(distances) < 2 * n_members + _STRETCH
        or not _is_heavy(distances[-n_outer:])
        or _holds_a_group(_without_ties(distances), n_members)
    ):
        return None
    knots, scores = _knots(distances)
    # Half of the rows of a side are within the quartile of the column, as in a normal one.
    compressed = np.minimum(knots, knots[0] / scores[0] * scores)
    # Of several ranks with one value the highest counts.
    is_last = np.append(knots[1:] > knots[:-1], True)
    return Tail(column, middle, sign, tuple(knots[is_last].tolist()), tuple(compressed[is_last].tolist()))


def _knots(distances: Floats) -> tuple[Floats, Floats]:
    """Means of ten distances each, from the middle ones to the largest, and the normal scores of their ranks.

    No knot is the distance of a single customer, and from thirty distances on no two knots share one.
    """
    n = len(distances)
    wanted = np.linspace(_QUARTILE, norm.isf(SMALLEST_GROUP / 4 / n), _KNOTS)
    starts = [n // 2 - SMALLEST_GROUP // 2]
    for start in np.round(n * (2 * norm.cdf(wanted) - 1) - SMALLEST_GROUP / 2).astype(int).tolist():
        if starts[-1] + SMALLEST_GROUP <= start <= n - 2 * SMALLEST_GROUP:
            starts.append(start)
    first = np.array([*starts, n - SMALLEST_GROUP])
    tens = distances[first[:, None] + np.arange(SMALLEST_GROUP)]
    # In this way the mean of equal distances is exact.
    knots = np.maximum.accumulate(tens[:, 0] + (tens - tens[:, :1]).mean(axis=1))
    return knots, norm.isf(0.5 - (first + SMALLEST_GROUP / 2) / (2 * n))


def _is_heavy(outer: Floats) -> bool:
    """Whether the outermost distances, in ascending order, come from a heavy tail (Hill's estimate)."""
    return bool(outer[0] > 0 and np.log(outer / outer[0]).mean() > _HEAVY)


def _without_ties(ordered: Floats) -> Floats:
    """The values with ties spread over the usual step between two values, so that whole numbers look continuous."""
    values, index, counts = np.unique(ordered, return_inverse=True, return_counts=True)
    if len(values) in (1, len(ordered)):
        return ordered
    rank = np.arange(len(ordered)) - (np.cumsum(counts) - counts)[index]
    spread = ordered + float(np.median(np.diff(values))) * ((rank + 0.5) / counts[index] - 0.5)
    result: Floats = np.maximum(spread, ordered / 2)
    return result


def _holds_a_group(distances: Floats, n_members: int) -> bool:
    """Whether a gap or a thin stretch has as many rows as a group beyond it.

    The step between the logs of two neighboring distances, times the number of rows beyond it, measures how thin the
    data are there. It is constant along a power law (Renyi 1953), falls along thinner tails, and rises before a group.
    """
    n_beyond = len(distances) - 1 - np.arange(len(distances) - 1)
    outside = slice(len(distances) // 2, len(distances) - n_members)
    thinness = (n_beyond * np.diff(np.log(distances)))[outside]
    usual = float(np.median(thinness))
    if not usual > 0:
        return True
    count = min(max(_STRETCH, n_members // 2), len(thinness))
    sums = np.cumsum(np.append(0.0, thinness))
    stretches = (sums[count:] - sums[:-count]) / count
    rise = float((stretches / np.minimum.accumulate(stretches)).max())
    # Along a power law the steps are exponential: their mean is the median / log 2, and the largest grows with the log.
    largest = float(thinness.max()) / usual * np.log(2)
    if rise > max(_RISE, float(f.isf(_BY_CHANCE, 2 * count, 2 * count))):
        return True
    return bool(largest > _SURE * np.log(len(thinness) / 0.01))
