"""Markers that say nothing of the members, or what another one says of the same ones."""

import numpy as np
import pytest

from custseg.profiling import profile_segments

LABELS = np.repeat([0, 1], 100)
SPREAD = np.tile(np.arange(100.0), 2)


def said(**columns: object) -> list[str]:
    """The markers of the first of two segments that differ in their visits."""
    visits = np.where(LABELS == 0, 50.0, 5.0) + SPREAD / 50
    return [marker.texts["en"] for marker in profile_segments({"visits": visits, **columns}, LABELS)[0].markers]


def answers(members: int, others: int) -> list[str]:
    yes = np.where(LABELS == 0, members, others) > SPREAD
    return [marker for marker in said(portal_user=yes) if "portal_user" in marker]


@pytest.mark.parametrize(
    ("members", "others", "marker"),
    [
        (51, 16, []),  # half of them have it, and half have not
        (51, 0, ["portal_user: yes 51% (others 0%)"]),  # hardly any others have it
        (16, 51, ["portal_user: no 84% (others 49%)"]),
        (90, 40, ["portal_user: yes 90% (others 40%)"]),
    ],
)
def test_half_of_the_members_is_no_marker(members: int, others: int, marker: list[str]) -> None:
    assert answers(members, others) == marker


def peaks(n_orders: tuple[int, int], share: tuple[float, float], seed: int = 0) -> list[str]:
    """The markers on the share of orders in the peak weeks, each order being in them with that chance."""
    rng = np.random.default_rng(seed)
    orders = np.array(n_orders)[LABELS].astype(float)
    column = rng.binomial(orders.astype(int), np.array(share)[LABELS]) / orders
    return [marker for marker in said(order_count=orders + 0.0, peak_share=column) if "peak" in marker]


@pytest.mark.parametrize("seed", range(5))
def test_share_of_peak_weeks_restates_no_number_of_orders(seed: int) -> None:
    assert peaks((1, 20), (0.12, 0.12), seed) == []
    assert peaks((20, 1), (0.12, 0.12), seed) == []
    assert peaks((4, 4), (0.9, 0.12), seed) != []
    assert peaks((30, 30), (0.0, 0.12), seed) != []  # of thirty orders one or more should be there


@pytest.mark.parametrize("seed", range(5))
def test_median_of_none_in_peak_weeks_restates_few_orders(seed: int) -> None:
    """Seven in ten of those with three orders have none there by chance."""
    assert peaks((3, 20), (0.01, 0.12), seed) == []


def test_no_last_visit_of_those_without_visits_is_no_marker() -> None:
    visits = np.where(LABELS == 0, 0.0, 5.0 + SPREAD % 7)
    last = np.where(LABELS == 0, np.nan, SPREAD)
    every = [
        marker.texts["en"] for marker in profile_segments({"visits": visits, "last_seen": last}, LABELS)[0].markers
    ]
    assert every == ["visits 0 (others 8)"]
    few = np.where(np.arange(200) % 3 == 0, visits, np.nan)
    other = [one.texts["en"] for one in profile_segments({"visits": few, "last_seen": last}, LABELS)[0].markers]
    assert "last_seen missing: 100% (others 0%)" in other


def test_one_order_has_neither_a_rate_nor_a_time_between_orders() -> None:
    rng = np.random.default_rng(0)
    orders, last = np.where(LABELS == 0, 1.0, rng.integers(2, 9, 200)), np.where(LABELS == 0, 300.0, 20.0) + SPREAD / 2
    columns = {"order_count": orders, "recency_days": last}
    of_gaps = {
        "orders_per_30d": np.where(LABELS == 0, 30 / last, rng.uniform(0.5, 3.0, 200)),
        "recency_span_days": np.where(LABELS == 0, 0.0, rng.uniform(20.0, 700.0, 200)),
        "days_in_stage": np.where(LABELS == 0, last, rng.uniform(20.0, 100.0, 200)),
    }
    assert said(**columns, **of_gaps) == said(**columns)


def test_two_shares_of_the_same_customers_are_one_marker() -> None:
    """Who has clicked in no mail has the lowest rate: a count says it."""
    clicks = np.where(LABELS == 0, np.where(SPREAD < 80, 0.0, 3.0), np.where(SPREAD < 20, 0.0, SPREAD % 9 + 1))
    rate = np.where(clicks == 0, 0.01, np.where(SPREAD % 2, 0.3, 0.2) + SPREAD / 1e4)
    profiles = profile_segments({"emails_clicked": clicks, "click_rate": rate}, LABELS)
    texts = [marker.texts["en"] for marker in profiles[0].markers]
    assert texts == ["emails_clicked 0: 80% (others 20%)"]
    assert profiles[0].markers[0].folded == ("click_rate",)
