import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import mannwhitneyu

from custseg.profiling import LANGUAGES, UNCLUSTERED, Profiles, profile_segments

Floats = NDArray[np.float64]
NOBODY = UNCLUSTERED["prospects"]

segmented = st.lists(
    st.tuples(st.integers(-1, 2), st.one_of(st.integers(0, 5), st.just(math.nan))), min_size=3, max_size=40
).filter(lambda rows: {0, 1, 2} <= {label for label, _ in rows})


def profiles_of(labels: list[int], **values: list[float]) -> Profiles:
    columns = {name: np.array(column, dtype=float) for name, column in values.items()}
    return profile_segments(columns, np.array(labels), unclustered=NOBODY)


def counted_delta(members: Floats, others: Floats) -> float:
    """Cliff's delta by comparing every member with every other customer."""
    pairs = [int(a > b) - int(a < b) for a in members for b in others if not math.isnan(a + b)]
    return sum(pairs) / len(pairs) if pairs else 0.0


def test_profile_by_hand() -> None:
    rows = profiles_of(
        [0, 0, 0, 1, 1, -1], revenue=[10, 20, 60, 100, 10, -50], recency_days=[1, 2, 6, 8, math.nan, math.nan]
    )
    first, second, outside = rows
    assert (first.segment, second.segment, outside.segment) == (0, 1, None)
    assert (first.size, second.size, outside.size) == (3, 2, 1)
    assert (first.share, second.share, outside.share) == (0.6, 0.4, None)
    assert (first.revenue_share, outside.revenue_share) == (90 / 150, -50 / 150)
    assert (first.medians["revenue"], second.medians["recency_days"]) == (20, 8)
    assert outside.medians["recency_days"] is None
    assert outside.name == "Prospects"
    assert outside.effects == {}


@given(segmented)
def test_sizes_and_shares_add_up(rows: list[tuple[int, float]]) -> None:
    labels = [label for label, _ in rows]
    profiles = profiles_of(labels, revenue=[1 + i for i in range(len(rows))])
    assert sum(row.size for row in profiles) == len(rows)
    assert sum(row.share or 0 for row in profiles.segments) == pytest.approx(1)
    assert sum(row.revenue_share or 0 for row in profiles) == pytest.approx(1)


@given(segmented)
def test_effects_are_cliffs_deltas_counted_pair_by_pair(rows: list[tuple[int, float]]) -> None:
    inside = [(label, value) for label, value in rows if label >= 0]
    profiles = profiles_of([label for label, _ in rows], visits=[value for _, value in rows])
    for row in profiles.segments:
        members = np.array([value for label, value in inside if label == row.segment])
        others = np.array([value for label, value in inside if label != row.segment])
        assert row.effects["visits"] == pytest.approx(counted_delta(members, others))


def test_effects_agree_with_mann_whitney_u() -> None:
    rng = np.random.default_rng(0)
    labels, visits = rng.integers(0, 3, 200), rng.poisson(3, 200).astype(float)
    profiles = profile_segments({"visits": visits}, labels, unclustered=NOBODY)
    for segment in range(3):
        members, others = visits[labels == segment], visits[labels != segment]
        u = mannwhitneyu(members, others).statistic
        expected = 2 * u / (len(members) * len(others)) - 1
        assert profiles[segment].effects["visits"] == pytest.approx(expected)


def test_effect_is_one_where_every_member_is_above() -> None:
    first, second = profiles_of([0, 0, 1], visits=[1, 2, 9]).segments
    assert (first.effects["visits"], second.effects["visits"]) == (-1, 1)


def test_feature_that_nobody_has_is_told_apart_from_zero() -> None:
    profiles = profiles_of([0, 0, 1], recency_days=[math.nan] * 3, order_count=[1, 1, 5], revenue=[1, 2, 9])
    assert profiles[0].medians["recency_days"] is None
    assert profiles[0].effects["recency_days"] == 0
    assert profiles.columns()["median_recency_days"] == [None, None]


@pytest.mark.parametrize("revenue", [[0, 0, 0], [5, 5, -10], [5, -50, 1]])
def test_revenue_shares_are_missing_where_there_is_no_revenue(revenue: list[float]) -> None:
    assert [row.revenue_share for row in profiles_of([0, 0, 1], revenue=revenue)] == [None, None]


def test_unclustered_row_stands_last_and_only_where_it_is_needed() -> None:
    assert [row.segment for row in profiles_of([0, -1, 0, 1], visits=[1, 2, 3, 9])] == [0, 1, None]
    assert [row.segment for row in profiles_of([0, 0, 1], visits=[1, 3, 9])] == [0, 1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_are_in_the_asked_language_and_kept_in_both(language: str) -> None:
    values = {"visits": np.array([1.0, 1, 1, 9, 9, 0])}
    labels = np.array([0, 0, 0, 1, 1, -1])
    profiles = profile_segments(values, labels, language=language, unclustered=NOBODY)
    assert [row.name for row in profiles] == [row.names[language] for row in profiles]
    assert profiles[2].name == {"en": "Prospects", "ru": "Без покупок"}[language]


def test_profiles_are_a_sequence_and_a_table() -> None:
    profiles = profiles_of([0, 0, 1, -1], visits=[1, 3, 9, 0])
    assert len(profiles) == len(list(profiles)) == 3
    table = profiles.columns()
    assert table["segment"] == [0, 1, None]
    assert table["size"] == [2, 1, 1]
    assert table["median_visits"] == [2, 9, 0]


def test_renamed_profiles_have_the_name_in_every_language() -> None:
    renamed = profiles_of([0, 0, 1], visits=[1, 3, 9]).renamed({1: "Stars"})
    assert (renamed[1].name, renamed[1].names) == ("Stars", {"en": "Stars", "ru": "Stars"})
    assert renamed[0].name != "Stars"
