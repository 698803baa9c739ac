"""The population stability index of two samples in bins, and the band that it stays in without drift."""

from __future__ import annotations

import numpy as np
from scipy.stats import chi2

from custseg._numerics import Floats

_SMOOTHING = 0.5
_LEAST_EXPECTED = 5.0


def stability_index(before: Floats, now: Floats) -> tuple[float, int]:
    """The index of two lists of counts, and the number of bins that it was computed with.

    It is Σ (q - p) log(q / p) over the shares p and q of the bins, each count raised by 1/2, so that an empty bin
    has a share. Bins with fewer than 5 customers expected in the smaller sample are joined with each other: with
    fewer, the index would exceed its band too often.
    """
    before, now = _joined(before, now)
    p, q = (_smoothed(counts) for counts in (before, now))
    return float(((q - p) * np.log(q / p)).sum()), len(p)


def stability_band(n_bins: int, n_before: float, n_now: float, *, level: float) -> float:
    """The value that the index stays below without drift, with probability `level`.

    Of two independent samples of one distribution, the index divided by (1 / n_before + 1 / n_now) has a chi-square
    distribution with `n_bins` - 1 degrees of freedom, approximately. Where the same customers are in both samples,
    it is smaller.

    References
    ----------
    Yurdakul, B. and Naranjo, J. (2020). Statistical properties of the population stability index. Journal of Risk
    Model Validation 14(4), 89-100. doi:10.21314/JRMV.2020.227
    """
    if n_bins < 2:
        return 0.0
    return float(chi2.ppf(level, n_bins - 1) * (1 / n_before + 1 / n_now))


def _joined(before: Floats, now: Floats) -> tuple[Floats, Floats]:
    """The counts with rare bins as one; if even together they are rare, with the smallest of the others."""
    total = before.sum() + now.sum()
    expected = (before + now) / total * min(before.sum(), now.sum())
    order = np.argsort(expected, kind="stable")
    n_joined = 0
    while n_joined < len(order) and expected[order[n_joined]] < _LEAST_EXPECTED:
        n_joined += 1
    if n_joined and expected[order[:n_joined]].sum() < _LEAST_EXPECTED:
        n_joined = min(n_joined + 1, len(order))
    rare, others = order[:n_joined], np.sort(order[n_joined:])
    if not n_joined:
        return before, now
    return (
        np.append(before[others], before[rare].sum()),
        np.append(now[others], now[rare].sum()),
    )


def _smoothed(counts: Floats) -> Floats:
    shares: Floats = (counts + _SMOOTHING) / (counts.sum() + _SMOOTHING * len(counts))
    return shares
