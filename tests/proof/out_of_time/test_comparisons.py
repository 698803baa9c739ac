"""What segments are compared with, worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from custseg.proof.out_of_time._comparisons import boosted, grid_of_25, map_of_125, plain_kmeans


def columns(n: int = 500) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {
        "recency_days": rng.integers(1, 300, n).astype(float),
        "order_count": rng.poisson(3, n) + 1.0,
        "revenue": rng.lognormal(4, 1, n),
    }


def test_grid_keeps_ties_together() -> None:
    values = {"recency_days": np.arange(10.0), "order_count": np.repeat([1.0, 2.0], 5)}
    # Recency in quintiles of two; one order has the mid-rank 3 of 10, two orders that of 8.
    assert (grid_of_25(values) // 5).tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    assert (grid_of_25(values) % 5).tolist() == [1] * 5 + [3] * 5


def test_at_most_25_cells_and_11_segments() -> None:
    assert len(np.unique(grid_of_25(columns(5_000)))) == 25
    assert len(np.unique(map_of_125(columns(5_000)))) == 11


def test_without_orders_there_is_no_grid() -> None:
    only_mails = {"open_rate_shrunk": np.arange(20.0)}
    assert grid_of_25(only_mails) is None
    assert map_of_125(only_mails) is None
    assert plain_kmeans(only_mails, 3, seed=0) is None


def test_plain_kmeans_has_as_many_clusters() -> None:
    assert len(np.unique(plain_kmeans(columns(), 4, seed=0))) == 4


@pytest.mark.slow
@pytest.mark.parametrize("is_yes_no", [False, True])
def test_boosting_finds_what_there_is(is_yes_no: bool) -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(1_500, 2))
    noise = rng.random(1_500)
    outcome = (noise < np.where(X[:, 0] > 0, 0.9, 0.1)).astype(float)
    real, none = (boosted(X, y, is_yes_no=is_yes_no, seed=0) for y in (outcome, rng.permutation(outcome)))
    # At .9 and .1 the variance within is .09 of .25, the deviance within .325 of .693.
    assert real == pytest.approx(0.53 if is_yes_no else 0.64, abs=0.07)
    assert none < 0.02


def test_too_few_customers_for_boosting() -> None:
    assert boosted(np.ones((40, 1)), np.arange(40.0), is_yes_no=False, seed=0) is None
    assert boosted(np.ones((400, 1)), np.repeat([1.0, 0], [8, 392]), is_yes_no=True, seed=0) is None
