"""Segments without a common name are described by what is true of their members."""

import numpy as np

from custseg.profiling import profile_segments

LABELS = np.repeat([0, 1], 60)
SPREAD = np.tile(np.arange(60), 2)


def test_medians_are_said_as_bounds_that_half_of_the_members_keep() -> None:
    [low, high] = profile_segments({"minutes": 10 + SPREAD + 500 * LABELS}, LABELS)
    assert low.descriptions["en"] == "For at least half of them: minutes 39.5 or less."
    assert high.descriptions["ru"] == "Не меньше чем у половины: minutes 540 или больше."


def test_shares_are_said_with_what_they_are_shares_of() -> None:
    flags = np.where(SPREAD < 6, 1 - LABELS, LABELS)
    [row, _] = profile_segments({"app_user": flags}, LABELS)
    assert row.description.startswith("For ")
    assert row.description.endswith("app_user: no.")


def test_two_segments_are_not_described_alike() -> None:
    rows = profile_segments({"minutes": 10 + SPREAD + 500 * LABELS, "calls": SPREAD}, LABELS)
    assert len({row.description for row in rows}) == 2


def test_segment_without_differences_has_no_such_sentence() -> None:
    [row, _] = profile_segments({"calls": SPREAD}, LABELS)
    assert row.description == "Does not differ clearly from the other customers."
