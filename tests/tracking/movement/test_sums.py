"""The sums of a comparison that are printed: exact where they give no small number away."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custseg.tracking import transitions
from custseg.tracking.movement._sums import (
    ShownSum,
    drawn_movement,
    has_small_rest,
    hidden_movement,
    movement_sums,
)

INSIDE = (False, False)


def sums(counts: list[list[int]], is_in_none: tuple[bool, ...] = INSIDE) -> dict[str, int | str]:
    return {name: item.plain() for name, item in movement_sums(np.array(counts), is_in_none).items()}


def test_large_sums_are_exact() -> None:
    assert sums([[100, 30, 12], [20, 200, 15], [40, 11, 0]]) == {
        "moved": 50, "new": 51, "gone": 27, "stayed": 300, "before": 377, "after": 401,
    }  # fmt: skip


def test_small_ones_are_bounds() -> None:
    shown = sums([[100, 30, 2], [20, 200, 0], [40, 11, 0]])
    # With 50 who moved, 300 who stayed are all before but 2.
    assert (shown["gone"], shown["stayed"], shown["moved"]) == ("<10", ">=300", 50)
    assert shown["before"] == ">=350"


def test_sum_that_solves_the_matrix_is_a_bound() -> None:
    # All four are hidden. With b + c = 23, a + b = 53 and a + c = 70, b is 3.
    assert hidden_movement(np.array([[50, 3, 0], [20, 30, 0], [0, 0, 0]]), INSIDE)[:2, :2].all()
    assert sums([[50, 3, 0], [20, 30, 0], [0, 0, 0]])["moved"] == ">=20"


@pytest.mark.parametrize(("rest", "is_small"), [(9, True), (10, False), (0, False)])
def test_totals_hide_how_many_are_in_no_segment(rest: int, is_small: bool) -> None:
    counts = np.array([[260, 0, 0], [0, rest, 0], [0, 0, 0]])
    assert has_small_rest(counts, (False, True)) == is_small
    assert hidden_movement(counts, (False, True))[-1, -1] == is_small
    shown = movement_sums(counts, (False, True))
    assert shown["after"].is_exact != is_small
    assert shown["after"].text("en") == ("≥260" if is_small else str(260 + rest))


def test_picture_draws_what_is_shown_as_it_is() -> None:
    counts = np.array([[100, 30, 12], [20, 200, 15], [40, 11, 0]])
    assert (drawn_movement(counts, INSIDE) == counts).all()


def test_hidden_counts_cannot_be_measured_in_a_picture() -> None:
    # The totals 53, 50, 70 and 33 are shown and the four cells are hidden: 3 and 2 look alike.
    one, other = (np.array([[50 + k, 3 - k, 0], [20 - k, 30 + k, 0], [0, 0, 0]]) for k in (0, 1))
    assert (hidden_movement(one, INSIDE) == hidden_movement(other, INSIDE)).all()
    drawn = drawn_movement(one, INSIDE)
    assert drawn == pytest.approx(drawn_movement(other, INSIDE))
    assert drawn.sum(axis=1)[:2] == pytest.approx([53, 50])
    assert drawn.sum(axis=0)[:2] == pytest.approx([70, 33])


@given(st.lists(st.lists(st.integers(0, 40), min_size=3, max_size=3), min_size=3, max_size=3))
def test_every_flow_can_be_seen(rows: list[list[int]]) -> None:
    counts = np.array(rows)
    counts[2, 2] = 0
    assert (drawn_movement(counts, INSIDE)[counts > 0] >= 1).all()


def test_texts() -> None:
    assert [ShownSum(3, is_exact=False).text("en"), ShownSum(61, is_exact=False).text("ru")] == ["<10", "≥60"]
    assert ShownSum(1_061, is_exact=True).text("en") == "1,061"


@given(st.lists(st.lists(st.integers(0, 40), min_size=4, max_size=4), min_size=4, max_size=4))
def test_no_sum_is_small_or_gives_a_cell_away(rows: list[list[int]]) -> None:
    counts = np.array(rows)
    counts[3, 3] = 0
    shown = movement_sums(counts, (False, False, True))
    assert not [item for item in shown.values() if item.is_exact and 0 < item.count < 10]
    if shown["stayed"].is_exact:
        assert shown["moved"].is_exact
        assert shown["gone"].is_exact


def test_size_that_gives_a_cell_away_is_hidden() -> None:
    # One of the second segment's 50 customers has moved: the sizes of today, 81 and 49, would say so.
    before = pl.DataFrame({"customer_id": range(130), "segment": [0] * 80 + [1] * 50, "name": ["A"] * 80 + ["B"] * 50})
    after = before.with_columns(segment=pl.Series([0] * 81 + [1] * 49), name=pl.Series(["A"] * 81 + ["B"] * 49))
    movement = transitions(before, after)
    assert [item.name for item in movement.hidden_sizes()] == ["A", "B"]
