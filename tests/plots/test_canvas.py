from itertools import pairwise

import matplotlib as mpl
import pytest
from effort import all_of
from matplotlib.figure import Figure
from readable_pictures import assert_readable, awkward_result

from custseg import plots
from custseg.plots._canvas import (
    apart,
    axes_or_new,
    figure_or_new,
    segment_color,
    segment_dashes,
    segment_hatch,
    wrapped,
)

# Every plot that needs nothing but a result, and by what it is called.
OF_A_RESULT = {
    "plot_segments": plots.plot_segments,
    "plot_profile": plots.plot_profile,
    "plot_snake": plots.plot_snake,
    "plot_map": plots.plot_map,
    "plot_minimum_size": plots.plot_minimum_size,
    "plot_choice": plots.plot_choice,
    "plot_silhouette": plots.plot_silhouette,
    "plot_stability": plots.plot_stability,
    "plot_distributions": lambda result: plots.plot_distributions(result, next(iter(result.profiles[0].medians))),
}


def figure_of(drawn: object) -> Figure:
    return drawn if isinstance(drawn, Figure) else drawn.figure


@pytest.mark.slow
@pytest.mark.parametrize("case", all_of(["two", "eight, Russian", "long names"], quick=("eight, Russian",)))
def test_the_grid_of_awkward_results_can_be_read(case: str) -> None:
    assert_readable(figure_of(plots.plot_rfm_grid(awkward_result(case))))


@pytest.mark.parametrize(
    "case", all_of(["two", "eight, Russian", "fifteen", "giant", "long names"], quick=("eight, Russian",))
)
@pytest.mark.parametrize("name", OF_A_RESULT)
def test_awkward_results_can_be_read(name: str, case: str) -> None:
    settings = dict(mpl.rcParams)
    assert_readable(figure_of(OF_A_RESULT[name](awkward_result(case))))
    assert dict(mpl.rcParams) == settings


def test_a_segment_looks_the_same_everywhere_and_unlike_the_others() -> None:
    looks = [(segment_color(number), segment_hatch(number), segment_dashes(number)) for number in range(16)]
    assert len(set(looks)) == 16


def test_neighboring_colors_differ_for_readers_who_confuse_red_and_green() -> None:
    # Luminance (WCAG) and blue, which these readers see: one of the two differs by a seventh between any two colors.
    def seen(color: str) -> tuple[float, float]:
        red, green, blue = mpl.colors.to_rgb(color)
        return 0.2126 * red + 0.7152 * green, blue

    colors = [seen(segment_color(number)) for number in range(8)]
    assert all(max(abs(a - b) for a, b in zip(one, other, strict=True)) > 1 / 7 for one, other in pairwise(colors))


def test_axes_of_another_kind_are_refused() -> None:
    with pytest.raises(TypeError, match=r"plot_map: ax must be a matplotlib Axes such as plt.gca\(\), got int"):
        axes_or_new("plot_map", 3, width=1, height=1)
    with pytest.raises(TypeError, match="plot_profile: figure must be a matplotlib Figure"):
        figure_or_new("plot_profile", "a.png", width=1, height=1)


def test_given_axes_and_figures_are_drawn_into() -> None:
    figure = Figure()
    axes = figure.add_subplot()
    assert axes_or_new("plot_map", axes, width=1, height=1) is axes
    assert figure_or_new("plot_profile", figure, width=1, height=1) is figure
    assert not figure.axes


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("Champions", "Champions"),
        ("few orders · low spend", "few orders\nlow spend"),
        ("x" * 90, "x" * 24 + "\n" + "x" * 24 + "\n" + "…"),
        ("", ""),
    ],
)
def test_names_are_wrapped(name: str, lines: str) -> None:
    assert wrapped(name) == lines


@pytest.mark.parametrize(
    ("positions", "ends", "moved"),
    [
        ([5, 1, 9], {}, [5, 1, 9]),
        ([5, 5, 1], {}, [4.5, 5.5, 1]),
        ([1, 1.5, 2.4], {}, [0.6333, 1.6333, 2.6333]),
        ([0, 0.2], {"low": 0}, [0.5, 1.5]),
        ([9.9, 9.8], {"high": 10}, [9.5, 8.5]),
        ([], {}, []),
    ],
)
def test_labels_are_moved_apart(positions: list[float], ends: dict[str, float], moved: list[float]) -> None:
    assert apart(positions, 1, **ends) == pytest.approx(moved, abs=1e-4)


def test_notebooks_show_the_figure_that_a_plot_made() -> None:
    axes = axes_or_new("plot_x", None, width=2, height=1)
    assert axes._repr_png_().startswith(b"\x89PNG")
    assert axes._repr_png_() == axes.figure._repr_png_()


def test_figures_of_the_caller_are_shown_by_the_caller() -> None:
    own = Figure().add_subplot()
    assert axes_or_new("plot_x", own, width=2, height=1) is own
    assert not hasattr(own, "_repr_png_")


@pytest.mark.parametrize("name", [name for name in plots.__all__ if name != "plot_choice"])
def test_what_cannot_be_drawn_is_refused(name: str) -> None:
    arguments = {"plot_distributions": ["revenue"]}.get(name, [])
    with pytest.raises(
        TypeError, match=rf"^{name}: the first argument must be a \w+, got dict\. Give what [\w.]+ returns"
    ):
        getattr(plots, name)({}, *arguments)
