"""Descriptors are tested, with Holm; features that made the segments never are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2_contingency, kruskal, mannwhitneyu

from custseg.profiling import profile_segments
from custseg.profiling.measures._descriptor_tests import chi_square, holm, kruskal_wallis, mann_whitney

RNG = np.random.default_rng(0)
LABELS = RNG.integers(0, 3, 300)


def test_holm_by_hand() -> None:
    # In order .01, .02, .03, .04: times 4, 3, 2, 1; never less than the one before.
    assert holm([0.04, 0.01, None, 0.03, 0.02]) == pytest.approx([0.06, 0.04, None, 0.06, 0.06])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []


@given(st.lists(st.integers(0, 6), min_size=12, max_size=60))
def test_kruskal_wallis_and_mann_whitney_agree_with_scipy(values: list[int]) -> None:
    column, labels = np.array(values, dtype=float), np.arange(len(values)) % 3
    if len(set(values)) == 1:
        return
    groups = [column[labels == segment] for segment in range(3)]
    expected = kruskal(*groups)
    statistic, _, p = kruskal_wallis(column, labels)
    assert (statistic, p) == pytest.approx((expected.statistic, expected.pvalue))
    others = np.concatenate(groups[1:])
    assert mann_whitney(column, labels == 0) == pytest.approx(
        mannwhitneyu(groups[0], others, method="asymptotic").pvalue
    )


def test_chi_square_agrees_with_scipy() -> None:
    counts = np.array([[30, 20, 50], [12, 30, 40]])
    statistic, v, p = chi_square(counts)
    expected = chi2_contingency(counts, correction=False)
    assert (statistic, p) == pytest.approx((expected.statistic, expected.pvalue))
    assert v == pytest.approx(np.sqrt(expected.statistic / counts.sum()))


def test_rare_categories_are_joined_before_the_test() -> None:
    rare, joined = np.array([[50, 30, 1, 2], [40, 60, 2, 1]]), np.array([[50, 33], [40, 63]])
    assert chi_square(rare) == pytest.approx(chi_square(joined))


@pytest.mark.parametrize("counts", [[[5, 0], [9, 0]], [[5, 6]], [[1, 2], [2, 1], [1, 1]]])
def test_what_cannot_be_tested_has_no_p_value(counts: list[list[int]]) -> None:
    assert chi_square(np.array(counts))[2] is None


def test_only_descriptors_have_p_values() -> None:
    values = {"visits": LABELS + RNG.normal(size=300), "age": 30 + LABELS * 3 + RNG.normal(size=300)}
    values["sex"] = np.where(RNG.random(300) < 0.5, "f", "m")
    profiles = profile_segments(values, LABELS, descriptors=["age", "sex"])
    told = {name: [row.features[name].p_value is not None for row in profiles] for name in values}
    assert told == {"visits": [False] * 3, "age": [True] * 3, "sex": [True] * 3}
    frame = profiles.to_frame()
    assert set(frame.filter(frame["statistic"] == "p_value")["feature"]) == {"age", "sex"}
    assert [(test.feature, test.test) for test in profiles.tests] == [("age", "Kruskal-Wallis"), ("sex", "chi-square")]


def test_p_values_are_those_of_scipy_after_holm() -> None:
    age = RNG.normal(size=300) + 0.1 * LABELS
    profiles = profile_segments({"x": np.arange(300.0)}, LABELS, descriptors={"age": age})
    plain = [mannwhitneyu(age[s == LABELS], age[s != LABELS]).pvalue for s in range(3)]
    assert [row.features["age"].p_value for row in profiles] == pytest.approx(holm(plain))
    assert profiles.tests[0].p_value == pytest.approx(kruskal(*(age[s == LABELS] for s in range(3))).pvalue)


@pytest.mark.slow
def test_noise_is_seldom_called_a_difference() -> None:
    wrong = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        noise = {name: rng.normal(size=200) for name in "abc"} | {"d": rng.choice(["x", "y"], 200)}
        tests = profile_segments({"v": np.arange(200.0)}, rng.integers(0, 3, 200), descriptors=noise).tests
        wrong += min(test.p_value or 1 for test in tests) < 0.05
    assert wrong <= 8  # 60 × 0.05 = 3, and three standard errors


def test_clustering_feature_is_no_descriptor() -> None:
    with pytest.raises(ValueError, match=r"\['age'\] made the segments, so they cannot be descriptors"):
        profile_segments({"age": np.arange(300.0)}, LABELS, descriptors=["age"], clustered_on=["age"])
