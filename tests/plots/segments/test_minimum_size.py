import pytest
from readable_pictures import assert_readable, awkward_result, reassigned_result, words_of

from custseg.plots import plot_minimum_size


@pytest.mark.slow
def test_bars_are_the_sizes_and_outlines_what_they_would_be() -> None:
    result = reassigned_result()
    axes = plot_minimum_size(result)
    expected = []
    for change in result.size_changes:
        is_changed = change.before != change.after or change.is_bound
        expected += [change.after, change.before or 0] if is_changed else [change.after]
    assert len(expected) > len(result.size_changes)
    assert [bar.get_width() for bar in axes.patches] == expected
    assert_readable(axes.get_figure())


@pytest.mark.slow
def test_the_minimum_is_a_line_with_its_number() -> None:
    axes = plot_minimum_size(reassigned_result())
    assert set(axes.lines[0].get_xdata()) == {20}
    assert "minimum 20" in words_of(axes.get_figure())
    assert "What the minimum size changed" in words_of(axes.get_figure())


def test_the_title_says_that_nobody_was_reassigned() -> None:
    written = words_of(plot_minimum_size(awkward_result("two")).get_figure())
    assert "No customer was reassigned to meet the minimum size" in written
