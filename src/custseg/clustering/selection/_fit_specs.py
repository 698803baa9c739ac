"""What to fit: numbers of clusters, or the settings of a method that finds its number of clusters itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from custseg._numerics import Floats, Integers
from custseg.clustering._method import FitSpec, TriedSetting
from custseg.clustering.selection._gaps import path_silhouettes


def best_settings(
    spec: FitSpec, X: Floats, sample: Integers, *, fine: bool, run: Callable[..., list[Any]]
) -> list[FitSpec]:
    """Try the grid on a sample; for each number of clusters found there, one setting to fit on all rows."""
    grid = spec.method.grid
    if grid is None:
        return []
    rows = X[sample]
    share = len(rows) / len(X)
    settings = grid.settings(n_rows=len(X), n_sample=len(rows), min_size=spec.min_size, fine=fine)
    specs = [replace(spec, setting=setting) for setting in settings]
    estimators = run(lambda tried: tried.on_share(share).estimator().fit(rows), specs)
    clusterings = [pair for pair in zip(specs, estimators, strict=True) if len(pair[1].sizes_) > 1]
    if not clusterings:
        return []
    separations = path_silhouettes(rows, [estimator.labels_ for _, estimator in clusterings])
    by_number: dict[int, list[TriedSetting]] = {}
    for (tried, estimator), of_clusters in zip(clusterings, separations, strict=True):
        sizes = estimator.sizes_
        noise = spec.method.measures(estimator).get("noise_share", 0.0)
        separation = float(of_clusters @ sizes / sizes.sum()) - noise
        by_number.setdefault(len(sizes), []).append(TriedSetting(tried, separation, int(sizes.min() / share)))
    return [grid.select(by_number[k]) for k in sorted(by_number)]


def numbers_to_try(X: Floats, numbers: Sequence[int], min_size: int) -> list[int]:
    """Numbers of clusters that the rows allow; else the smallest one, to report a feasible minimum."""
    n_distinct = len(np.unique(X, axis=0))
    possible = [k for k in numbers if k <= n_distinct]
    return [k for k in possible if k * min_size <= len(X)] or possible[:1]
