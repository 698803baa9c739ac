"""Each word of a name is one by which readers tell the segment from the others, and none is untrue of its members."""

import numpy as np
import pytest

from custseg.profiling import Profiles, profile_segments


def names(profiles: Profiles) -> list[str]:
    return [row.name for row in profiles.segments]


@pytest.mark.parametrize(
    ("column", "low", "high", "expected"),
    [
        ("visits", [1, 2], (10, 30), ["fewer visits than others", "more visits than others"]),
        ("tickets", [0], (5, 20), ["fewer tickets than others", "more tickets than others"]),
        ("price", [99], (301, 401), ["low price", "high price"]),
    ],
)
def test_low_end_of_a_count_is_no_code(column: str, low: list[int], high: tuple[int, int], expected: list[str]) -> None:
    table = {column: np.concatenate([np.resize(low, 200), np.resize(np.arange(*high), 100)])}
    assert names(profile_segments(table, np.repeat([0, 1], [200, 100]))) == expected


def test_ten_nights_are_not_low_beside_one() -> None:
    nights = np.concatenate([np.full(180, 1), np.resize(np.arange(10, 17), 56), np.resize(np.arange(17, 25), 56)])
    named = names(profile_segments({"nights": nights}, np.repeat([0, 1, 2], [180, 56, 56])))
    assert named == ["fewer nights than others", "middling number of nights", "more nights than others"]
