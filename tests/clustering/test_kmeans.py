import numpy as np
import pytest
from plain_distances import nearest_centers
from sklearn.cluster import KMeans
from sklearn.datasets import load_iris, load_wine

from custseg.clustering import MinSizeKMeans
from custseg.clustering.assignment._nearest_center import CenterRule
from custseg.clustering.rows._blocks import power_labels
from custseg.errors import InfeasibleMinimumError


def skewed(n=600, d=3, seed=0):
    rng = np.random.default_rng(seed)
    return np.concatenate([rng.normal(0, 1, (n - 30, d)), rng.normal(8, 1, (30, d))])


def test_worked_by_hand():
    model = MinSizeKMeans(2, min_size=2, random_state=0).fit([[0.0], [1.0], [2.0], [3.0], [20.0]])
    assert model.labels_.tolist() == [0, 0, 0, 1, 1]
    assert [(move.origin, move.target, move.count) for move in model.reassignments_] == [(0, 1, 1)]
    assert model.reassignments_[0].added_cost == pytest.approx((11.5 - 3) ** 2 - (3 - 1) ** 2, abs=300)


@pytest.mark.parametrize("X", [load_iris().data, load_wine().data, skewed()])
@pytest.mark.slow
def test_inertia_without_a_minimum_is_that_of_scikit_learn(X):
    ours = [MinSizeKMeans(6, random_state=seed).fit(X).inertia_ for seed in range(10)]
    theirs = [KMeans(6, n_init=10, random_state=seed).fit(X).inertia_ for seed in range(10)]
    assert np.median(ours) <= np.median(theirs) * 1.001


def test_a_minimum_that_does_not_bind_changes_nothing():
    X = skewed()
    free, bound = (MinSizeKMeans(4, min_size=least, random_state=1).fit(X) for least in (None, 2))
    assert np.array_equal(free.labels_, bound.labels_)
    assert bound.reassignments_ == ()
    assert not bound.offsets_.any()


def test_moves_account_for_everyone_who_is_not_at_the_nearest_center():
    X = skewed()
    model = MinSizeKMeans(4, min_size=0.2, random_state=0).fit(X)
    nearest = nearest_centers(X, model.cluster_centers_)
    squared = ((X[:, None] - model.cluster_centers_) ** 2).sum(axis=2)
    added = squared[np.arange(len(X)), model.labels_].sum() - squared.min(axis=1).sum()
    assert sum(move.count for move in model.reassignments_) == (nearest != model.labels_).sum() > 0
    assert sum(move.added_cost for move in model.reassignments_) == pytest.approx(added)


def test_weights_count_for_size_and_cost_as_repeated_rows_do():
    rng = np.random.default_rng(0)
    X, weights = rng.normal(size=(80, 2)), rng.integers(0, 5, 80)
    weighted = MinSizeKMeans(3, min_size=40, random_state=0).fit(X, sample_weight=weights)
    repeated = MinSizeKMeans(3, min_size=40, random_state=0).fit(np.repeat(X, weights, axis=0))
    assert np.array_equal(weighted.cluster_centers_, repeated.cluster_centers_)
    assert np.array_equal(weighted.sizes_, repeated.sizes_)
    assert np.array_equal(weighted.predict(X), weighted.labels_)


def test_a_share_of_the_weight_is_kept():
    rng = np.random.default_rng(1)
    X, revenue = rng.normal(size=(200, 2)), rng.pareto(1.5, 200)
    model = MinSizeKMeans(4, min_size=0.2, random_state=0).fit(X, sample_weight=revenue)
    assert model.sizes_.min() >= 0.2 * revenue.sum() * (1 - 1e-9)
    assert model.sizes_.sum() == pytest.approx(revenue.sum())


def test_unsplittable_duplicates_are_infeasible():
    X = np.array([[0.0]] * 10 + [[1.0]] * 3)
    with pytest.raises(InfeasibleMinimumError, match="min_size=3 is feasible") as caught:
        MinSizeKMeans(2, min_size=5).fit(X)
    assert caught.value.feasible == 3
    assert MinSizeKMeans(2, min_size=3).fit(X).sizes_.tolist() == [10, 3]


def test_small_batches_compiled_loops_and_numpy_give_the_same_bits():
    rng = np.random.default_rng(2)
    X, centers = rng.normal(size=(70_000, 5)), rng.normal(size=(7, 5))
    labels, _, own = power_labels(X, centers, np.zeros(7))
    assert np.array_equal(labels, nearest_centers(X, centers))
    for start in (0, 1, 255, 256, 69_999):
        alone = power_labels(X[start : start + 1], centers, np.zeros(7))
        assert (labels[start], own[start]) == (alone[0][0], alone[2][0])


def test_the_rule_survives_plain_numbers():
    X = skewed()
    model = MinSizeKMeans(4, min_size=0.2, random_state=0).fit(X)
    again = CenterRule.from_dict(model.assignment_rule_.to_dict())
    assert np.array_equal(again.labels(X), model.labels_)
    assert np.array_equal(again.assess(X).confidence, model.confidence_)


def test_a_row_far_from_all_others_is_unusual():
    X = skewed()
    model = MinSizeKMeans(3, min_size=0.1, random_state=0).fit(X)
    assert model.assess([[1e6, 0, 0]]).is_outlier.tolist() == [True]


def test_steps_that_do_not_end_are_a_flag():
    model = MinSizeKMeans(8, n_init=1, max_iter=1, random_state=0).fit(skewed())
    assert not model.converged_
