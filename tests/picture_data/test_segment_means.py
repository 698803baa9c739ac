import numpy as np
import pytest
from quick import quick_fit

from custseg.datasets import make_shop
from custseg.picture_data import segment_means

LABELS = np.repeat([0, 1], 20)


def test_means_are_in_standard_deviations_of_all() -> None:
    # 20 customers with 1 ± 1, 20 with 5 ± 1: mean 3, variance 4 + 1.
    values = np.where(LABELS == 0, 1.0, 5.0) + np.tile([-1, 1], 20)
    means = segment_means({"x": values}, LABELS, [4, 9])
    assert means.means == {4: (pytest.approx(-2 / 5**0.5, abs=1e-4),), 9: (pytest.approx(2 / 5**0.5, abs=1e-4),)}


def test_the_feature_in_which_segments_differ_most_is_first() -> None:
    noise = np.tile(np.arange(20.0), 2)
    means = segment_means({"noise": noise, "x": np.where(LABELS == 0, noise, noise + 50)}, LABELS, [0, 1])
    assert means.features == ("x", "noise")
    assert means.means[0][1] == 0


def test_missing_values_do_not_count_and_few_are_not_described() -> None:
    values = np.tile(np.arange(20.0), 2)
    values[LABELS == 1] = np.where(np.arange(20) < 9, values[:20], np.nan)
    values[:2] = np.nan
    first, second = segment_means({"x": values}, LABELS, [0, 1]).means.values()
    present = values[~np.isnan(values)]
    assert first[0] == pytest.approx((values[2:20].mean() - present.mean()) / present.std(), abs=1e-4)
    assert second == (None,)


@pytest.mark.slow
def test_the_result_has_the_means_of_its_telling_features() -> None:
    shop = make_shop(200, 0)
    result = quick_fit(shop.orders, as_of=shop.as_of)
    means = result.segment_means
    assert {*result.preparation.names} <= {*result.telling_features} == {*means.features}
    # Where nothing is missing, the means of the clustered columns are those of the matrix.
    clustered = result.labels >= 0
    matrix = result.preparation.matrix({n: result.features.values(n)[clustered] for n in result.preparation.names})
    centers = np.array([matrix[result.labels[clustered] == label].mean(axis=0) for label in range(3)])
    for column, name in enumerate(result.preparation.names):
        position = means.features.index(name)
        assert [line[position] for line in means.means.values()] == pytest.approx(centers[:, column], abs=1e-3)
