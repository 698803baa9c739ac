"""One sorted pass gives what many passes would."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import rankdata, spearmanr

from custseg.profiling.measures._ranked import QUANTILES, Ranked, ranked

rows = st.lists(
    st.tuples(st.integers(-1, 2), st.one_of(st.integers(0, 5), st.just(float("nan")))), min_size=2, max_size=40
)


def read(table: list[tuple[int, float]]) -> tuple[NDArray[np.float64], NDArray[np.intp], Ranked]:
    values = np.array([value for _, value in table], dtype=float)
    labels = np.array([label for label, _ in table], dtype=np.intp)
    return values, labels, ranked(values, labels, n_segments=3)


@given(rows)
def test_quantiles_are_numpys(table: list[tuple[int, float]]) -> None:
    values, labels, found = read(table)
    for segment in range(3):
        members = values[(labels == segment) & ~np.isnan(values)]
        others = values[(labels >= 0) & (labels != segment) & ~np.isnan(values)]
        expected = np.quantile(members, QUANTILES) if len(members) else np.full(5, np.nan)
        assert found.quantiles[segment] == pytest.approx(expected, nan_ok=True)
        assert found.others_medians[segment] == pytest.approx(np.median(others) if len(others) else np.nan, nan_ok=True)


@given(rows)
def test_pairs_are_counted_pair_by_pair(table: list[tuple[int, float]]) -> None:
    values, labels, found = read(table)
    groups = [values[(labels == segment) & ~np.isnan(values)] for segment in range(3)]
    for a in range(3):
        for b in range(3):
            leads = np.sign(groups[a][:, None] - groups[b][None, :])
            assert found.pairs[a, b] == pytest.approx(leads.mean() if leads.size else np.nan, nan_ok=True)


@given(rows)
def test_rank_sums_of_the_clustered(table: list[tuple[int, float]]) -> None:
    values, labels, found = read(table)
    used = (labels >= 0) & ~np.isnan(values)
    ranks = rankdata(values[used])
    assert found.rank_sums == pytest.approx(np.bincount(labels[used], weights=ranks, minlength=3))


def test_bounds_stand_for_places_among_all() -> None:
    values = np.array([1, 1, 1, 1, 2, 3, 4, 5, 6, 7], dtype=float)
    # Places: 1 at .20, then 2 .45, 3 .55, 4 .65, 5 .75, 6 .85, 7 .95.
    asked = [("<=", 0.45), (">=", 0.45), ("<", 0.45), (">", 0.45), ("<=", 0.1), (">=", 0.96)]
    found = ranked(values, np.zeros(10, dtype=np.intp), n_segments=1, quantile_terms=asked)
    bounds = [found.bounds[key] for key in asked]
    assert bounds == pytest.approx([2, 2, 1, 3, np.nan, np.nan], nan_ok=True)


def test_places_give_rank_correlations() -> None:
    rng = np.random.default_rng(0)
    one, labels = rng.poisson(3, 200).astype(float), rng.integers(0, 3, 200)
    two = one + rng.normal(size=200)
    product = ranked(one, labels, n_segments=3).scaled_ranks @ ranked(two, labels, n_segments=3).scaled_ranks
    assert product == pytest.approx(spearmanr(one, two).statistic, abs=1e-5)


def test_order_of_rows_changes_nothing() -> None:
    rng = np.random.default_rng(3)
    values, labels = rng.lognormal(size=500), rng.integers(-1, 3, 500)
    turn = rng.permutation(500)
    one, two = ranked(values, labels, n_segments=3), ranked(values[turn], labels[turn], n_segments=3)
    assert one.effects == two.effects
    assert np.array_equal(one.quantiles, two.quantiles)
