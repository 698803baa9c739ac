"""Number of counts that are outliers, such as those of a placeholder id or date."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc

from custseg._numerics import unit_of

_LEVEL = 0.01
# Lower, because every column of a table is examined.
_FAR_LEVEL = 0.001
_MOST = 3
_PRIOR = 10
_FEWEST = 10


def count_outliers(
    counts: ArrayLike, *, min_share: float, spread: float = 1.0, times: NDArray[np.int64] | None = None
) -> int:
    """Number of the largest counts, at most 3, that are outliers and have at least `min_share` of the total each.

    Counts with a tail like Pareto's, the heaviest that logs of customers have, have logarithms that are exponential
    over a threshold: `gap_chance` of the logarithms must be below 0.01. A mean log-ratio of `spread` 1 is Zipf's
    law. Small counts differ by chance too: so do two equally common values with a probability that must also be
    below 0.01, by the binomial distribution.

    Counts that occur several times may be given once, with the number of `times` that each of them occurs.
    """
    values = np.asarray(counts, dtype=np.float64)
    repeats = np.ones(len(values), dtype=np.int64) if times is None else times
    order = np.argsort(-values, kind="stable")
    order = order[values[order] > 0]
    values, repeats = values[order], repeats[order]
    n_values, total = int(repeats.sum()), float((values * repeats).sum())
    n_outliers = 0
    for rank in range(min(_MOST, n_values - 1)):
        largest, second = values[np.searchsorted(np.cumsum(repeats), [rank, rank + 1], side="right")]
        if largest < min_share * total:
            break
        by_count = betainc(largest, second + 1, 0.5)
        tail, tail_repeats = _without_first(values, repeats, rank)
        if max(by_count, gap_chance(np.log(tail), spread=spread, times=tail_repeats)) < _LEVEL:
            n_outliers = rank + 1
    return n_outliers


def count_far_values(values: ArrayLike) -> int:
    """Number of values, at most 3, that are farther from the median than all others by a gap beyond chance.

    The logarithms of the distances are compared as in `count_outliers`: a heavy tail alone has no outliers.
    """
    numbers = np.asarray(values, dtype=np.float64)
    if len(numbers) < _FEWEST:
        return 0
    distances = np.sort(np.abs(numbers / unit_of(numbers) - np.median(numbers / unit_of(numbers))))[::-1]
    distances = distances[distances > 0]
    ranks = range(min(_MOST, len(distances) - 1))
    return max((rank + 1 for rank in ranks if gap_chance(np.log(distances[rank:]), spread=1.0) < _FAR_LEVEL), default=0)


def long_gap(gaps: ArrayLike) -> bool:
    """Whether up to three of the gaps between moments are longer than all others, beyond chance.

    Gaps between independent moments are exponential. Ten gaps whose mean excess is half the median are added, so
    that gaps of one length prove little.
    """
    values = np.sort(np.asarray(gaps, dtype=np.float64))[::-1]
    lengths = values / np.median(values)
    ranks = range(min(_MOST, len(values) - 1))
    return any(gap_chance(lengths[rank:], spread=0.5) < _LEVEL for rank in ranks)


def gap_chance(values: NDArray[Any], *, spread: float, times: NDArray[np.int64] | None = None) -> float:
    """The chance that the first of descending values, exponential over a threshold, is so far above the second.

    With m values over a threshold, and s the sum of their excesses over it, the distance d of the first to the
    second is larger with probability (1 + d / s)^(-m): both are an exponential and a gamma variable of
    one unknown rate. Ten values with a mean excess of `spread` are added to m and s, so that few or equal values
    prove little: a shop of twelve customers, one of whom has half of the orders, is not reported. The threshold is the
    least of the largest tenth, or of ten, but not below the median: lower down, counts of few orders look like a
    heavy tail. Each value may occur several `times`.
    """
    repeats = np.ones(len(values), dtype=np.int64) if times is None else times
    smaller, repeats = _without_first(values, repeats, 1)
    n_smaller = int(repeats.sum())
    n_upper = min((n_smaller + 1) // 2, max(_FEWEST, n_smaller // 10))
    last = int(np.searchsorted(np.cumsum(repeats), n_upper))
    upper, repeats = smaller[: last + 1], repeats[: last + 1]
    # The last value counts nothing, however often it occurs.
    total = ((upper - upper[-1]) * repeats).sum() + _PRIOR * spread
    return float((1 + (values[0] - smaller[0]) / total) ** -(n_upper - 1 + _PRIOR))


def _without_first(values: NDArray[Any], times: NDArray[np.int64], n: int) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """The values, which occur several times each, without the first `n` of them all."""
    remaining = np.minimum(times, np.maximum(np.cumsum(times) - n, 0))
    return values[remaining > 0], remaining[remaining > 0]
