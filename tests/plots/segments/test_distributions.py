import pytest
from readable_pictures import awkward_result, words_of

from custseg.plots import plot_distributions


@pytest.mark.slow
def test_boxes_are_the_middle_half() -> None:
    result = awkward_result("two")
    boxes = plot_distributions(result, "revenue").patches
    for box, row in zip(boxes, result.profiles.segments, strict=True):
        quantiles = row.features["revenue"].quantiles
        assert box.get_x() == pytest.approx(quantiles[0.25])
        assert box.get_x() + box.get_width() == pytest.approx(quantiles[0.75])


def test_lowest_and_highest_value_are_inside() -> None:
    axes = plot_distributions(awkward_result("two"), "order_count")
    marks = [value for line in axes.lines for value in line.get_xdata()]
    left, right = axes.get_xlim()
    assert left < min(marks) == 1
    assert max(marks) < right


def test_values_are_written_in_the_language_of_the_result() -> None:
    words = words_of(plot_distributions(awkward_result("eight, Russian"), "recency_days").get_figure())
    assert "дней с последнего заказа" in words
    assert not any("days" in word for word in words)


def test_an_unknown_feature_is_refused() -> None:
    with pytest.raises(ValueError, match="plot_distributions: feature must be one of"):
        plot_distributions(awkward_result("two"), "recency")
