import pytest
from matplotlib.text import Text
from readable_pictures import awkward_result, words_of

from custseg.plots import plot_stability


def dots(axes: object) -> list[tuple[float, float]]:
    lines = [line for line in axes.lines if line.get_marker() == "o" and line.get_markersize() == 9]
    return [(line.get_xdata()[0], line.get_ydata()[0]) for line in lines]


@pytest.mark.slow
def test_dots_are_the_similarities_of_the_segments() -> None:
    result = awkward_result("fifteen")
    left, right = plot_stability(result).axes
    assert dots(left) == [(row.stability.jaccard, place) for place, row in enumerate(result.profiles.segments)]
    assert right.get_xticks().tolist() == [15]


@pytest.mark.slow
def test_bands_and_the_chosen_number_are_named_in_the_language() -> None:
    words = set(words_of(plot_stability(awkward_result("eight, Russian"))))
    assert {"распадается", "устойчив", "очень устойчив", "выбрано"} <= words
    words = set(words_of(plot_stability(awkward_result("two"))))
    assert {"dissolved", "a pattern", "stable", "very stable", "chosen", "reproducible from here up"} <= words


def test_agreement_of_refits_is_drawn_by_number() -> None:
    result = awkward_result("two")
    (container,) = plot_stability(result).axes[1].containers
    assert container[0].get_ydata().tolist() == pytest.approx([result.choice.best.stability])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["two", "eight, Russian", "giant"])
def test_titles_are_at_one_height_and_over_no_word(name: str) -> None:
    figure = plot_stability(awkward_result(name))
    figure.draw_without_rendering()
    titles = {axes: next(text for text in axes.findobj(Text) if text.get_text() == axes.get_title(loc="left"))
              for axes in figure.axes}  # fmt: skip
    boxes = {axes: title.get_window_extent() for axes, title in titles.items()}
    left, right = boxes.values()
    assert left.y0 == pytest.approx(right.y0, abs=1)
    assert not any(box.overlaps(word.get_window_extent()) for axes, box in boxes.items() for word in axes.texts)
