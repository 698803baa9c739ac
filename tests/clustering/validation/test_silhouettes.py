import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import cdist
from sklearn.metrics import silhouette_samples

from custseg.clustering import MinSizeKMeans, silhouettes
from custseg.clustering.validation._labelings import checked_labelings, common_refinement, stratified_sample

# Rousseeuw (1987), table 1: dissimilarities of twelve countries below the diagonal; figures 2 and 3.
COUNTRIES = ["BEL", "BRA", "CHI", "CUB", "EGY", "FRA", "IND", "ISR", "USA", "USS", "YUG", "ZAI"]
BELOW = """
5.58
7.00 6.50
7.08 7.00 3.83
4.83 5.08 8.17 5.83
2.17 5.75 6.67 6.92 4.92
6.42 5.00 5.58 6.00 4.67 6.42
3.42 5.50 6.42 6.42 5.00 3.92 6.17
2.50 4.92 6.25 7.33 4.50 2.25 6.33 2.75
6.08 6.67 4.25 2.67 6.00 6.17 6.17 6.92 6.17
5.25 6.83 4.50 3.75 5.75 5.42 6.08 5.83 6.67 3.67
4.75 3.00 6.08 6.67 5.00 5.58 4.83 6.17 5.67 6.50 6.92
"""
FIGURES = [
    ([0, 0, 1, 1, 0, 0, 1, 0, 0, 1, 1, 0], 0.28, [39, 22, 33, 40, 20, 35, -4, 30, 43, 34, 26, 19]),
    ([0, 1, 2, 2, 0, 0, 1, 0, 0, 2, 2, 1], 0.33, [42, 25, 31, 48, 2, 44, 17, 37, 47, 44, 31, 28]),
]
# Ruspini (1970): 75 points in four groups, as in R's package cluster.
RUSPINI = """
4 53 5 63 10 59 9 77 13 49 13 69 12 88 15 75 18 61 19 65 22 74 27 72 28 76 24 58 27 55 28 60 30 52 31 60 32 61 36 72
28 147 32 149 35 153 33 154 38 151 41 150 38 145 38 143 32 143 34 141 44 156 44 149 44 143 46 142 47 149 49 152 50 142
53 144 52 152 55 155 54 124 60 136 63 139
86 132 85 115 85 96 78 94 74 96 97 122 98 116 98 124 99 119 99 128 101 115 108 111 110 111 108 116 111 126 115 117
117 115
70 4 77 12 83 21 61 15 69 15 78 16 66 18 58 13 64 20 69 21 66 23 61 25 76 27 72 31 64 30
"""


def countries():
    table = np.zeros((12, 12))
    table[np.tril_indices(12, -1)] = [float(value) for value in BELOW.split()]
    return table + table.T


def random_case(seed, rows=300, columns=4):
    """Rows and four labelings of 2 to 9 clusters, the last with a cluster of one."""
    rng = np.random.default_rng(seed)
    labelings = [rng.integers(0, k, rows) for k in (2, 3, 5, 9)]
    labelings[-1][0] = 50
    return rng.normal(size=(rows, columns)), labelings


def by_hand(distances, labels):
    """The definition, row by row."""
    widths = np.zeros(len(labels))
    for row, own in enumerate(labels):
        mates = (labels == own) & (np.arange(len(labels)) != row)
        others = [distances[row, labels == c].mean() for c in set(labels) - {own, -1}]
        if own != -1 and mates.any() and others:
            a, b = distances[row, mates].mean(), min(others)
            widths[row] = (b - a) / max(a, b) if max(a, b) > 0 else 0
    return widths


# What is published


@pytest.mark.parametrize(("labels", "mean", "percent"), FIGURES)
def test_rousseeuws_countries(labels, mean, percent):
    result = silhouettes(countries(), [labels], metric="precomputed")
    assert result.means[0] == pytest.approx(mean, abs=0.005)
    assert result.per_row[0] == pytest.approx(np.array(percent) / 100, abs=0.0051)


def test_ruspini_in_four_clusters():
    points = np.array(RUSPINI.split(), dtype=float).reshape(75, 2)
    labels = MinSizeKMeans(4, random_state=0).fit(points).labels_
    assert sorted(np.bincount(labels)) == [15, 17, 20, 23]
    assert silhouettes(points, labels).means[0] == pytest.approx(0.737657, abs=5e-7)


# What scikit-learn and SciPy give


@pytest.mark.parametrize("metric", ["euclidean", "sqeuclidean"])
@pytest.mark.parametrize("decimals", [9, 0])
@pytest.mark.parametrize("columns", [1, 3, 20])
def test_scikit_learn_gives_the_same(metric, decimals, columns):
    X, labelings = random_case(seed=columns, columns=columns)
    X = X.round(decimals)
    result = silhouettes(X, labelings, metric=metric)
    for number, labels in enumerate(labelings):
        theirs = silhouette_samples(X, labels, metric=metric)
        assert result.per_row[number] == pytest.approx(theirs, abs=1e-5)
        assert result.means[number] == pytest.approx(theirs.mean(), abs=1e-6)
        assert result.errors[number] == pytest.approx(theirs.std() / np.sqrt(len(X)), abs=1e-6)
        assert result.per_cluster[number] == pytest.approx([theirs[labels == c].mean() for c in np.unique(labels)])


@pytest.mark.slow
@pytest.mark.parametrize("metric", ["euclidean", "sqeuclidean"])
@pytest.mark.parametrize("shift", [1e6, 1e9, 1e14])
def test_distances_far_from_the_origin_are_direct(metric, shift):
    X, labelings = random_case(seed=1)
    X += shift
    distances = cdist(X, X, metric)
    result = silhouettes(X, labelings, metric=metric)
    for number, labels in enumerate(labelings):
        assert result.per_row[number] == pytest.approx(by_hand(distances, labels), abs=1e-5)
        assert result.means[number] == pytest.approx(by_hand(distances, labels).mean(), abs=1e-6)


@pytest.mark.parametrize("metric", ["euclidean", "sqeuclidean"])
def test_tight_clusters_far_apart_keep_their_spread(metric):
    rng = np.random.default_rng(2)
    labels = np.repeat([0, 1, 2], 20)
    X = np.array([0, 1e-6, 1e6])[labels][:, None] + rng.normal(scale=[1e-7, 1e-7], size=(60, 2))
    result = silhouettes(X, labels, metric=metric)
    assert result.per_row[0] == pytest.approx(by_hand(cdist(X, X, metric), labels), abs=1e-5)


@given(st.integers(0, 2**32 - 1), st.integers(2, 40), st.integers(1, 3), st.integers(1, 8))
def test_small_tied_tables_follow_the_definition(seed, rows, columns, labelings):
    rng = np.random.default_rng(seed)
    X = rng.integers(0, 3, (rows, columns)).astype(float)
    given_labels = [rng.integers(-2, rng.integers(-1, 6), rows) for _ in range(labelings)]
    for metric in ("euclidean", "sqeuclidean"):
        distances = cdist(X, X, metric)
        widths = np.array([by_hand(distances, labels) for labels in given_labels])
        assert silhouettes(X, given_labels, metric=metric).per_row == pytest.approx(widths, abs=1e-7)
    assert silhouettes(cdist(X, X), given_labels, metric="precomputed").per_row == pytest.approx(
        silhouettes(X, given_labels).per_row, abs=1e-7
    )


# Conventions


def test_worked_by_hand():
    result = silhouettes([[0.0], [2.0], [5.0], [9.0]], [[7, 7, 3, -1]])
    # 0 is 2 from its mate and 5 from the other cluster; 2 is 2 and 3; 5 is alone; 9 is noise.
    assert result.per_row[0] == pytest.approx([3 / 5, 1 / 3, 0, 0])
    assert result.means == pytest.approx([(3 / 5 + 1 / 3) / 4])
    assert result.clusters[0].tolist() == [3, 7]
    assert result.per_cluster[0] == pytest.approx([0, (3 / 5 + 1 / 3) / 2])


@pytest.mark.parametrize("metric", ["euclidean", "sqeuclidean"])
@pytest.mark.parametrize("labels", [[4, 4, 4], [-1, -1, -1], [0, 1, 2], [0, 0, -1]])
def test_nothing_to_compare_is_zero(metric, labels):
    result = silhouettes([[0.0], [1.0], [5.0]], labels, metric=metric)
    assert result.means.tolist() == result.errors.tolist() == [0]
    assert result.clusters[0].tolist() == sorted({label for label in labels if label != -1})


@pytest.mark.parametrize("metric", ["euclidean", "sqeuclidean"])
def test_clusters_of_the_same_twins_are_not_apart(metric):
    X = np.array([[0.1, 0.7]] * 40 + [[3.3, 1.9]] * 20)
    labels = np.repeat([0, 1, 0, 2], [13, 20, 7, 20])
    assert silhouettes(X, labels, metric=metric).per_row[0].tolist() == [0.0] * 40 + [1.0] * 20


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int64, np.uint64, np.int32])
def test_labels_are_names(dtype):
    X, labelings = random_case(seed=3)
    names = np.array([100, 0, 7, 127, 3, 5, 9, 11, 90], dtype=dtype)
    assert silhouettes(X, [names[labels % 9] for labels in labelings]).means == pytest.approx(
        silhouettes(X, [labels % 9 for labels in labelings]).means
    )


def test_labels_far_apart_and_negative_are_names():
    X, labelings = random_case(seed=4)
    far = np.array([-(2**63), -5, 2**62])[labelings[1]]
    result = silhouettes(X, far)
    assert result.clusters[0].tolist() == [-(2**63), -5, 2**62]
    assert result.means == pytest.approx(silhouettes(X, labelings[1]).means)


def test_one_labeling_may_stand_alone():
    X, labelings = random_case(seed=5)
    assert silhouettes(X, labelings[0]).means.tolist() == silhouettes(X, labelings[:1]).means.tolist()
    assert silhouettes(X, labelings[0].tolist()).means.tolist() == silhouettes(X, labelings[:1]).means.tolist()


def test_other_labelings_do_not_change_one():
    X, labelings = random_case(seed=6)
    together = silhouettes(X, labelings).per_row
    assert together == pytest.approx(np.array([silhouettes(X, labels).per_row[0] for labels in labelings]), abs=1e-12)


def test_float32_and_columns_in_any_order_of_memory():
    X, labelings = random_case(seed=7)
    X = X.astype(np.float32)
    expected = silhouettes(X.astype(float), labelings).widths
    assert np.array_equal(silhouettes(X, labelings).widths, expected)
    assert np.array_equal(silhouettes(np.asfortranarray(X), labelings).widths, expected)


@pytest.mark.parametrize("metric", ["euclidean", "sqeuclidean", "precomputed"])
def test_the_number_of_threads_does_not_matter(metric, monkeypatch):
    X, labelings = random_case(seed=8, rows=1_500)
    matrix = cdist(X, X) if metric == "precomputed" else X
    monkeypatch.setattr("custseg.clustering.rows._blocks._BLOCK", 128)
    results = []
    for threads in (1, 2, 7):
        monkeypatch.setattr("custseg.clustering.rows._kernels.max_threads", lambda count=threads: count)
        results.append(silhouettes(matrix, labelings, metric=metric))
    assert all(np.array_equal(result.widths, results[0].widths) for result in results)
    assert all(np.array_equal(result.means, results[0].means) for result in results)


def test_the_input_stays_as_it_was():
    X, labelings = random_case(seed=9)
    before = X.copy(), [labels.copy() for labels in labelings]
    for metric in ("euclidean", "sqeuclidean"):
        silhouettes(X, labelings, metric=metric, max_rows=200)
    assert np.array_equal(X, before[0])
    assert all(map(np.array_equal, labelings, before[1]))


# Samples


def grouped(rows=4_000, seed=0):
    """Groups of 5, 40 and about 2,000 rows, and labelings that cut them in several ways."""
    rng = np.random.default_rng(seed)
    groups = np.repeat([0, 1, 2, 3], [5, 40, rows // 2 - 45, rows - rows // 2])
    X = rng.normal(size=(rows, 3)) + np.array([0, 12, 5, 8])[groups][:, None]
    halves = np.where(groups == 3, 3 + (X[:, 0] > 8), groups)
    return X, [groups, halves, np.minimum(groups, 2), np.where(groups == 0, -1, groups)]


@pytest.mark.parametrize("max_rows", [150, 400, 3_999])
@pytest.mark.parametrize("seed", range(3))
def test_a_sample_keeps_members_of_every_cluster(max_rows, seed):
    X, labelings = grouped()
    result = silhouettes(X, labelings, max_rows=max_rows, random_state=seed)
    assert len(result.rows) <= max_rows
    assert len(result.rows) > 0.98 * max_rows
    for labels in labelings:
        for cluster in set(labels) - {-1}:
            assert (labels[result.rows] == cluster).sum() >= min(30, (labels == cluster).sum())


def test_a_small_cluster_is_in_the_sample_of_its_labeling_alone():
    labels = np.zeros(10_000, dtype=int)
    labels[17] = 1
    assert 17 in silhouettes(np.random.default_rng(0).normal(size=(10_000, 2)), labels, max_rows=100).rows


@pytest.mark.parametrize("metric", ["euclidean", "sqeuclidean"])
def test_a_sample_is_near_all_rows(metric):
    X, labelings = grouped()
    exact = silhouettes(X, labelings, metric=metric)
    sampled = [silhouettes(X, labelings, metric=metric, max_rows=800, random_state=s) for s in range(20)]
    means = np.array([result.means for result in sampled])
    assert means.mean(axis=0) == pytest.approx(exact.means, abs=0.003)
    assert means == pytest.approx(np.tile(exact.means, (20, 1)), abs=0.03)
    for number, per_cluster in enumerate(exact.per_cluster):
        average = np.mean([result.per_cluster[number] for result in sampled], axis=0)
        assert average == pytest.approx(per_cluster, abs=0.02)
    assert (sampled[0].errors > exact.errors).all()


@pytest.mark.slow
def test_weights_of_a_sample_restore_every_sum():
    _, labelings = grouped()
    known = checked_labelings("test", labelings, n_rows=4_000)
    amounts = np.arange(4_000.0)
    sums = []
    for seed in range(300):
        rows, weights = stratified_sample("test", known, max_rows=300, seed=seed)
        sums.append(weights @ amounts[rows])
    assert abs(np.mean(sums) / amounts.sum() - 1) < 4 * np.std(sums) / np.sqrt(300) / amounts.sum() + 0.002


def test_rows_outside_the_sample_are_not_a_number():
    X, labelings = grouped()
    result = silhouettes(X, labelings, max_rows=500)
    assert result.per_row.shape == (4, 4_000)
    assert np.array_equal(result.per_row[:, result.rows], result.widths)
    assert np.isnan(np.delete(result.per_row, result.rows, axis=1)).all()


def test_a_sample_of_a_matrix_is_a_sample_of_its_rows():
    X, labelings = grouped(600)
    of_rows = silhouettes(X, labelings, max_rows=300, random_state=4)
    of_pairs = silhouettes(cdist(X, X), labelings, metric="precomputed", max_rows=300, random_state=4)
    assert np.array_equal(of_rows.rows, of_pairs.rows)
    assert of_rows.means == pytest.approx(of_pairs.means)
    assert of_rows.errors == pytest.approx(of_pairs.errors)


def test_max_rows_above_the_rows_changes_nothing():
    X, labelings = grouped(600)
    assert silhouettes(X, labelings, max_rows=600).means.tolist() == silhouettes(X, labelings).means.tolist()


@pytest.mark.parametrize("metric", ["euclidean", "sqeuclidean"])
def test_noise_alone_leaves_an_empty_sample(metric):
    result = silhouettes(np.arange(100.0)[:, None], np.full(100, -1), metric=metric, max_rows=10)
    assert result.means.tolist() == result.errors.tolist() == [0]
    assert result.rows.tolist() == []


# The refinement


@given(st.integers(0, 2**32 - 1))
def test_cells_are_the_distinct_tuples_of_labels(seed):
    rng = np.random.default_rng(seed)
    labelings = rng.integers(-1, 40, (30, 60))
    labelings[:, 30:] = labelings[:, :30]
    cells = common_refinement(checked_labelings("test", labelings, n_rows=60))
    parts = np.split(cells.order, cells.ends[:-1])
    assert len(parts) == len(set(zip(*labelings.tolist(), strict=True)))
    assert all((labelings[:, part] == labelings[:, part[:1]]).all() for part in parts)


# What cannot be used


@pytest.mark.parametrize(
    ("X", "labels", "options", "error", "message"),
    [
        ([[0.0], [np.nan]], [0, 1], {}, ValueError, "X must be finite"),
        ([[0.0], [np.inf]], [0, 1], {}, ValueError, "X must be finite"),
        ([[-np.inf], [np.inf]], [0, 1], {}, ValueError, "X must be finite"),
        ([[0.0], [1e101]], [0, 1], {}, ValueError, "X must hold values up to 1e+100, got 1e+101"),
        ([[0.0], [1e-101]], [0, 1], {}, ValueError, "squared distances would vanish"),
        (np.empty((0, 2)), [], {}, ValueError, "X must have rows and columns, got shape (0, 2)"),
        ([0.0, 1.0], [0, 1], {}, ValueError, "got shape (2,)"),
        ([["a"], ["b"]], [0, 1], {}, TypeError, "X must be a matrix of numbers, got list of <U1"),
        (
            [[0.0], [1.0]],
            [0, 1, 1],
            {},
            ValueError,
            "labelings[0] must have one label per row of X, got 3 labels for 2",
        ),
        ([[0.0], [1.0]], [[0, 1], [0]], {}, ValueError, "labelings[1] must have one label per row"),
        ([[0.0], [1.0]], [[[0, 1]]], {}, ValueError, "labelings[0] must be one array of labels, got 2 dimensions"),
        ([[0.0], [1.0]], [0.0, 1.0], {}, TypeError, "labelings[0] must hold whole numbers, got float64"),
        ([[0.0], [1.0]], ["a", "b"], {}, TypeError, "labelings[0] must hold whole numbers"),
        ([[0.0], [1.0]], np.array([0, 2**63], dtype=np.uint64), {}, ValueError, "labels below 2**63"),
        ([[0.0], [1.0]], [], {}, ValueError, "at least one labeling"),
        ([[0.0], [1.0]], "ab", {}, TypeError, "labelings must be a sequence"),
        ([[0.0], [1.0]], 3, {}, TypeError, "labelings must be a sequence"),
        ([[0.0], [1.0]], [0, 1], {"metric": "euclid"}, ValueError, "Did you mean 'euclidean'?"),
        ([[0.0], [1.0]], [0, 1], {"max_rows": 1}, ValueError, "max_rows must be at least 2"),
        ([[0.0], [1.0]], [0, 1], {"random_state": -1}, ValueError, "random_state must be from 0"),
        (np.zeros((9, 1)), np.arange(9) // 2, {"max_rows": 8}, ValueError, "takes 9 rows here, got 8. Give max_rows=9"),
    ],
)
def test_what_cannot_be_used_is_refused(X, labels, options, error, message):
    with pytest.raises(error, match=re.escape(message)):
        silhouettes(X, labels, **options)


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        ([[0.0, 1.0]], "as many rows as columns, got shape (1, 2)"),
        ([[0.0, -1.0], [-1.0, 0.0]], "none of them negative, got -1"),
        ([[0.0, 1.0], [1.0, 0.5]], "0 on the diagonal, got 0.5"),
        ([[0.0, 1.0], [1.1, 0.0]], "symmetric, got pairs that differ by 0.1"),
    ],
)
def test_a_matrix_that_is_no_dissimilarity_is_refused(matrix, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        silhouettes(matrix, [np.zeros(len(matrix), dtype=int)], metric="precomputed")
