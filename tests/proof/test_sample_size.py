"""Sample sizes and detectable lifts against published figures, independent formulas and exact power."""

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from custseg.errors import DataError
from custseg.proof import detectable_lift, sample_size
from custseg.trials import TrialDesign, treated_for_rates

# Two-sided alpha .05, power .80, equal groups: customers per group by base rate and lift.
PER_GROUP = {
    0.01: (163_095, 42_693, 19_827, 7_750, 2_319),
    0.02: (80_682, 21_109, 9_798, 3_826, 1_141),
    0.05: (31_234, 8_158, 3_780, 1_471, 435),
    0.10: (14_751, 3_841, 1_774, 686, 199),
    0.20: (6_510, 1_683, 772, 294, 82),
}


@pytest.mark.parametrize("base_rate", PER_GROUP)
def test_table_of_equal_groups(base_rate: float) -> None:
    sizes = [sample_size(base_rate, lift=lift) for lift in (0.1, 0.2, 0.3, 0.5, 1.0)]
    assert tuple(size.treated for size in sizes) == PER_GROUP[base_rate]
    assert all(size.held_out == size.treated for size in sizes)


def two_independent_rates(rate: float, base: float, *, ratio: float, alpha: float, power: float) -> float:
    """The first group by the definition of the power, solved by bisection and not in closed form."""

    def shortfall(n: float) -> float:
        pooled = (rate + ratio * base) / (1 + ratio)
        null_sd = math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / (ratio * n)))
        sd = math.sqrt(rate * (1 - rate) / n + base * (1 - base) / (ratio * n))
        limit = stats.norm.isf(alpha / 2) * null_sd
        return float(stats.norm.sf(limit, loc=abs(rate - base), scale=sd)) - power

    low, high = 1.0, 1e8
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if shortfall(middle) < 0 else (low, middle)
    return high


@pytest.mark.parametrize("holdout", [0.1, 0.3, 0.5])
@pytest.mark.parametrize(("base", "lift"), [(0.03, 0.4), (0.2, -0.25), (0.6, 0.3)])
def test_rates_reach_the_power(base: float, lift: float, holdout: float) -> None:
    size = sample_size(base, lift=lift, holdout=holdout, power=0.9, alpha=0.1, comparisons=4)
    ratio = holdout / (1 - holdout)
    treated = two_independent_rates(base * (1 + lift), base, ratio=ratio, alpha=0.025, power=0.9)
    assert size.treated == math.ceil(treated - 1e-6)
    assert size.held_out == math.ceil(treated * ratio - 1e-6)


def test_sizes_are_those_of_statsmodels() -> None:
    from statsmodels.stats.proportion import samplesize_proportions_2indep_onetail

    for base, lift, holdout in itertools.product((0.01, 0.05, 0.3, 0.6), (-0.4, 0.1, 0.5), (0.1, 0.3, 0.5)):
        design = TrialDesign(0.9, 0.1, holdout, 7)
        theirs = samplesize_proportions_2indep_onetail(base * lift, base, 0.9, ratio=design.ratio, alpha=0.1 / 7)
        assert treated_for_rates(base, lift, design) == pytest.approx(float(theirs), rel=1e-12)


def test_power_is_that_of_the_exact_test() -> None:
    # All pairs of counts of two groups of 294, with 20 % and 30 %: the pooled z-test rejects in about 80 %.
    n, counts = 294, np.arange(295)
    treated, held_out = (stats.binom.pmf(counts, n, rate)[:, None] for rate in (0.3, 0.2))
    first, second = counts[:, None] / n, counts[None, :] / n
    pooled = (first + second) / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        z = (first - second) / np.sqrt(pooled * (1 - pooled) * 2 / n)
    power = (treated @ held_out.T)[np.abs(z) > 1.959964].sum()
    assert power == pytest.approx(0.80, abs=0.01)


def test_means_by_hand() -> None:
    # 2 ((1.96 + 0.8416) 3 / 0.2)² = 3,532 per group.
    size = sample_size(mean=20, cv=3, lift=0.2)
    assert (size.treated, size.held_out, size.difference) == (3532, 3532, 4.0)
    # (1 + 9) ((1.96 + 0.8416) 3 / 0.2)² treated for each nine held out, and the other way round.
    size = sample_size(cv=3, lift=0.2, holdout=0.1)
    assert (size.treated, size.held_out) == (17660, 1963)


def test_means_reach_the_power_of_the_t_test() -> None:
    n, lift = sample_size(cv=1, lift=0.2).treated, 0.2
    shift = lift * math.sqrt(n / 2)
    limit = stats.t.isf(0.025, 2 * n - 2)
    assert stats.nct.sf(limit, 2 * n - 2, shift) == pytest.approx(0.80, abs=0.002)


def test_segment_counts_customers_who_cannot_be_reached() -> None:
    # 2 × 1,471 customers who can be reached, of 60 % each.
    assert sample_size(0.05, lift=0.5, reachable=0.6).segment == math.ceil(2942 / 0.6)


@given(st.floats(0.005, 0.6), st.floats(0.05, 0.6), st.floats(0.05, 0.9), st.integers(1, 10), st.floats(0.1, 1.0))
def test_detectable_lift_is_the_inverse(
    rate: float, lift: float, holdout: float, comparisons: int, reachable: float
) -> None:
    options: dict[str, Any] = {"holdout": holdout, "comparisons": comparisons, "reachable": reachable}
    size = sample_size(rate, lift=lift, **options)
    shows = detectable_lift(size.segment, rate, **options)
    assert shows <= lift * (1 + 1e-9)
    assert detectable_lift(int(size.segment * 0.9), rate, **options) > shows
    if size.customers > 1000:
        assert shows == pytest.approx(lift, rel=0.02)


@given(st.floats(0.1, 20), st.floats(0.01, 3), st.floats(0.05, 0.9))
def test_detectable_lift_of_means_is_the_inverse(cv: float, lift: float, holdout: float) -> None:
    size = sample_size(cv=cv, lift=lift, holdout=holdout)
    assert detectable_lift(size.segment, cv=cv, holdout=holdout) <= lift * (1 + 1e-9)


def test_too_few_customers_show_nothing() -> None:
    assert detectable_lift(10, 0.4) == math.inf
    assert detectable_lift(0, cv=1) == math.inf


@pytest.mark.parametrize("rate", [0, 1, -0.1, 1.5, math.nan])
def test_base_rate_lies_between_0_and_1(rate: float) -> None:
    with pytest.raises(ValueError, match="base_rate must lie between 0 and 1"):
        sample_size(rate, lift=0.1)
    with pytest.raises(ValueError, match="base_rate must lie between 0 and 1"):
        detectable_lift(100, rate)


def test_percentages_are_explained() -> None:
    with pytest.raises(ValueError, match=r"Write 5 % as 0\.05"):
        sample_size(5, lift=0.1)


@pytest.mark.parametrize("argument", ["power", "alpha", "holdout"])
@pytest.mark.parametrize("value", [0, 1, 80, -0.1])
def test_shares_lie_between_0_and_1(argument: str, value: float) -> None:
    options: dict[str, Any] = {argument: value}
    with pytest.raises(ValueError, match=f"{argument} must lie between 0 and 1"):
        sample_size(0.1, lift=0.1, **options)


@pytest.mark.parametrize("lift", [0, -1, -2, math.inf, math.nan])
def test_lift_is_a_relative_change(lift: float) -> None:
    with pytest.raises(ValueError, match="lift must be a relative change"):
        sample_size(0.1, lift=lift)


def test_no_rate_rises_above_1() -> None:
    with pytest.raises(ValueError, match=r"a base rate of 0\.8 cannot rise by 50%"):
        sample_size(0.8, lift=0.5)


@pytest.mark.parametrize("cv", [0, -1, math.inf])
def test_constant_outcome_shows_nothing(cv: float) -> None:
    with pytest.raises(DataError, match="same for all customers shows nothing"):
        sample_size(cv=cv, lift=0.1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"lift": 0.1}, "give base_rate"),
        ({"base_rate": 0.1, "cv": 1, "lift": 0.1}, "one of both"),
        ({"base_rate": 0.1, "mean": 5, "lift": 0.1}, "mean= belongs to cv="),
        ({"base_rate": "a tenth", "lift": 0.1}, "base_rate must be a number"),
        ({"base_rate": 0.1, "lift": None}, "lift must be a number"),
        ({"cv": "wide", "lift": 0.1}, "cv must be a number"),
        ({"base_rate": 0.1, "lift": 0.1, "comparisons": 2.5}, "comparisons must be"),
    ],
)
def test_arguments_of_the_wrong_type(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        sample_size(**arguments)


@pytest.mark.parametrize(("name", "value"), [("comparisons", 0), ("reachable", 0), ("reachable", 1.2), ("mean", 0)])
def test_arguments_of_the_wrong_size(name: str, value: float) -> None:
    options: dict[str, Any] = {"cv": 1, name: value}
    with pytest.raises(ValueError, match=name):
        sample_size(lift=0.1, **options)


def test_detectable_lift_needs_customers() -> None:
    with pytest.raises(ValueError, match="n must be"):
        detectable_lift(-1, 0.1)


def test_sentences_in_both_languages() -> None:
    size = sample_size(0.05, lift=0.5, comparisons=7, reachable=0.6)
    assert repr(size).startswith("To show +50% of a rate of 5.0%, a segment needs 7,794 customers: 2,338 treated")
    assert "each is tested at 0.71%" in repr(size)
    russian = repr(sample_size(mean=20, cv=3, lift=-0.2, language="ru"))
    assert "в сегменте нужно клиентов: 7 064" in russian.replace("\N{NO-BREAK SPACE}", " ")
