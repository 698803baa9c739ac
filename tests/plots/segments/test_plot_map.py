import pytest
from matplotlib.contour import QuadContourSet
from readable_pictures import awkward_result, one_column_result, words_of

from custseg.plots import plot_map


def test_each_segment_is_an_area_with_its_name_and_share() -> None:
    result = awkward_result("two")
    axes = plot_map(result)
    outlines = [child for child in axes.get_children() if isinstance(child, QuadContourSet) and not child.filled]
    assert [outline.levels[0] for outline in outlines] == [area.level for area in result.segment_map.areas]
    written = words_of(axes.get_figure())
    for row in result.profiles.segments:
        assert f"{row.name.replace(' · ', ' ')}, {row.share:.0%}" in written


def test_axes_say_what_is_higher_and_lower() -> None:
    axes = plot_map(awkward_result("two"))
    assert " ".join(axes.get_xlabel().split()) == "higher: number of orders, revenue →"
    assert " ".join(axes.get_ylabel().split()) == "lower: days since last order →"
    russian = plot_map(awkward_result("eight, Russian"))
    assert russian.get_xlabel().startswith("больше: число заказов")


@pytest.mark.slow
def test_no_customer_is_drawn_and_distances_are_those_of_the_map() -> None:
    axes = plot_map(awkward_result("fifteen"))
    assert not axes.lines
    assert axes.get_aspect() == 1


def test_one_feature_has_no_map() -> None:
    result = one_column_result(2)
    assert result.segment_map is None
    with pytest.raises(ValueError, match=r"made of one feature, 'spent'.*plot_distributions\(result, 'spent'\)"):
        plot_map(result)
