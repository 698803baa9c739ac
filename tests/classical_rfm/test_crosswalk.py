"""Cross tabulation of two RFM maps."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custseg.classical_rfm import RFMMap, crosswalk

scores_at_most_3 = st.integers(1, 3)
boxes = st.fixed_dictionaries({x: st.lists(scores_at_most_3, min_size=1, unique=True) for x in "rfm"})
maps = st.lists(boxes, min_size=1, max_size=5).map(
    lambda rows: RFMMap.from_dict({"bins": 3} | {f"row {i}": row for i, row in enumerate(rows)})
)
"""Maps of random boxes on three bins: with gaps, overlaps and rows that no customer reaches."""


def scored(*codes: str | None) -> pl.DataFrame:
    """A table of customers 0, 1, 2, ... with the scores of these codes."""
    digits = [(None, None, None) if code is None else tuple(map(int, code)) for code in codes]
    table = pl.DataFrame(digits, schema=dict.fromkeys("rfm", pl.Int64), orient="row")
    return table.with_row_index("customer_id")


@given(maps, maps)
def test_crosswalk_counts_every_code_once(a: RFMMap, b: RFMMap) -> None:
    pairs = crosswalk(a, b)
    assert sum(pairs["codes"]) == 27
    names = list(zip(pairs["segment_a"], pairs["segment_b"], strict=True))
    assert len(set(names)) == len(names)
    assert all(same == (x == y and x is not None) for (x, y), same in zip(names, pairs["same"], strict=True))


def test_crosswalk_by_hand() -> None:
    a = RFMMap.from_dict({"bins": 2, "Good": {"r": 2}, "Bad": {"r": 1}})
    b = RFMMap.from_dict({"bins": 2, "Good": {"f": 2, "m": 2}, "Rich": {"f": 1, "m": 2}})
    pairs = crosswalk(a, b, scores=scored("222", "222", "112", None, "211"))
    assert pairs == {
        "segment_a": ["Good", "Good", "Good", "Bad", "Bad", "Bad"],
        "segment_b": ["Good", "Rich", None, "Good", "Rich", None],
        "same": [True, False, False, False, False, False],
        "codes": [1, 1, 2, 1, 1, 2],
        "customers": [2, 0, 1, 0, 1, 0],
        "share": [0.5, 0.0, 0.25, 0.0, 0.25, 0.0],
    }


def test_the_two_built_in_maps_agree_on_44_codes() -> None:
    pairs = crosswalk(RFMMap.builtin("codes"), RFMMap.builtin("grid"))
    assert sum(n for n, same in zip(pairs["codes"], pairs["same"], strict=True) if same) == 44


def test_maps_that_cannot_be_compared() -> None:
    grid = RFMMap.builtin("grid")
    with pytest.raises(TypeError, match="crosswalk: b must be an RFMMap, got str"):
        crosswalk(grid, "codes")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="must be on the same bins, got 5 and 3"):
        crosswalk(grid, RFMMap.from_dict({"bins": 3, "A": "333"}))
