from itertools import combinations, pairwise

import pytest
from matplotlib.figure import Figure

from custseg.plots._labels import name_apart, spread


def test_positions_that_are_far_enough_stay() -> None:
    assert spread([5.0, 1.0, 3.0], 2) == [5, 1, 3]


def test_near_positions_are_spread_around_their_middle() -> None:
    assert spread([4.0, 4.0, 4.0], 2) == [2, 4, 6]
    # The row of the first two reaches the third, which joins it: 0, 1 and 1.5 become 1/3 less, the middle and more.
    assert spread([0.0, 1.0, 1.5], 1) == pytest.approx([-1 / 6, 5 / 6, 11 / 6])


def test_spread_positions_keep_their_order_and_distance() -> None:
    wanted = [0.1, 0.15, 0.9, 0.91, 0.92, 3.0]
    assert all(after - before >= 0.3 - 1e-12 for before, after in pairwise(spread(wanted, 0.3)))


def test_names_of_one_anchor_do_not_cover_each_other() -> None:
    figure = Figure(figsize=(6, 4))
    axes = figure.add_subplot()
    name_apart(axes, ["first", "second", "third"], [(0.5, 0.5)] * 3, colors=["k"] * 3)
    figure.draw_without_rendering()
    labels = [text for text in axes.texts if text.get_text()]
    assert labels[0].get_position() == (0, 0)
    boxes = [label.get_window_extent() for label in labels]
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))


def test_names_stay_inside_the_axes() -> None:
    figure = Figure(figsize=(6, 4))
    axes = figure.add_subplot()
    name_apart(axes, ["a name at the corner"], [(1.0, 1.0)], colors=["k"])
    figure.draw_without_rendering()
    box, room = axes.texts[0].get_window_extent(), axes.get_window_extent()
    assert box.x1 <= room.x1
    assert box.y1 <= room.y1
