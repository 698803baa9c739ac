"""Numbers in names hold for nearly all members, where a range of that kind still tells them from the others."""

from __future__ import annotations

import numpy as np
import pytest

from custseg.profiling import SegmentProfile, profile_segments

LABELS = np.repeat([0, 1], 100)


def answers(*, ones: int, twos: int) -> SegmentProfile:
    """A hundred guests, so many of whom answer 1 and 2 and the others 3, beside a hundred who answer 4 or 5."""
    quiet = np.concatenate([np.repeat([1, 2, 3], [ones, twos, 100 - ones - twos]), np.resize([4, 5], 100)])
    staff = np.resize([1, 2, 3, 4, 5], 200)
    others = {name: np.roll(staff, shift) for shift, name in enumerate(["staff", "price", "rooms", "food"])}
    return profile_segments({"quiet": quiet, **others}, LABELS)[0]


@pytest.mark.parametrize(
    ("ones", "twos", "name"),
    [(65, 30, "quiet 1–2"), (79, 16, "quiet 1–2"), (85, 15, "quiet 1"), (40, 40, "quiet 1–3")],
)
def test_one_answer_is_said_of_nearly_all(ones: int, twos: int, name: str) -> None:
    assert answers(ones=ones, twos=twos).name == name


def test_advice_says_the_values_of_the_name() -> None:
    assert "(quiet 1–2)" in answers(ones=65, twos=30).advice.do[0]


def test_range_holds_for_nearly_all() -> None:
    # The middle 100 are at 180 to 399, most of them under 330; the others at 0 to 99 and 900 to 999.
    days = np.concatenate(
        [np.linspace(180, 330, 70), np.linspace(331, 399, 30), np.arange(0, 100), np.arange(900, 1000)]
    )
    rows = profile_segments({"pause": days}, np.repeat([0, 1, 2], 100))
    [trait] = rows[0].traits
    assert trait.says_numbers
    assert trait.members >= 0.8


def test_bounds_of_a_column_that_many_lack_are_no_name() -> None:
    gaps = np.where(LABELS == 0, 60.0, 5.0) + np.tile(np.arange(100), 2) / 10
    gaps[:35] = np.nan
    visits = np.where(LABELS == 0, 2, 20) + np.tile(np.arange(100) % 3, 2)
    row = profile_segments({"gap": gaps, "visits": visits}, LABELS)[0]
    assert "gap" not in row.name
    assert "for the 65% with a known value" in " ".join(map(str, row.markers))
