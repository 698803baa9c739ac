import numpy as np
import pytest

from custseg.picture_data._areas import areas_of

# Two discs of customers, 2 and 1 wide, with their centers at (0, 0) and (10, 4).
TURNS = np.arange(400) * 2.39996
RADII = np.sqrt(np.arange(400) / 400)
DISC = np.column_stack([np.cos(TURNS), np.sin(TURNS)]) * RADII[:, None]


def test_areas_are_where_the_customers_are() -> None:
    grid, (first, second) = areas_of([DISC, DISC / 2 + [10, 4]], [3, 7])
    assert (first.segment, second.segment) == (3, 7)
    assert first.center == pytest.approx((0, 0), abs=0.01)
    assert second.center == pytest.approx((10, 4), abs=0.01)
    inside = np.array(first.density) >= first.level
    assert abs(grid[0][inside.any(axis=0)]).max() < 1.3
    assert abs(grid[1][inside.any(axis=1)]).max() < 1.3


def test_levels_hold_four_fifths_and_half_of_the_customers() -> None:
    grid, (area,) = areas_of([DISC], [0])
    cells = [np.abs(middles[None, :] - DISC[:, [axis]]).argmin(axis=1) for axis, middles in enumerate(grid)]
    at_customers = np.array(area.density)[cells[1], cells[0]]
    assert (at_customers >= area.level).mean() == pytest.approx(0.8, abs=0.03)
    assert (at_customers >= area.level_of_half).mean() == pytest.approx(0.5, abs=0.03)


def test_a_single_customer_far_out_is_not_seen() -> None:
    grid, (area,) = areas_of([np.vstack([DISC, [[8.0, 8.0]]])], [0])
    assert grid[0].max() < 3
    assert np.count_nonzero(np.array(area.density)) > 100
    assert max(map(max, area.density)) == 1


def test_fewer_than_ten_customers_have_no_area() -> None:
    _, (large, small) = areas_of([DISC, DISC[:9]], [0, 1])
    assert large.level is not None
    assert (small.center, small.peak, small.density, small.level) == (None, None, (), None)


def test_customers_who_are_all_equal_have_an_area() -> None:
    _, (area,) = areas_of([np.zeros((20, 2))], [0])
    assert area.center == (0, 0)
    assert area.level > 0
