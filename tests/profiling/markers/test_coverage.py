"""Figures of columns that many members lack say of whom they are."""

from __future__ import annotations

import numpy as np
import pytest

from custseg.profiling import Profiles, SegmentProfile, profile_segments

LABELS = np.repeat([0, 1], 100)


def gaps(n_without: int) -> Profiles:
    """A hundred customers with short gaps between orders, so many of whom have one order alone, beside a hundred."""
    days = np.where(LABELS == 0, 20.0, 90.0) + np.tile(np.arange(100), 2) / 20
    days[:n_without] = np.nan
    orders = np.where(LABELS == 0, 4.0, 9.0) + np.tile(np.arange(100) % 3, 2)
    return profile_segments({"order_count": orders, "gap_days_mean": days, "recency_days": np.full(200, 30.0)}, LABELS)


def marker(row: SegmentProfile, language: str = "en") -> str:
    [words] = [marker.texts[language] for marker in row.markers if marker.feature == "gap_days_mean"]
    return words.replace("\u00a0", " ")


def test_marker_says_who_has_the_value() -> None:
    row = gaps(38)[0]
    assert marker(row) == ("gap_days_mean 23.4 (others 92.5; for the 62% who ordered on two days or more)")
    assert marker(row, "ru").endswith("(остальные 92,5; для тех 62 %, кто заказывал хотя бы в два разных дня)")


@pytest.mark.parametrize("n_without", [0, 9, 10])
def test_value_of_nearly_all_needs_no_words(n_without: int) -> None:
    assert "for the" not in marker(gaps(n_without)[0])


def test_hidden_number_of_values_is_a_bound() -> None:
    rows = profile_segments({"minutes": np.where(np.arange(80) < 35, np.nan, np.repeat([5.0, 90.0], 40))
                             + np.tile(np.arange(40), 2) / 9}, np.repeat([0, 1], 40))  # fmt: skip
    assert not any("for the 12%" in text for row in rows for text in [m.texts["en"] for m in row.markers])


def test_advice_on_the_rhythm_is_for_those_who_have_one() -> None:
    table = {
        "recency_days": np.where(LABELS == 0, 70.0, 3.0) + np.tile(np.arange(100), 2) / 50,
        "gap_days_mean": np.where(np.arange(200) < 38, np.nan, np.where(LABELS == 0, 80.0, 8.0)),
        "overdue_ratio": np.where(LABELS == 0, 0.9, 0.4),
    }
    row = profile_segments(table, LABELS, archetypes={"none": NONE})[0]
    assert row.advice.do[0] == (
        "Write before their usual gap between orders is over: most are still within it"
        " (for the 62% who ordered on two days or more)."
    )


def test_description_says_who_has_the_value() -> None:
    values = np.where(LABELS == 0, 20.0, 90.0) + np.tile(np.arange(100), 2) / 20
    values[:25] = np.nan
    [row, _] = profile_segments({"minutes": values}, LABELS)
    assert (
        row.description == "Most of them have under 25 minutes (others typically 92.5; for the 75% with a known value)."
    )


NONE = {
    "names": {"en": "a", "ru": "б"},
    "description": {"en": "a", "ru": "б"},
    "condition": [{"feature": "recency_days", "operator": ">=", "value": 1e6}],
}
