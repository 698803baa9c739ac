from typing import Any

import numpy as np
import pytest
from every_method import estimators

from custseg.clustering import MinSizeGaussianMixture, MinSizeHDBSCAN, MinSizeKMeans

RNG = np.random.default_rng(3)
CENTERS = ((0, 0, 0), (6, 1, 0), (0, 7, 2))
X = np.concatenate([RNG.normal(center, 0.9, (150, 3)) for center in CENTERS])


def rule(estimator: Any) -> Any:
    return estimator.fit(X).assignment_rule_


def test_contributions_of_k_means_are_differences_of_squares() -> None:
    learned = rule(MinSizeKMeans(3, min_size=150, random_state=0))
    row = np.array([2.0, 1.0, -1.0])
    columns, rest = learned.contributions(row, 0, 1)
    by_hand = [(row[c] - learned.centers[1, c]) ** 2 - (row[c] - learned.centers[0, c]) ** 2 for c in range(3)]
    assert columns.tolist() == pytest.approx(by_hand)
    assert rest == learned.offsets[0] - learned.offsets[1]


def test_contributions_of_k_means_add_up_to_the_margin() -> None:
    learned = rule(MinSizeKMeans(4, min_size=100, random_state=0))
    assert learned.offsets.any()
    for row in X[::20]:
        costs = ((row - learned.centers) ** 2).sum(axis=1) - learned.offsets
        columns, rest = learned.contributions(row, 2, 1)
        assert columns.sum() + rest == pytest.approx(costs[1] - costs[2])


def test_contributions_of_a_mixture_add_up_to_the_margin() -> None:
    learned = rule(MinSizeGaussianMixture(4, min_size=90, random_state=0, max_iter=500))
    reduced = learned.costs(X) - learned.offsets
    for place in range(0, len(X), 20):
        columns, rest = learned.contributions(X[place], 2, 0)
        assert columns.sum() + rest == pytest.approx(reduced[place, 0] - reduced[place, 2])


def test_contributions_of_hdbscan_add_up_to_the_margin() -> None:
    learned = rule(MinSizeHDBSCAN(min_size=50))
    assert learned.n_clusters == 3
    assessed = learned.assess(X)
    for place in range(0, len(X), 20):
        first, second = int(assessed.label[place]), int(assessed.second_label[place])
        columns, rest = learned.contributions(X[place], first, second)
        near = assessed.distance[place]
        far = near * assessed.confidence[place] / (1 - assessed.confidence[place])
        assert columns.sum() + rest == pytest.approx(far**2 - near**2)


@pytest.mark.parametrize("estimator", estimators(3, min_size=50, random_state=0))
def test_contributions_change_sign_with_the_segments(estimator: Any) -> None:
    learned = rule(estimator)
    there, rest = learned.contributions(X[0], 0, 1)
    back, rest_back = learned.contributions(X[0], 1, 0)
    assert there.tolist() == pytest.approx((-back).tolist())
    assert rest == pytest.approx(-rest_back)
