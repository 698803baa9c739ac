import numpy as np
import pytest
from quick import quick_fit

from custseg import DataError
from custseg.classical_rfm import rfm_grid, rfm_scores
from custseg.datasets import make_shop

# 20 customers ordered once and long ago, 20 often and lately; of those, 12 are in segment 5.
RECENCY = np.repeat([90.0, 10.0], 20)
ORDERS = np.repeat([1.0, 6.0], 20)
LABELS = np.array([0] * 28 + [1] * 12)


def grid_of(recency: np.ndarray = RECENCY, orders: np.ndarray = ORDERS, labels: np.ndarray = LABELS) -> object:
    values = {"recency_days": recency, "order_count": orders}
    return rfm_grid(values, labels, [2, 5], bins=2, languages=["en"])


def test_cells_have_their_most_frequent_segment() -> None:
    worst, best = grid_of().cells
    assert (worst.recency, worst.frequency, worst.size, worst.segment, worst.share["en"]) == (1, 1, 20, 2, "100%")
    assert (best.recency, best.frequency, best.size, best.segment, best.share["en"]) == (2, 2, 20, 5, ">50%")


def test_bounds_are_whole_numbers_where_the_values_are() -> None:
    assert grid_of().bounds == {
        "recency_days": {2: (10, 10), 1: (11, None)},
        "order_count": {1: (1, 1), 2: (2, None)},
    }
    halves = grid_of(recency=RECENCY + 0.5).bounds["recency_days"]
    assert halves == {2: (10.5, 10.5), 1: (10.5, None)}
    few_lowest = grid_of(recency=np.where(np.arange(40) == 39, 3, RECENCY)).bounds["recency_days"]
    assert few_lowest == {2: (None, 10), 1: (11, None)}


def test_small_cells_are_hidden_and_do_not_follow_from_the_total() -> None:
    cells = {
        (cell.recency, cell.frequency): cell for cell in grid_of(orders=np.where(np.arange(40) < 3, 6, ORDERS)).cells
    }
    small = cells[1, 2]
    assert (small.size, small.is_small, small.segment, small.share) == (None, True, None, {})
    assert [(cell.size, cell.is_small) for key, cell in cells.items() if key != (1, 2)] == [(None, False), (20, False)]


@pytest.mark.slow
def test_scores_are_those_of_the_clustered_customers_by_rfm_scores() -> None:
    shop = make_shop(300, 0)
    result = quick_fit(shop.orders, as_of=shop.as_of)
    clustered = result.features.local.filter((result.labels >= 0).tolist()).to_native()
    scores = rfm_scores(clustered).local
    pairs = list(zip(scores.get_column("r").to_list(), scores.get_column("f").to_list(), strict=True))
    for cell in result.rfm_grid().cells:
        count = pairs.count((cell.recency, cell.frequency))
        assert cell.is_small == (count < 10)
        assert cell.size in (count, None)


@pytest.mark.slow
def test_features_and_bins_that_cannot_be_used_are_refused() -> None:
    shop = make_shop(100, 0)
    result = quick_fit(shop.orders, as_of=shop.as_of)
    with pytest.raises(DataError, match=r"rfm_grid: the feature table lacks column 'recency'"):
        result.rfm_grid(recency="recency")
    with pytest.raises(ValueError, match="rfm_grid: recency and frequency must be two features"):
        result.rfm_grid(recency="order_count")
    with pytest.raises(ValueError, match="rfm_grid: bins must be"):
        result.rfm_grid(bins=1)
