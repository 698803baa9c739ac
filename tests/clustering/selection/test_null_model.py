from __future__ import annotations

import numpy as np
import pytest
from effort import examples
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ks_2samp, spearmanr
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score

from custseg.clustering import Candidate
from custseg.clustering.selection._null_model import NullModel, NullReference, _convex_minorant


def drawn(X: np.ndarray, n_rows: int = 4000, seed: int = 0) -> np.ndarray:
    return NullModel.like(X).draw(n_rows, np.random.default_rng(seed))


def skewed(n_rows: int = 1000) -> np.ndarray:
    """Three columns of other shapes, two of which hang together."""
    rng = np.random.default_rng(0)
    size = rng.normal(size=n_rows)
    return np.column_stack([np.exp(size), size + rng.normal(size=n_rows), rng.gamma(0.5, 9, n_rows)])


def shares(column: np.ndarray, *values: float) -> list[float]:
    return [float((column == value).mean()) for value in values]


def test_marginals_are_kept() -> None:
    X, rows = skewed(), drawn(skewed())
    for column, other in zip(X.T, rows.T, strict=True):
        assert ks_2samp(column, other).statistic < 0.05
    assert (rows.min(axis=0) >= X.min(axis=0)).all()
    assert (rows.max(axis=0) <= X.max(axis=0)).all()


def test_rank_correlations_are_kept() -> None:
    kept = spearmanr(drawn(skewed())).statistic
    assert kept == pytest.approx(spearmanr(skewed()).statistic, abs=0.06)
    assert kept[0, 1] > 0.6


def test_groups_are_not_kept() -> None:
    X = np.random.default_rng(0).normal(size=(400, 6)) + np.repeat([[0] * 6, [12] * 6], 200, axis=0)
    fit = KMeans(2, n_init=3, random_state=0)
    rows = drawn(X, 400)
    assert silhouette_score(X, fit.fit_predict(X)) > 0.85
    assert silhouette_score(rows, fit.fit_predict(rows)) < 0.5


def test_point_masses_are_kept_and_nothing_lies_between() -> None:
    rng = np.random.default_rng(0)
    X = np.column_stack([np.where(rng.random(900) < 0.4, 7.0, rng.uniform(20, 30, 900)), rng.normal(size=900)])
    rows = drawn(X)
    assert shares(rows[:, 0], 7.0) == pytest.approx(shares(X[:, 0], 7.0), abs=0.03)
    assert rows[rows[:, 0] != 7.0, 0].min() >= 20


def test_joint_pattern_of_point_masses_is_kept() -> None:
    # Who has one order has no gap: the two masses come together or not at all.
    rng = np.random.default_rng(0)
    once = rng.random(900) < 0.5
    X = np.column_stack([np.where(once, 1.0, rng.uniform(2, 9, 900)), np.where(once, 0.0, rng.uniform(5, 90, 900))])
    rows = drawn(X)
    assert ((rows[:, 0] == 1.0) == (rows[:, 1] == 0.0)).all()
    assert (rows[:, 0] == 1.0).mean() == pytest.approx(once.mean(), abs=0.03)


def test_each_pattern_keeps_its_own_marginals() -> None:
    rng = np.random.default_rng(0)
    mass = rng.random(1000) < 0.5
    X = np.column_stack([np.where(mass, 0.0, rng.uniform(1, 2, 1000)), np.where(mass, 100.0, 0.0) + rng.random(1000)])
    rows = drawn(X)
    assert rows[rows[:, 0] == 0.0, 1].min() >= 100
    assert rows[rows[:, 0] > 0.0, 1].max() <= 1


def test_several_peaks_of_a_column_become_one() -> None:
    X = np.random.default_rng(0).normal(np.repeat([0.0, 12.0], 500))[:, None]
    rows = drawn(X)
    assert ((X > 4) & (X < 8)).mean() == 0
    assert ((rows > 4) & (rows < 8)).mean() > 0.1


def test_rare_value_is_no_point_mass() -> None:
    X = np.concatenate([np.linspace(0, 1, 97), [5.0, 5.0, 5.0]])[:, None]
    assert len(np.unique(drawn(X))) > 1000


def test_columns_of_masses_alone_are_drawn_from_the_patterns_seen() -> None:
    X = np.array([[0.0, 1.0], [0.0, 2.0], [3.0, 1.0]] * 50)
    rows = drawn(X, 600)
    assert {tuple(row) for row in rows.tolist()} == {(0.0, 1.0), (0.0, 2.0), (3.0, 1.0)}


def test_equal_rows_and_a_constant_column_stay() -> None:
    assert (drawn(np.full((9, 2), 4.0), 20) == 4.0).all()
    X = np.column_stack([np.ones(60), np.random.default_rng(0).random(60)])
    assert (drawn(X)[:, 0] == 1.0).all()


def wide(n_rows: int = 400, n_columns: int = 15) -> np.ndarray:
    """Rows of which nearly each has a pattern of zeros of its own, in two groups."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n_rows, n_columns)) + np.repeat([[2.0], [9.0]], n_rows // 2, axis=0)
    return np.where(rng.random(X.shape) < 0.3, 0.0, X)


def test_patterns_of_few_rows_are_kept_column_by_column() -> None:
    X, rows = wide(), drawn(wide())
    assert len(NullModel.like(X).patterns) == 1
    for column, other in zip(X.T, rows.T, strict=True):
        assert shares(other, 0.0) == pytest.approx(shares(column, 0.0), abs=0.04)
        assert ks_2samp(column[column > 0], other[other > 0]).statistic < 0.25


@pytest.mark.slow
def test_null_data_of_a_wide_table_are_not_the_table() -> None:
    X, fit = wide(), KMeans(2, n_init=3, random_state=0)
    rows = drawn(X, 400)
    assert silhouette_score(X, fit.fit_predict(X)) > 1.5 * silhouette_score(rows, fit.fit_predict(rows))
    assert len(np.unique((rows == 0) @ 2.0 ** np.arange(15))) > 100


@pytest.mark.slow
def test_frequent_patterns_are_kept_beside_the_rare_ones() -> None:
    X = wide()
    X[:200] = np.random.default_rng(1).normal(9, 1, (200, 15))
    X[:100, 1:] = 0.0  # who bought in one category alone
    rows = drawn(X)
    kinds = {tuple(pattern.free.tolist()): pattern.share for pattern in NullModel.like(X).patterns}
    assert kinds[0,] == 0.25
    assert ((rows[:, 0] > 0) & (rows[:, 1:] == 0).all(axis=1)).mean() == pytest.approx(0.25, abs=0.03)
    assert len(kinds) == len(NullModel.like(X).patterns) - 1  # the rare ones are all free, as the rows without a zero


@examples(20)
@given(st.integers(50, 700), st.integers(1, 12), st.integers(0, 99), st.floats(0.02, 0.9))
def test_number_of_patterns_is_bounded(n_rows: int, n_columns: int, seed: int, share: float) -> None:
    rng = np.random.default_rng(seed)
    X = np.where(rng.random((n_rows, n_columns)) < share, 0.0, rng.normal(size=(n_rows, n_columns)))
    patterns = NullModel.like(X).patterns
    assert len(patterns) <= n_rows // 50 + 1
    assert sum(pattern.share for pattern in patterns) == pytest.approx(1)


def test_shared_values_are_told() -> None:
    assert NullModel.like(wide()).has_shared_values
    assert not NullModel.like(skewed()).has_shared_values


# Silhouettes and separations of two and of three clusters in four draws; one of them has no three clusters.
REFERENCE = NullReference(
    (2, 3),
    np.array([[0.2, 0.1], [0.3, 0.2], [0.4, np.nan], [0.3, 0.3]]),
    np.array([[-0.5, -0.4], [-0.3, -0.2], [-0.1, np.nan], [-0.3, 0.0]]),
)


def test_means_and_deviations_by_hand() -> None:
    assert REFERENCE.means == pytest.approx([0.3, 0.2])
    assert REFERENCE.deviations == pytest.approx([np.sqrt(0.02 / 3), 0.1])


def test_levels_by_hand() -> None:
    # The largest gains are 0, 0, 0.1 and 0.1, ordered; the 95th percentile is at position 0.95 * 3 = 2.85.
    assert REFERENCE.level == pytest.approx(0.1)
    assert REFERENCE.chance_gain(2) == pytest.approx(0.3 + 0.85 * 0.1 - 0.3)
    # Of two clusters it is the mean and 2.33 standard deviations: the squared differences are 0.04, 0, 0.04 and 0.
    assert REFERENCE.chance_separation(2) == pytest.approx(-0.3 + 2.33 * np.sqrt(0.08 / 3))
    assert REFERENCE.chance_separation(3) == pytest.approx(-0.2 + 0.9 * 0.2)


def test_chance_of_a_number_that_null_data_never_have() -> None:
    assert (REFERENCE.chance_gain(7), REFERENCE.chance_separation(7)) == (0.0, -np.inf)
    never = NullReference((2,), np.full((4, 1), np.nan), np.full((4, 1), np.nan))
    assert (never.chance_gain(2), never.chance_separation(2), never.level) == (0.0, -np.inf, np.inf)
    assert np.isnan(never.means[0])
    assert np.isnan(never.deviations[0])


def candidate(k: int, silhouette: float) -> Candidate:
    return Candidate("kmeans", k, True, 10, 0.1, silhouette=silhouette)


def test_gain_of_a_candidate_by_hand() -> None:
    row = REFERENCE.with_gain(candidate(3, 0.45))
    assert (row.silhouette_gain, row.silhouette_gain_error) == (pytest.approx(0.25), pytest.approx(0.1))


def test_gain_is_0_for_one_cluster_and_missing_where_null_data_have_none() -> None:
    never = NullReference((1, 2), np.full((4, 2), np.nan), np.full((4, 2), np.nan))
    one, two = (never.with_gain(candidate(k, silhouette)) for k, silhouette in ((1, 0.0), (2, 0.4)))
    assert (one.silhouette_gain, one.silhouette_gain_error) == (0.0, 0.0)
    assert (two.silhouette_gain, two.silhouette_gain_error) == (None, None)


def test_resampled_draws_keep_silhouette_and_separation_together() -> None:
    resampled = REFERENCE.resampled(np.random.default_rng(0))
    pairs = {tuple(pair) for pair in np.column_stack([REFERENCE.silhouettes[:, 0], REFERENCE.separations[:, 0]])}
    assert resampled.silhouettes.shape == REFERENCE.silhouettes.shape
    assert {tuple(p) for p in np.column_stack([resampled.silhouettes[:, 0], resampled.separations[:, 0]])} <= pairs
    assert resampled.numbers == REFERENCE.numbers


def test_same_seed_same_rows_and_another_seed_others() -> None:
    X = skewed(200)
    assert (drawn(X, 50, seed=3) == drawn(X, 50, seed=3)).all()
    assert (drawn(X, 50, seed=3) != drawn(X, 50, seed=4)).any()


def test_order_of_the_rows_does_not_matter() -> None:
    X = skewed(200)
    order = np.random.default_rng(0).permutation(200)
    np.testing.assert_allclose(drawn(X[order], 50), drawn(X, 50), rtol=1e-6)


@examples(40)
@given(st.integers(2, 40), st.integers(1, 4), st.integers(0, 99), st.integers(0, 2))
def test_rows_are_finite_and_within_what_was_seen(n_rows: int, n_columns: int, seed: int, decimals: int) -> None:
    X = np.random.default_rng(seed).normal(size=(n_rows, n_columns)).round(decimals)
    rows = drawn(X, 25, seed)
    assert rows.shape == (25, n_columns)
    assert (rows >= X.min(axis=0)).all()
    assert (rows <= X.max(axis=0)).all()


@examples(60)
@given(seed=st.integers(0, 2**32 - 1), n=st.integers(1, 12))
def test_convex_minorant_equals_lowest_chords(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    x, y = np.sort(rng.lognormal(sigma=4, size=n)), rng.normal(size=n)
    lowest = [min(np.interp(x[i], x[[a, b]], y[[a, b]]) for a in range(i + 1) for b in range(i, n)) for i in range(n)]
    assert _convex_minorant(x, y) == pytest.approx(np.array(lowest), abs=1e-12)


def test_adjacent_values_leave_the_marginal_finite() -> None:
    column = np.append(np.nextafter(0.0, 1.0) * np.arange(60), 1e100 + np.arange(3))
    assert np.isfinite(NullModel.like(column[:, None]).draw(50, np.random.default_rng(0))).all()


def test_joined_references_are_in_the_order_of_the_numbers() -> None:
    first, second = (
        NullReference(numbers, np.array([values]), np.array([values]))
        for numbers, values in (((2, 5), [0.2, 0.5]), ((3,), [0.3]))
    )
    joined = first.joined(second)
    assert joined.numbers == (2, 3, 5)
    assert joined.silhouettes.tolist() == joined.separations.tolist() == [[0.2, 0.3, 0.5]]
    assert NullReference.empty().joined(first) is first
