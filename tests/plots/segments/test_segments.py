from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from matplotlib.figure import Figure
from quick import quick_fit
from readable_pictures import words_of

from custseg import Segmentation
from custseg.datasets import make_shop
from custseg.plots import plot_map, plot_profile, plot_segments


@pytest.fixture(scope="module")
def result() -> Segmentation:
    shop = make_shop(300, 0)
    return quick_fit(shop.orders, as_of=shop.as_of, n_segments=4, min_size=5)


@pytest.fixture(scope="module")
def given() -> Segmentation:
    rng = np.random.default_rng(0)
    names = ["cost in $", "rate_$x_1$", "c", "d", "e", "f", "g"]
    table = {"client": range(120)} | {name: rng.lognormal(size=120) for name in names}
    return quick_fit(features=pl.DataFrame(table), n_segments=3, min_size=2)


def texts(figure: Figure) -> list[str]:
    """All that is written in the figure."""
    labels = [text.get_text() for axes in figure.axes for text in axes.texts]
    labels += [tick.get_text() for axes in figure.axes for tick in axes.get_yticklabels()]
    labels += [tick.get_text() for axes in figure.axes for tick in axes.get_xticklabels()]
    return labels + [text.get_text() for text in figure.texts]


def words(line: str) -> list[str]:
    """The words of a name, whatever lines it is wrapped into."""
    return line.replace("·", " ").split()


def assert_inside_and_apart(figure: Figure) -> None:
    """Every text lies inside the figure, and no segment's name lies over another."""
    figure.draw_without_rendering()
    canvas = figure.bbox
    written = [*figure.texts, *(text for axes in figure.axes for text in axes.texts)]
    names = figure.axes[0].get_yticklabels()
    for text in [*written, *names, *figure.axes[1].get_xticklabels()]:
        box = text.get_window_extent()
        assert canvas.x0 <= box.x0 <= box.x1 <= canvas.x1, text.get_text()
        assert canvas.y0 <= box.y0 <= box.y1 <= canvas.y1, text.get_text()
    boxes = sorted((name.get_window_extent() for name in names), key=lambda box: box.y0)
    assert all(lower.y1 <= upper.y0 for lower, upper in pairwise(boxes))


@pytest.mark.slow
def test_plot_shows_names_shares_and_medians(result: Segmentation) -> None:
    written = texts(plot_segments(result))
    for row in result.profiles.segments:
        assert words(row.name) in [words(line) for line in written]
        assert f"{row.share:.0%}" in written
        assert f"{row.revenue_share:.0%}" in written
    clustered = sum(row.size for row in result.profiles.segments)
    assert f"{clustered} customers in 4 segments as of 1 July 2025" in written
    assert "share of revenue" in written


@pytest.mark.slow
def test_plot_tells_of_customers_that_it_does_not_show(result: Segmentation) -> None:
    outside = result.profiles[-1]
    assert outside.segment is None
    assert 0 < outside.size < 10
    assert any("Not shown: <10 customers" in text for text in texts(plot_segments(result)))


def test_bars_are_as_long_as_the_shares(result: Segmentation) -> None:
    bars = [bar.get_width() for bar in plot_segments(result).axes[0].patches]
    expected = [share for row in result.profiles.segments for share in (row.share, row.revenue_share)]
    assert bars == pytest.approx(expected)


@pytest.mark.slow
def test_plot_of_a_ready_table_has_no_revenue_and_no_date(given: Segmentation) -> None:
    written = texts(plot_segments(given))
    assert "share of revenue" not in written
    assert "120 customers in 3 segments" in written


@pytest.mark.slow
def test_features_are_written_as_they_are_called(given: Segmentation, tmp_path: Path) -> None:
    figure = plot_segments(given)
    figure.savefig(tmp_path / "a.png")  # a name is no formula, and so it cannot fail to be set
    ticks = figure.axes[1].get_xticklabels()
    assert [tick.get_text().replace("\n", " ") for tick in ticks[:2]] == ["cost in $", "rate $x 1$"]
    assert not any(tick.get_parse_math() for tick in ticks)


def test_texts_stay_inside_the_picture(result: Segmentation, given: Segmentation) -> None:
    assert_inside_and_apart(plot_segments(result))
    assert_inside_and_apart(plot_segments(given))


@pytest.mark.slow
def test_hostile_names_are_drawn_as_they_are(result: Segmentation, tmp_path: Path) -> None:
    names = {0: "$x_1$ & <b>the very long name</b> of a segment that somebody typed", 1: "Δ $$$ \\frac"}
    figure = plot_segments(result.rename(names))
    figure.savefig(tmp_path / "a.png")
    assert "Δ $$$ \\frac" in texts(figure)
    assert_inside_and_apart(figure)


@pytest.mark.slow
@pytest.mark.parametrize(("number", "words"), [(1, "1 сегмент, 299"), (8, "8 сегментов, 299")])
def test_plot_of_few_and_of_many_segments(number: int, words: str) -> None:
    shop = make_shop(300, 1)
    fitted = quick_fit(shop.orders, as_of=shop.as_of, n_segments=number, min_size=2, language="ru")
    figure = plot_segments(fitted)
    assert any(words in text for text in texts(figure))
    assert_inside_and_apart(figure)


def test_a_given_figure_is_drawn_into(given: Segmentation) -> None:
    figure = Figure()
    assert plot_segments(given, figure=figure) is figure
    assert len(figure.axes) == 2
    with pytest.raises(TypeError, match="plot_segments: figure must be a matplotlib Figure"):
        plot_segments(given, figure="a.png")


def test_plot_is_saved_as_a_picture(result: Segmentation, tmp_path: Path) -> None:
    plot_segments(result).savefig(tmp_path / "segments.png")
    assert (tmp_path / "segments.png").read_bytes().startswith(b"\x89PNG")


def test_plot_opens_no_window(result: Segmentation) -> None:
    from matplotlib import pyplot

    before = pyplot.get_fignums()
    plot_segments(result)
    assert pyplot.get_fignums() == before


@pytest.mark.slow
def test_share_of_a_hidden_size_is_not_drawn() -> None:
    centers = np.repeat([[0, 0], [40, 0], [0, 40]], [60, 32, 8], axis=0)
    a, b = (centers + np.random.default_rng(0).normal(size=(100, 2))).T
    result = quick_fit(features=pl.DataFrame({"client": range(100), "a": a, "b": b}), min_size=2)
    assert [row.size for row in result.profiles.segments] == [60, 32, 8]
    for figure in (plot_segments(result), plot_profile(result), plot_map(result).figure):
        words = " ".join(words_of(figure))
        assert "60%" in words
        assert "32%" not in words
        assert "8%" not in words
