"""`min_size="auto"` from an outcome: how many segments, how large, and what each can show."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custseg.proof import detectable_lift, sample_size
from custseg.trials import PastOutcome, auto_minimum


def outcome_of(share: float, *, name: str = "repeat_purchase", days: int = 30, n: int = 1000) -> PastOutcome:
    return PastOutcome(name, days, range(n), (np.arange(n) < share * n).astype(float))


def test_as_many_segments_as_can_show_the_lift() -> None:
    minimum = auto_minimum([outcome_of(0.1)], n_customers=12_000, reachable=0.8, lift=0.5)
    sizes = {m: sample_size(0.1, lift=0.5, comparisons=m, reachable=0.8).segment for m in range(3, 9)}
    largest = max(m for m, size in sizes.items() if m * size <= 12_000)
    assert (minimum.n_segments, minimum.min_size) == (largest, sizes[largest])
    assert 3 < largest < 8


def test_never_more_than_eight_segments() -> None:
    minimum = auto_minimum([outcome_of(0.2)], n_customers=10**6, reachable=1, lift=0.5)
    assert minimum.n_segments == 8
    assert minimum.min_size == sample_size(0.2, lift=0.5, comparisons=8).segment


def test_not_even_three_segments() -> None:
    minimum = auto_minimum([outcome_of(0.02)], n_customers=5000, reachable=0.5, lift=0.2)
    assert (minimum.n_segments, minimum.min_size) == (0, 0.05)
    needed = sample_size(0.02, lift=0.2, comparisons=3, reachable=0.5).segment
    assert f"each of three segments would need {needed:,} customers (50% reachable), and there are 5,000" in (
        minimum.text("en")
    )


def test_money_where_the_rate_cannot_rise() -> None:
    rng = np.random.default_rng(0)
    money = PastOutcome("order_money", 30, range(1000), rng.gamma(1, 20, 1000))
    minimum = auto_minimum([outcome_of(0.9), money], n_customers=5000, reachable=1, lift=0.5)
    assert minimum.outcome is money
    assert minimum.min_size == sample_size(cv=money.cv, lift=0.5, comparisons=8).segment
    assert "revenue per customer" in minimum.text("en")


@pytest.mark.parametrize("outcomes", [[], [outcome_of(0)], [outcome_of(1)]])
def test_a_log_that_cannot_tell(outcomes: list[PastOutcome]) -> None:
    minimum = auto_minimum(outcomes, n_customers=5000, reachable=1, lift=0.5)
    assert (minimum.min_size, minimum.outcome) == (0.05, None)
    assert "no size can be computed" in minimum.text("en")
    assert "размер из них не вычислить" in minimum.text("ru")


@given(st.floats(0.01, 0.6), st.integers(500, 200_000), st.floats(0.2, 1), st.floats(0.1, 0.6))
def test_all_segments_can_show_the_lift(share: float, customers: int, reachable: float, lift: float) -> None:
    minimum = auto_minimum([outcome_of(share)], n_customers=customers, reachable=reachable, lift=lift)
    if minimum.n_segments:
        assert minimum.outcome is not None
        assert minimum.n_segments * minimum.min_size <= customers
        shows = detectable_lift(
            int(minimum.min_size), minimum.outcome.mean, comparisons=minimum.n_segments, reachable=reachable
        )
        assert shows <= lift * (1 + 1e-9)


def test_segments_of_which_hardly_anybody_acts() -> None:
    """Nobody, five and all but two of 500 acted: as if nine had, and nine had not, and not as 40 % of all customers."""
    values = np.repeat([0.0, 1.0, 0.0, 1.0, 0.0], [500, 5, 495, 498, 2])
    outcome = PastOutcome("repeat_purchase", 30, range(1500), values)
    minimum = auto_minimum([outcome], n_customers=5000, reachable=1, lift=0.5)
    members = {30: {0: range(500), 1: range(500, 1000), 2: range(1000, 1500)}}
    rows = minimum.with_segments(dict.fromkeys(range(3), (900, 1.0)), members).segments
    assert [row.base_rate for row in rows] == pytest.approx([9 / 500, 9 / 500, 491 / 500])
    assert rows[0].shows == rows[1].shows == pytest.approx(detectable_lift(900, 9 / 500, comparisons=3))
    assert rows[2].shows > 9 / 491  # a rate of 98 % can hardly rise


def test_amounts_of_few_customers() -> None:
    """Nine of 500 with one amount each: the standard deviation is sqrt(500 / 9 - 1) times the mean."""
    outcome = PastOutcome("order_money", 30, range(1000), np.repeat([7.0, 0.0, 5.0, 15.0], [3, 497, 250, 250]))
    minimum = auto_minimum([outcome], n_customers=5000, reachable=1, lift=0.5)
    members = {30: {0: range(500), 1: range(500, 1000)}}
    first, second = minimum.with_segments({0: (900, 1.0), 1: (900, 1.0)}, members).segments
    assert first.shows == pytest.approx(detectable_lift(900, cv=math.sqrt(500 / 9 - 1), comparisons=2))
    assert second.base_rate == 10


def test_each_segment_by_its_own_past() -> None:
    outcome, clicks = outcome_of(0.2), outcome_of(0.5, name="clicks")
    minimum = auto_minimum(
        [outcome], n_customers=5000, reachable=1, lift=0.5, pooled=outcome_of(0.4, days=90), clicks=clicks
    )
    # Half of the members of segment 0 bought again, and 60 of 700 of segment 1; segment 2 has hardly any past.
    members = {30: {0: range(60, 340), 1: [*range(60), *range(340, 980)], 2: range(5)}}
    result = minimum.with_segments({0: (1500, 1.0), 1: (2000, 0.5), 2: (8, 1.0)}, members)
    first, second, third = result.segments
    assert (first.base_rate, second.base_rate, third.base_rate) == pytest.approx((0.5, 60 / 700, 0.2))
    assert first.shows == pytest.approx(detectable_lift(1500, 0.5, comparisons=3))
    assert second.shows == pytest.approx(detectable_lift(2000, 60 / 700, comparisons=3, reachable=0.5))
    assert third.customers is None
    assert math.isinf(third.shows)
    texts = result.segment_texts({0: "Loyal", 1: "Lost", 2: "Whales"}, "en")
    assert texts[1] == (
        f"Lost: can show +{second.shows:.0%} or more; pool 90 days (+{second.shows_pooled:.0%}) or use clicks "
        f"(+{second.shows_clicks:.0%}), for less."
    )
    assert texts[2] == "Whales: too small to show any rise."
    assert "можно увидеть" in result.segment_texts({0: "a", 1: "b", 2: "c"}, "ru")[0]
