import pytest
from quick import quick_fit
from readable_pictures import awkward_result, words_of

from custseg.datasets import make_shop
from custseg.plots import plot_silhouette


def test_areas_end_at_the_quantiles_and_means_are_marked() -> None:
    result = awkward_result("two")
    axes = plot_silhouette(result)
    for area, line, entry in zip(axes.collections, axes.lines, result.choice.silhouettes, strict=False):
        widths = {float(x) for x in area.get_paths()[0].vertices[:, 0]}
        assert widths >= set(entry.quantiles)
        assert set(line.get_xdata()) == {entry.mean}


def test_shares_nearer_to_another_segment_are_written_in_the_language() -> None:
    result = awkward_result("eight, Russian")
    words = words_of(plot_silhouette(result).get_figure())
    assert sum(word.startswith("среднее") for word in words) == 8
    hidden = [entry for entry in result.choice.silhouettes if entry.below_zero[0] < entry.below_zero[1]]
    assert sum("≤" in word for word in words) == len(hidden) > 0


@pytest.mark.slow
def test_one_segment_has_no_silhouette() -> None:
    result = quick_fit(make_shop(300, 0).orders, n_segments=1)
    with pytest.raises(ValueError, match="plot_silhouette: one segment has no other to be compared with"):
        plot_silhouette(result)
