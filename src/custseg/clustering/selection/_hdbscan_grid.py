"""Which settings of HDBSCAN are worth a place among the candidates: it finds its number of clusters itself."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from custseg._arrays import Floats, Integers
from custseg.clustering.selection._candidates import FitSpec, noise_share
from custseg.clustering.selection._gaps import path_silhouettes

# It is tried with each of these neighborhoods, and with its smallest group this many times the minimum.
_NEIGHBORS = (3, 10, 40)
_FINER_NEIGHBORS = (3, 5, 10, 20, 40)
_TIMES_MINIMUM = (1, 2, 4, 8)
# Settings whose gaps differ by less are as good; of their neighborhoods the one nearest to this is taken.
_AS_GOOD, _MIDDLE = 0.03, 10


@dataclass(frozen=True)
class _Setting:
    """HDBSCAN with some setting: how clear the gaps are, and how large the smallest group that it finds."""

    attempt: FitSpec
    clear: float
    smallest: int


def hdbscan_attempts(
    X: Floats, sample: Integers, *, min_size: int, seed: int, exact: bool, run: Callable[..., list[Any]]
) -> list[FitSpec]:
    """HDBSCAN finds its number itself: for each number found in a sample the setting with the clearest gaps."""
    rows = X[sample]
    part = len(rows) / len(X)
    settings = product(_FINER_NEIGHBORS if exact else _NEIGHBORS, _TIMES_MINIMUM)
    attempts = [
        FitSpec("hdbscan", min_size, seed, neighbors=neighbors, times=times)
        for neighbors, times in settings
        if neighbors < len(rows) and min_size * times * 2 <= len(X)
    ]
    estimators = run(lambda attempt: attempt.estimator(part).fit(rows), attempts)
    found = [(a, e) for a, e in zip(attempts, estimators, strict=True) if e.n_clusters_ > 1]
    if not found:
        return []
    gaps = path_silhouettes(rows, [estimator.labels_ for _, estimator in found])
    settings_of: dict[int, list[_Setting]] = {}
    for (attempt, estimator), of_cluster in zip(found, gaps, strict=True):
        mean = float(of_cluster @ estimator.sizes_ / estimator.sizes_.sum())
        setting = _Setting(attempt, mean - noise_share(estimator), int(estimator.sizes_.min() / part))
        settings_of.setdefault(estimator.n_clusters_, []).append(setting)
    return [_steadiest(settings_of[k]) for k in sorted(settings_of)]


def _steadiest(settings: Sequence[_Setting]) -> FitSpec:
    """Of the settings with about the clearest gaps the one that should come back best.

    That is the largest minimum which leaves the groups room: on halves a small one finds more of them, and one as
    large as the groups themselves fewer. Then the neighborhood of middle size.
    """
    top = max(setting.clear for setting in settings)
    good = [setting for setting in settings if setting.clear >= top - _AS_GOOD]
    roomy = [s for s in good if 2 * s.attempt.times * s.attempt.min_size <= s.smallest]
    times = max(s.attempt.times for s in roomy) if roomy else min(s.attempt.times for s in good)
    alike = [s.attempt for s in roomy or good if s.attempt.times == times]
    return min(alike, key=lambda attempt: abs(math.log((attempt.neighbors or 1) / _MIDDLE)))
