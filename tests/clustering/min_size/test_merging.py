"""Clusters under the minimum size join their nearest neighbor."""

import numpy as np

from custseg.clustering import MinSizeHDBSCAN
from custseg.clustering.assignment._nearest_core import CoreRule
from custseg.clustering.min_size._merging import merged_to_min_size, nearest_cluster


def test_nearest_is_by_mutual_reachability() -> None:
    cores, core_distances = np.array([[0.0], [1.0], [1.5], [-4.0]]), np.array([0.1, 9.0, 0.1, 0.1])
    rule = CoreRule(cores, core_distances, np.array([0, 1, 1, 2]), 3, 1, np.zeros(3), np.full(3, np.inf))
    assert nearest_cluster(rule, 0) == (1, 1.5)


def test_small_cluster_is_merged_and_recorded() -> None:
    X = np.concatenate([np.linspace(0, 1, 400), np.linspace(3, 4, 300), np.linspace(5, 5.4, 80)])[:, None]
    for seed in range(30):
        model = MinSizeHDBSCAN(min_size=80, max_fit_rows=60, min_samples=2, random_state=seed).fit(X)
        if model.merges_:
            break
    assert model.merges_[0].size < 80
    assert model.sizes_.min() >= 80
    assert [move.target for move in model.reassignments_] == [merge.target for merge in model.merges_]


def test_rows_are_counted_once_where_a_cluster_joins_two_times() -> None:
    # 3 rows at 0 join the 4 at 1, and all 7 join the 20 at 3.
    X = np.repeat([[0.0], [1.0], [3.0]], [3, 4, 20], axis=0)
    labels = np.repeat([0, 1, 2], [3, 4, 20])
    rule = CoreRule(X, np.full(27, 0.1), labels, 3, 1, np.full(3, np.inf), np.full(3, np.inf))
    _, _, merges = merged_to_min_size(rule, X, np.ones(27), min_size=8)
    assert [(merge.size, merge.target, merge.distance) for merge in merges] == [(3, 0, 1.0), (4, 0, 2.0)]
