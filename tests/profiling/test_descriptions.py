"""Segments without a common name are described by what is true of their members."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from effort import examples
from hypothesis import given
from hypothesis import strategies as st

from custseg.profiling import Profiles, SegmentProfile, profile_segments

LABELS = np.repeat([0, 1], 60)
SPREAD = np.tile(np.arange(60), 2)


def profiles(**columns: Any) -> Profiles:
    return profile_segments(columns, LABELS)


def russian(row: SegmentProfile) -> str:
    """The Russian description with plain spaces."""
    return row.descriptions["ru"].replace("\u00a0", " ")


def test_most_members_keep_a_round_bound_that_half_of_the_others_do_not() -> None:
    # 45 of 60 are under 54, the median of the others is 540; on the way, 200 is the roundest number.
    [low, high] = profiles(minutes=10 + SPREAD + 500 * LABELS)
    assert low.descriptions["en"] == "Most of them have minutes of under 200 (others typically 540)."
    assert russian(high) == "У большинства из них minutes не меньше 500 (у остальных обычно 39,5)."


def test_where_groups_overlap_half_of_the_members_keep_their_median() -> None:
    low = np.where(SPREAD < 31, 1, 600)
    minutes = np.where(LABELS == 0, low, np.where(SPREAD < 30, 500, 700)) + SPREAD / 100
    [row, _] = profiles(calls=500 * LABELS + SPREAD[::-1], minutes=minutes)
    assert row.description.endswith(", and at least half of them have minutes of under 1.3 (others typically 600).")


def test_shares_are_said_with_what_they_are_shares_of() -> None:
    [row, other] = profiles(app_user=np.where(SPREAD < 15, 1 - LABELS, LABELS))
    assert row.descriptions["en"] == "75% of them have “no” for app_user (others 25%)."
    assert russian(other) == "У 75 % из них app_user — да (среди остальных — у 25 %)."


def test_shares_that_would_describe_a_few_are_said_as_bounds() -> None:
    [row, _] = profiles(app_user=np.where(SPREAD < 6, 1 - LABELS, LABELS))
    assert row.descriptions["en"] == "Over 83% of them have “no” for app_user (others under 17%)."
    assert russian(row) == "Более чем у 83 % из них app_user — нет (среди остальных — менее чем у 17 %)."


def test_categories_and_codes_are_no_amounts() -> None:
    [row, _] = profiles(plan=np.where((SPREAD < 15) == (LABELS == 0), "basic", "gold"))
    assert russian(row) == "У 75 % из них plan — «gold» (среди остальных — у 25 %)."
    [row, _] = profiles(pdays=np.where((SPREAD < 15) == (LABELS == 1), -1, 300 + SPREAD))
    assert row.descriptions["en"] == "75% of them have the code -1 for pdays (others 25%)."


def test_share_of_those_with_a_value_says_so() -> None:
    flags = np.where(SPREAD < 15, 1 - LABELS, LABELS).astype(float)
    [row, _] = profiles(app_user=np.where(SPREAD == 59, np.nan, flags))
    assert row.description.startswith("75% of those with a known value have “no” for app_user")


def test_bounds_that_few_members_keep_together_are_said_apart() -> None:
    """Each holds for three quarters, both for half of the members."""
    first = np.where(LABELS == 0, np.where(SPREAD < 45, 1.0, 900.0), 500.0) + SPREAD / 60
    second = np.where(LABELS == 0, np.where(SPREAD >= 15, 1.0, 900.0), 500.0) + SPREAD / 60
    [row, _] = profiles(a=first, b=second)
    assert row.description.count("most of them have") + row.description.count("Most of them have") == 2
    [row, _] = profiles(a=first, b=first + SPREAD % 7)
    assert row.description.lower().count("most of them have") == 1


@examples(20)
@given(st.lists(st.integers(0, 40), min_size=60, max_size=60), st.integers(5, 60))
def test_most_of_them_are(values: list[int], shift: int) -> None:
    column = np.concatenate([values, np.array(values) + shift])
    for row in profiles(visits=column):
        if row.description.startswith(("Most", "At least half")):
            bound = float(row.description.split(" (")[0].rpartition(" ")[2].replace(",", ""))
            members = column[row.segment == LABELS]
            tests = {"at most": members <= bound, "under": members < bound, "at least": members >= bound}
            kept = [is_kept for words, is_kept in tests.items() if f" of {words} " in row.description]
            holds = kept[0] if kept else members == bound
            assert holds.mean() >= (0.6 if row.description.startswith("Most") else 0.5)


def test_two_segments_are_not_described_alike() -> None:
    rows = profiles(minutes=10 + SPREAD + 500 * LABELS, calls=SPREAD)
    assert len({row.description for row in rows}) == 2


@pytest.mark.parametrize("label", ["visits a year", "Визиты: «в год» (шт.)"])
def test_any_label_stands_in_the_sentence(label: str) -> None:
    columns = {"minutes": 10 + SPREAD + 500 * LABELS}
    [row, _] = profile_segments(columns, LABELS, column_labels={"minutes": {"en": label, "ru": label}})
    assert row.descriptions["en"] == f"Most of them have {label} of under 200 (others typically 540)."
    assert russian(row) == f"У большинства из них {label} меньше 200 (у остальных обычно 540)."


def test_segment_without_differences_has_no_such_sentence() -> None:
    [row, _] = profiles(calls=SPREAD)
    assert row.description == "Does not differ clearly from the other customers."
