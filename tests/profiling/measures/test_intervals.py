"""Effects and their intervals: by hand, against SciPy, and covering the truth."""

import math

import numpy as np
import pytest
from effort import all_of
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import binomtest, mannwhitneyu

from custseg.profiling.measures._intervals import Effect, delta_effect, share_difference, share_ratio, wilson
from custseg.profiling.measures._ranked import ranked

Floats = NDArray[np.float64]

# Members and others, with the true Cliff's delta found by comparing all pairs of values and their probabilities.
RATES = {"ties": (2.0, 1.0), "many ties": (0.4, 0.2), "no difference": (1.0, 1.0)}


def delta_of(members: list[float], others: list[float]) -> Effect | None:
    values = np.array([*members, *others], dtype=float)
    labels = np.array([0] * len(members) + [1] * len(others))
    return ranked(values, labels, n_segments=2).effects[0]


def poisson_delta(rates: tuple[float, float]) -> float:
    """P(X > Y) - P(X < Y) of two Poisson counts."""
    k = np.arange(40)
    logs = [k * math.log(rate) - rate - np.cumsum(np.log(np.maximum(k, 1))) for rate in rates]
    joint = np.outer(*np.exp(logs))
    return float(np.tril(joint, -1).sum() - np.triu(joint, 1).sum())


def covered(pairs: list[tuple[Effect | None, float]]) -> int:
    return sum(effect is not None and effect.low <= truth <= effect.high for effect, truth in pairs)


def test_delta_by_hand() -> None:
    # Pairs of (1, 3, 3) with (1, 2): 1=1, 1<2, 3>1, 3>2 twice: (4 - 1) / 6.
    effect = delta_of([1, 3, 3], [1, 2])
    assert effect is not None
    assert effect.value == pytest.approx(1 / 2)


def test_variance_by_hand() -> None:
    # Leads of members: 1 leads -1/2; 3 and 3 lead 1. Their squares around 1/2: 1 + 1/4 + 1/4 = 3/2, over 2: 3/4.
    # Leads over the others: 1: (0 + 1 + 1)/3 = 2/3; 2: (-1 + 1 + 1)/3 = 1/3; around 1/2: 2/36, over 1: 1/18.
    # Pairs: 6 - 1 equal - 6/4 = 7/2, over (2)(1): 7/4. Together (1 * 3/4 + 2 * 1/18 + 7/4) / 6.
    variance = (3 / 4 + 2 / 18 + 7 / 4) / 6
    assert delta_of([1, 3, 3], [1, 2]) == pytest.approx(delta_effect(1 / 2, variance, 2))


def test_interval_by_hand() -> None:
    # t of 24 degrees of freedom is 2.0639; delta 0.5, variance 0.01.
    z2 = 2.063898561628021**2
    width = math.sqrt(z2 * 0.01 * (0.75**2 + z2 * 0.01))
    expected = [(0.5 * 0.75 + sign * width) / (0.75 + z2 * 0.01) for sign in (-1, 1)]
    effect = delta_effect(0.5, 0.01, 25)
    assert [effect.low, effect.high] == pytest.approx(expected)


@pytest.mark.parametrize(("members", "others", "end"), [([5, 6], [1, 2], 1.0), ([1, 2], [5, 6], -1.0)])
def test_everybody_above_or_below_is_told_with_an_open_end(
    members: list[float], others: list[float], end: float
) -> None:
    effect = delta_of(members, others)
    assert effect is not None
    assert effect.value == end == (effect.high if end > 0 else effect.low)
    assert abs(effect.low + effect.high) < 2


@given(st.lists(st.integers(0, 4), min_size=1, max_size=12), st.lists(st.integers(0, 4), min_size=1, max_size=12))
def test_delta_is_mann_whitney_u_and_counts_pairs(members: list[int], others: list[int]) -> None:
    effect = delta_of([float(x) for x in members], [float(x) for x in others])
    assert effect is not None
    u = mannwhitneyu(members, others).statistic
    assert effect.value == pytest.approx(2 * u / (len(members) * len(others)) - 1)
    assert -1 <= effect.low <= effect.value + 1e-9
    assert effect.value - 1e-9 <= effect.high <= 1


@given(st.integers(1, 400), st.data())
def test_wilson_agrees_with_scipy(n: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, n))
    expected = binomtest(hits, n).proportion_ci(method="wilson")
    assert wilson(hits, n) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_difference_agrees_with_newcombe() -> None:
    # Newcombe (1998), table II, method 10: 56/70 - 48/80, and 9/10 - 3/10.
    first = share_difference(56, 70, others=(48, 80))
    second = share_difference(9, 10, others=(3, 10))
    assert [round(x, 4) for x in (first.low, first.high)] == [0.0524, 0.3339]
    assert [round(x, 4) for x in (second.low, second.high)] == [0.1705, 0.8090]


def test_ratio_is_that_of_the_shares_and_lies_in_its_interval() -> None:
    effect = share_ratio(30, 100, others=(90, 900))
    assert effect is not None
    assert effect.value == pytest.approx(3)
    assert 2 < effect.low < 3 < effect.high < 4.5


@given(st.integers(0, 50), st.integers(0, 50))
def test_ratio_is_at_its_ends_the_inverse_of_the_turned_ratio(hits: int, others: int) -> None:
    one, turned = share_ratio(hits, 50, others=(others, 50)), share_ratio(others, 50, others=(hits, 50))
    if hits == 0 and others == 0:
        assert one is None
    elif hits and others:
        assert one is not None
        assert turned is not None
        assert one.low == pytest.approx(1 / turned.high)
    else:
        assert one is not None
        assert (one.low, one.high) == ((0.0, one.high) if hits == 0 else (one.low, math.inf))


@pytest.mark.parametrize("case", RATES)
@pytest.mark.parametrize("sizes", all_of([(100, 900), (60, 40)], quick=[(60, 40)]))
def test_interval_of_delta_covers_the_truth(case: str, sizes: tuple[int, int]) -> None:
    rng, truth = np.random.default_rng(1), poisson_delta(RATES[case])
    draws = [[rng.poisson(rate, size) for rate, size in zip(RATES[case], sizes, strict=True)] for _ in range(400)]
    hits = covered([(delta_of(list(members), list(others)), truth) for members, others in draws])
    assert 0.93 - 0.02 <= hits / 400 <= 0.97 + 0.02  # two standard errors of 400 draws beyond the limits of 1,000


@pytest.mark.parametrize("shares", [(0.3, 0.1), (0.5, 0.5), (0.05, 0.15)])
def test_intervals_of_shares_cover_the_truth(shares: tuple[float, float]) -> None:
    rng = np.random.default_rng(2)
    draws = [(int(rng.binomial(100, shares[0])), int(rng.binomial(900, shares[1]))) for _ in range(400)]
    differences = [share_difference(a, 100, others=(b, 900)) for a, b in draws]
    ratios = [share_ratio(a, 100, others=(b, 900)) for a, b in draws]
    for effects, truth in ((differences, shares[0] - shares[1]), (ratios, shares[0] / shares[1])):
        assert 0.91 <= covered([(effect, truth) for effect in effects]) / 400 <= 0.99
