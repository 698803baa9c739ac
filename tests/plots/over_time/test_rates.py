from datetime import datetime

import numpy as np
import pytest
from readable_pictures import assert_readable, words_of

from custseg.insights import Figure, Scorecard, ScoreRow
from custseg.insights.scorecards._estimates import rate_figures
from custseg.insights.scorecards._rows import with_hidden
from custseg.plots import plot_scorecard

NAMES = ["Champions", "$x_1$ & <b>the very long name</b> of a segment that somebody typed", "Новички"]
# Clicks of 300 customers with two mails each; of two segments of 5 customers nothing is known.
CLICKS = [120, 60, 4, 4, 0]


def figures(measure: str) -> list[Figure]:
    ones = [(np.r_[np.ones(n, int), np.zeros(300 - n, int)], np.full(300, 2)) for n in CLICKS]
    return rate_figures(measure, [*ones, *[(np.zeros(5, int), np.ones(5, int))] * 2])


def card(n_segments: int = 7, language: str = "en", measure: str = "click_rate") -> Scorecard:
    rows = [
        ScoreRow(k, f"{NAMES[k % 3]} {k}", 300, 30.0, 600, {measure: figure})
        for k, figure in zip(range(n_segments), figures(measure) * 3, strict=False)
    ]
    ends = datetime(2025, 1, 1), datetime(2025, 2, 1)
    return Scorecard(with_hidden(rows), (), *ends, 7, marks_machines=True, outside=0, language=language)


def test_dots_and_lines_are_the_figures_and_their_intervals() -> None:
    axes = plot_scorecard(card())
    dots = [line.get_xdata()[0] for line in axes.lines if line.get_marker() == "o"]
    assert dots == pytest.approx([0.2, 0.1, 0.0])
    lines = [tuple(line.get_xdata()) for line in axes.lines if line.get_linewidth() == 2.4]
    assert lines == [(row.low, row.high) for row in (figures("click_rate")[index] for index in (0, 1, 4))]


def test_line_of_all_leaves_out_what_is_hidden() -> None:
    # 120, 60 and 0 clicks of 600 mails each.
    assert card().plot("click_rate")["base"] == pytest.approx(0.1)
    (line,) = (line for line in plot_scorecard(card()).lines if line.get_linestyle() == "--")
    assert line.get_xdata()[0] == pytest.approx(0.1)


def test_words_stand_where_there_is_no_figure() -> None:
    words = words_of(plot_scorecard(card()).get_figure())
    assert {"<2%", "not shown", "all together"} <= set(words)
    assert "0 (up to 0.5%)" in words


def test_measure_with_too_few_events_has_no_line() -> None:
    few = rate_figures(
        "click_rate", [(np.r_[1, np.zeros(29, int)], np.ones(30, int)), (np.zeros(30, int), np.ones(30, int))]
    )
    rows = tuple(ScoreRow(k, f"{k}", 30, 30.0, 30, {"click_rate": figure}) for k, figure in enumerate(few))
    ends = datetime(2025, 1, 1), datetime(2025, 2, 1)
    axes = plot_scorecard(Scorecard(rows, (), *ends, 7, marks_machines=True, outside=0))
    assert words_of(axes.get_figure()).count("not enough data") == 2
    assert not axes.lines


def test_title_says_which_works_best() -> None:
    words = words_of(plot_scorecard(card()).get_figure())
    assert any(word.startswith("Segments, by “clicked”: “Champions 0” works best") for word in words)
    words = words_of(plot_scorecard(card(measure="complaint_rate"), "complaint_rate").get_figure())
    assert "Segments: complained" in words


@pytest.mark.parametrize(("n_segments", "language"), [(1, "en"), (2, "en"), (8, "ru"), (15, "en")])
def test_few_and_many_segments_can_be_read(n_segments: int, language: str) -> None:
    assert_readable(plot_scorecard(card(n_segments, language)).get_figure())


def test_an_unknown_measure_is_refused() -> None:
    with pytest.raises(ValueError, match="plot_scorecard: measure must be one of"):
        plot_scorecard(card(), "opened")
