"""Segments without a common name are described by what is true of their members."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl
import pytest
from effort import examples
from hypothesis import given
from hypothesis import strategies as st

from custseg.feature_table import Feature, FeatureTable
from custseg.profiling import Profiles, SegmentProfile, profile_segments

LABELS = np.repeat([0, 1], 60)
SPREAD = np.tile(np.arange(60), 2)


def profiles(**columns: Any) -> Profiles:
    return profile_segments(columns, LABELS)


def russian(row: SegmentProfile) -> str:
    """The Russian description with plain spaces."""
    return row.descriptions["ru"].replace("\u00a0", " ")


def test_bounds_are_next_to_the_values_of_the_members() -> None:
    # Nine in ten are at most 63, or at least 515; 65 and 500 are the roundest numbers within a tenth of these.
    [low, high] = profiles(minutes=10 + SPREAD + 500 * LABELS)
    assert low.descriptions["en"] == "Most of them have at most 65 minutes (others typically 540)."
    assert russian(high) == "У всех minutes не меньше 500 (у остальных обычно 39,5)."


def test_range_has_two_ends_where_others_are_on_both_sides() -> None:
    # The members of the middle segment are at 510 to 569, those of the others under 70 and from 1510 on.
    rows = profile_segments({"minutes": np.tile(10 + np.arange(60), 3) + np.repeat([0, 500, 1500], 60)},
                            np.repeat([0, 1, 2], 60), given_names={1: {"en": "a", "ru": "b"}})  # fmt: skip
    assert rows[1].description == "All of them have 510 to under 570 minutes (others 0%)."
    assert " at most 65 minutes (" in rows[0].description
    assert " at least 1,500 minutes (" in rows[2].description


def test_bounds_are_those_of_the_name() -> None:
    rows = profile_segments({"minutes": np.tile(10 + np.arange(60), 3) + np.repeat([0, 500, 1500], 60)},
                            np.repeat([0, 1, 2], 60))  # fmt: skip
    assert rows[1].name == "minutes 500–600"
    assert " 500 to 600 minutes " in rows[1].description


def test_all_members_are_said_to_be_all() -> None:
    [row, _] = profiles(visits=np.where(LABELS == 0, 1, 20 + SPREAD))
    assert row.description == "All of them have visits of 1 (others typically 49.5)."


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("support_tickets", "have at least 10 support_tickets ("),
        ("visits a month", "have at least 10 visits a month ("),
        ("discount", "have discount of at least 10 ("),
        ("expenses", "have expenses of at least 10 ("),
    ],
)
def test_numbers_of_things_come_before_their_name(label: str, said: str) -> None:
    rows = profiles(**{label: np.where(LABELS == 0, 0, 5 + SPREAD)})
    assert said in rows[1].description
    assert ("have no " in rows[0].description) == (" of " not in said)


def test_where_groups_overlap_half_of_the_members_keep_their_median() -> None:
    low = np.where(SPREAD < 31, 1, 600)
    minutes = np.where(LABELS == 0, low, np.where(SPREAD < 34, 500, 700)) + SPREAD / 100
    columns = {"calls": 500 * LABELS + SPREAD[::-1], "minutes": minutes}
    [row, _] = profile_segments(columns, LABELS, given_names={0: {"en": "few calls", "ru": "мало звонков"}})
    assert row.description.endswith(", and at least half of them have under 1.3 minutes (others typically 500).")


def test_shares_are_said_with_what_they_are_shares_of() -> None:
    [row, other] = profiles(app_user=np.where(SPREAD < 15, 1 - LABELS, LABELS))
    assert row.descriptions["en"] == "75% of them have “no” for app_user (others 25%)."
    assert russian(other) == "У 75 % из них app_user — да (среди остальных — у 25 %)."


def test_shares_that_would_describe_a_few_are_said_as_bounds() -> None:
    [row, _] = profiles(app_user=np.where(SPREAD < 6, 1 - LABELS, LABELS))
    assert row.descriptions["en"] == "Over 83% of them have “no” for app_user (others under 17%)."
    assert russian(row) == "Более чем у 83 % из них app_user — нет (среди остальных — менее чем у 17 %)."


def test_russian_label_need_not_agree_with_a_bound() -> None:
    columns = {"complaints": np.where(LABELS == 0, 1 + SPREAD % 3, 0.0)}
    labels = {"complaints": {"ru": "жалобы"}}
    [row, _] = profile_segments(columns, LABELS, column_labels=labels)
    assert russian(row) == "У всех показатель «жалобы» не меньше 1 (у остальных обычно 0)."


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
    assert row.description.startswith("Most of them have a of")
    assert ", and most have b of" in row.description
    assert ", и у большинства b " in russian(row)
    [row, _] = profiles(a=first, b=first + SPREAD % 7)
    assert row.description.lower().count("most of them have") == 1


@examples(20)
@given(st.lists(st.integers(0, 40), min_size=60, max_size=60), st.integers(5, 60))
def test_most_of_them_are(values: list[int], shift: int) -> None:
    column = np.concatenate([values, np.array(values) + shift])
    for row in profiles(income=column):
        subject, _, said = row.description.split(" (")[0].partition(" have income of ")
        if said and "%" not in subject:
            *words, last = said.split()
            low = float(words[0]) if words and words[0].isdigit() else float(last) if "most" not in said else -np.inf
            low = -np.inf if said.startswith("under") else low
            high = np.inf if "least" in said else float(last)
            members = column[row.segment == LABELS]
            share = ((members >= low) & (members < high if "under" in said else members <= high)).mean()
            assert share >= {"All of them": 1, "Most of them": 0.6, "At least half of them": 0.5}[subject]


def test_two_segments_are_not_described_alike() -> None:
    rows = profiles(minutes=10 + SPREAD + 500 * LABELS, calls=SPREAD)
    assert len({row.description for row in rows}) == 2


@pytest.mark.parametrize("label", ["use a year", "Визиты: «в год» (шт.)"])
def test_any_label_stands_in_the_sentence(label: str) -> None:
    columns = {"minutes": 10 + SPREAD + 500 * LABELS}
    [row, _] = profile_segments(columns, LABELS, column_labels={"minutes": {"en": label, "ru": label}})
    assert row.descriptions["en"] == f"Most of them have {label} of at most 65 (others typically 540)."
    assert russian(row) == f"У большинства из них показатель «{label}» не больше 65 (у остальных обычно 540)."


def test_segment_without_differences_has_no_such_sentence() -> None:
    [row, _] = profiles(calls=SPREAD)
    assert row.description == "Does not differ clearly from the other customers."


def test_russian_verb_and_noun_agree_with_the_number() -> None:
    frame = pl.DataFrame({"customer_id": range(120), "order_count": np.where(LABELS == 0, 1, 23)})
    feature = Feature("order_count", "orders", "recency")
    [one, many] = profile_segments(FeatureTable(nw.from_native(frame), (feature,), nw.to_native), LABELS)
    assert "был 1 заказ " in russian(one)
    assert "было 23 заказа " in russian(many)
