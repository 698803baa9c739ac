from datetime import datetime

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from readable_pictures import assert_readable, words_of

from custseg.plots import plot_trend
from custseg.plots._canvas import segment_color
from custseg.tracking import TrackedSegment, Trend

LONG = "$x_1$ & <b>the very long name</b> of a segment that somebody typed"


def trend(n_segments: int = 2, n_moments: int = 3, *, with_revenue: bool = False, language: str = "en") -> Trend:
    """Segments of 100, 200 and so on customers, more by 10 in each snapshot; the last size of the second is hidden."""
    sizes = [tuple(100 * (k + 1) + 10 * moment for moment in range(n_moments)) for k in range(n_segments)]
    if n_segments > 1:
        sizes[1] = (*sizes[1][:-1], None)
    return Trend(
        tuple(datetime(2024 + month // 12, 1 + month % 12, 1) for month in range(n_moments)),
        tuple(TrackedSegment(k, f"{LONG if k % 2 else 'Новички'} {k}", k) for k in range(n_segments)),
        tuple(sizes),
        tuple(tuple(None if size is None else 50.0 * size for size in row) for row in sizes) if with_revenue else None,
        language,
    )


def test_lines_are_the_sizes_in_the_colors_of_the_segments() -> None:
    (axes,) = plot_trend(trend()).axes
    assert [line.get_ydata().tolist() for line in axes.lines[:1]] == [[100, 110, 120]]
    assert np.isnan(axes.lines[1].get_ydata()[-1])
    assert [to_rgb(line.get_color()) for line in axes.lines] == [to_rgb(segment_color(k)) for k in (0, 1)]


def test_revenue_has_a_panel_of_its_own() -> None:
    sizes, revenue = plot_trend(trend(with_revenue=True)).axes
    assert revenue.lines[0].get_ydata().tolist() == [5000, 5500, 6000]
    assert sizes.lines[0].get_color() == revenue.lines[0].get_color()


def test_names_stand_at_the_end_with_the_latest_size_unless_it_is_hidden() -> None:
    words = words_of(plot_trend(trend(language="ru")))
    assert {"Новички 0 · 120", "Клиенты по сегментам", "01.03.2024"} <= set(words)
    assert any(word.startswith("$x_1$") and "·" not in word for word in words)


@pytest.mark.slow
@pytest.mark.parametrize(("n_segments", "n_moments"), [(1, 1), (2, 2), (8, 13), (15, 30)])
def test_few_and_many_can_be_read(n_segments: int, n_moments: int) -> None:
    assert_readable(plot_trend(trend(n_segments, n_moments, with_revenue=True)))


def test_moments_of_one_day_have_their_time() -> None:
    hours = tuple(datetime(2024, 6, 1, hour) for hour in (0, 12))
    words = words_of(plot_trend(Trend(hours, (TrackedSegment(0, "A", 0),), ((20, 30),))))
    assert {"2024-06-01", "2024-06-01 12:00"} <= set(words)


def test_snapshots_stand_where_they_are_in_time() -> None:
    moments = (datetime(2024, 1, 1), datetime(2024, 1, 2), datetime(2024, 1, 31))
    (axes,) = plot_trend(Trend(moments, (TrackedSegment(0, "A", 0),), ((20, 30, 40),))).axes
    assert axes.lines[0].get_xdata().tolist() == [0, 1, 30]
    # The first two have no room beside each other.
    assert [label.get_text() for label in axes.get_xticklabels()] == ["2024-01-31", "2024-01-02"]
