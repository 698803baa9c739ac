import polars as pl
import pytest
from readable_pictures import assert_readable, words_of

from custseg.plots import plot_transitions
from custseg.plots._canvas import BASE, segment_color
from custseg.tracking import Transitions, transitions

NAMES = ["Champions", "$x_1$ & <b>the very long name</b> of a segment that somebody typed", "Новички"]


def moved(n_segments: int = 3, language: str = "en") -> Transitions:
    """Of 60 customers per segment 20 go on to the next one, 12 of the first are gone, and 15 are new."""
    names = [f"{NAMES[k % 3]} {k}" for k in range(n_segments)]
    before = [k for k in range(n_segments) for _ in range(60)]
    after = [(k + 1) % n_segments if index % 3 == 0 else k for index, k in enumerate(before)]
    tables = []
    for segments, first in ((before, 0), ([*after[12:], *[0] * 15], 12)):
        ids = range(first, first + len(segments))
        tables.append(pl.DataFrame({"id": ids, "segment": segments, "name": [names[k] for k in segments]}))
    one, other = (table.rename({"id": "customer_id"}) for table in tables)
    return transitions(one, other, since="2025-05-01", as_of="2025-06-01", language=language)


def test_flows_have_the_color_of_where_they_come_from() -> None:
    axes = plot_transitions(moved())
    ribbons = [patch for patch in axes.patches if patch.get_alpha() is not None]
    heights = sorted(round(patch.get_path().vertices[-2][1] - patch.get_path().vertices[0][1]) for patch in ribbons)
    assert heights == sorted(flow["size"] for flow in moved().plot()["flows"])
    colors = {patch.get_facecolor()[:3] for patch in ribbons}
    assert len(colors) == 4  # three segments and the new customers


def test_names_sizes_and_larger_flows_are_written() -> None:
    words = words_of(plot_transitions(moved()).get_figure())
    assert {"2025-05-01", "2025-06-01", "Champions 0 · 60", "new · 15", "gone · 12"} <= set(words)
    assert "40" in words  # who stayed in the second segment
    assert any(word.startswith("56 of 180 customers changed segment; 15 are new, 12 are gone") for word in words)


@pytest.mark.slow
@pytest.mark.parametrize(("n_segments", "language"), [(1, "en"), (2, "en"), (8, "ru"), (15, "en")])
def test_few_and_many_segments_can_be_read(n_segments: int, language: str) -> None:
    figure = plot_transitions(moved(n_segments, language)).get_figure()
    assert_readable(figure)
    assert any("выбыли" in word for word in words_of(figure)) == (language == "ru")


def test_names_of_small_segments_beside_a_giant_one_stay_above_the_note() -> None:
    segments = [0] * 1_000 + [k for k in range(1, 15) for _ in range(10)]
    table = pl.DataFrame({"customer_id": range(1_140), "segment": segments}).with_columns(
        name=pl.format("A name of a segment that needs two lines {}", "segment")
    )
    axes = plot_transitions(transitions(table, table))
    axes.figure.draw_without_rendering()
    *names, note = [word for word in axes.texts if word.get_text()]
    top = note.get_window_extent().y1
    assert all(name.get_window_extent().y0 >= top for name in names)


def test_customers_in_no_segment_are_gray() -> None:
    table = pl.DataFrame({"customer_id": range(40), "segment": [0] * 20 + [None] * 20, "name": ["A"] * 20 + ["-"] * 20})
    colors = {patch.get_facecolor() for patch in plot_transitions(transitions(table, table)).patches}
    assert len({color[:3] for color in colors}) == 2
    assert segment_color(0) != BASE
