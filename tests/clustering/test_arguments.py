"""Arguments are checked before any work, and errors answer in the unit that was asked."""

from fractions import Fraction

import numpy as np
import pytest
from every_method import OF_A_NUMBER, estimator

from custseg.clustering import METHODS, MinSizeHDBSCAN, MinSizeKMeans, method_names
from custseg.errors import InfeasibleMinimumError

ROWS = np.random.default_rng(0).normal(size=(100, 2))
TWINS = np.array([[0.0]] * 10 + [[1.0]] * 3)


@pytest.mark.parametrize("value", [np.nan, np.inf, -1.0])
@pytest.mark.parametrize("method", OF_A_NUMBER, ids=lambda method: method.name)
@pytest.mark.parametrize("argument", ["tol", "reg_covar"])
def test_numbers_that_make_no_sense_are_refused(method, argument, value):
    model = estimator(method, 2)
    if argument not in model.get_params():
        return
    with pytest.raises(ValueError, match=f"{type(model).__name__}: {argument} must be finite and at least 0, got"):
        model.set_params(**{argument: value}).fit(ROWS)
    for other in ("small", None, True):
        with pytest.raises(TypeError, match=f"{argument} must be a number, got {type(other).__name__}"):
            model.set_params(**{argument: other}).fit(ROWS)


@pytest.mark.parametrize("method", METHODS, ids=method_names())
@pytest.mark.parametrize("argument", ["n_clusters", "n_components", "n_init", "max_iter", "max_fit_rows"])
def test_counts_that_make_no_sense_are_refused(method, argument):
    model = estimator(method, 2)
    if argument not in model.get_params():
        return
    with pytest.raises(ValueError, match=f"{argument} must be"):
        model.set_params(**{argument: 0}).fit(ROWS)
    with pytest.raises(TypeError, match=f"{argument} must be"):
        model.set_params(**{argument: 2.5}).fit(ROWS)


@pytest.mark.parametrize("method", METHODS, ids=method_names())
def test_a_minimum_that_is_no_number_is_refused_before_the_rows_are_looked_at(method):
    for value in (True, "5", np.True_):
        with pytest.raises(TypeError, match="min_size must be a count"):
            estimator(method, 2, min_size=value).fit(None)
    for value in (0, -2, 1.0, 0.0, np.nan):
        with pytest.raises(ValueError, match="min_size"):
            estimator(method, 2, min_size=value).fit(None)


@pytest.mark.parametrize("share", [0.1, np.float32(0.1), np.float16(0.1), Fraction(1, 10)])
@pytest.mark.parametrize("method", OF_A_NUMBER, ids=lambda method: method.name)
def test_ten_per_cent_of_a_hundred_rows_is_ten(method, share):
    assert estimator(method, 10, min_size=share, random_state=0).fit(ROWS).sizes_.tolist() == [10] * 10


@pytest.mark.parametrize("smallest", [None, 1, 2])
def test_a_cluster_of_hdbscan_has_at_least_two_rows(smallest):
    model = MinSizeHDBSCAN(min_size=smallest, min_samples=1).fit([[0.0], [0.1], [5.0], [5.1], [9.0], [9.1]])
    assert model.sizes_.tolist() == [2, 2, 2]


def test_a_minimum_above_all_rows_is_told_in_words_of_hdbscan():
    with pytest.raises(
        InfeasibleMinimumError, match=r"^MinSizeHDBSCAN: min_size=14 is more than the 13 rows"
    ) as caught:
        MinSizeHDBSCAN(min_size=14).fit(TWINS)
    assert caught.value.feasible == 13
    assert "n_clusters" not in str(caught.value)


@pytest.mark.parametrize("weights", [["a"] * 100, ["1"] * 100, np.array(["1"] * 100, dtype=object), [{}] * 100])
def test_weights_that_are_no_numbers_are_refused(weights):
    if isinstance(weights, np.ndarray):
        weights[0] = "one"
    with pytest.raises(TypeError, match=r"^MinSizeKMeans: sample_weight must be numbers, got (str|dict)"):
        MinSizeKMeans(2).fit(ROWS, sample_weight=weights)


def test_too_few_rows_of_positive_weight_are_told():
    with pytest.raises(ValueError, match="n_clusters=3 is more than the 2 distinct rows of positive weight in X"):
        MinSizeKMeans(3).fit(ROWS, sample_weight=np.arange(100) > 97)


@pytest.mark.parametrize("unit", [1e-6, 1.0, 1e9])
def test_feasible_weight_is_an_amount_and_is_asked_again_as_a_share(unit):
    weights = np.array([10.0, 1.5, 1.5]) * unit
    with pytest.raises(InfeasibleMinimumError, match=r"min_size=0\.23076\d* \(a weight of 3") as caught:
        MinSizeKMeans(2, min_size=0.4).fit([[0.0], [1.0], [2.0]], sample_weight=weights)
    assert caught.value.feasible == pytest.approx(3 * unit)
    model = MinSizeKMeans(2, min_size=0.23076).fit([[0.0], [1.0], [2.0]], sample_weight=weights)
    assert model.sizes_.tolist() == pytest.approx([10 * unit, 3 * unit])


def test_a_feasible_weight_below_one_is_told_as_a_share():
    with pytest.raises(InfeasibleMinimumError, match=r"min_size=0\.4 \(a weight of 0\.2\) is feasible"):
        MinSizeKMeans(2, min_size=1).fit([[0.0], [1.0]], sample_weight=[0.2, 0.3])


def test_the_answer_has_the_unit_of_the_question():
    with pytest.raises(InfeasibleMinimumError, match=r"min_size=3 is feasible"):
        MinSizeKMeans(2, min_size=5).fit(TWINS)
    with pytest.raises(InfeasibleMinimumError, match=r"min_size=0\.230769 \(3 rows\) is feasible"):
        MinSizeKMeans(2, min_size=0.4).fit(TWINS)
    assert MinSizeKMeans(2, min_size=0.230769).fit(TWINS).sizes_.tolist() == [10, 3]
