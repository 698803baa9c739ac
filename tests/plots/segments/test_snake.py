import numpy as np
import pytest
from readable_pictures import awkward_result, words_of

from custseg.plots import plot_snake
from custseg.plots._canvas import segment_color


@pytest.mark.slow
def test_lines_are_the_means() -> None:
    result = awkward_result("fifteen")
    base, *lines = plot_snake(result).lines
    assert set(base.get_ydata()) == {0}
    for row, line in zip(result.profiles.segments, lines, strict=True):
        assert tuple(line.get_ydata()) == result.segment_means.means[row.segment]
        assert line.get_color() == segment_color(row.segment)


@pytest.mark.slow
def test_few_values_leave_a_gap_in_the_line() -> None:
    result = awkward_result("eight, Russian")
    gaps = [mean for line in result.segment_means.means.values() for mean in line if mean is None]
    drawn = np.concatenate([line.get_ydata() for line in plot_snake(result).lines[1:]])
    assert 0 < len(gaps) == np.isnan(drawn).sum()


def test_the_highest_and_the_lowest_segment_have_their_medians() -> None:
    result = awkward_result("two")
    written = words_of(plot_snake(result).get_figure())
    for row in result.profiles.segments:
        assert f"{row.medians['revenue']:.3g}" in written
