import pytest
from matplotlib.figure import Figure
from readable_pictures import awkward_result, words_of

from custseg.plots import plot_profile


@pytest.mark.slow
def test_every_segment_has_a_panel_and_bars_are_its_effects() -> None:
    result = awkward_result("two")
    figure = plot_profile(result)
    assert len(figure.axes) == 2
    features = [" ".join(label.get_text().split()) for label in figure.axes[0].get_yticklabels()]
    assert "days since last order" in features
    for panel, row in zip(figure.axes, result.profiles.segments, strict=True):
        effects = [value for value in row.effects.values() if value is not None]
        assert all(any(bar.get_width() == pytest.approx(effect) for effect in effects) for bar in panel.patches)


def test_medians_stand_beside_what_marks_a_segment() -> None:
    result = awkward_result("two")
    row = max(result.profiles.segments, key=lambda row: row.effects["revenue"])
    assert f"{row.medians['order_count']:.0f}" in words_of(plot_profile(result))


def test_a_given_figure_is_used() -> None:
    figure = Figure()
    assert plot_profile(awkward_result("two"), figure=figure) is figure
