from dataclasses import replace
from datetime import datetime

import pytest
from matplotlib.colors import same_color
from readable_pictures import assert_readable, words_of

from custseg.plots import plot_proof
from custseg.plots._canvas import MARK
from custseg.proof import Comparison, Proof

WAYS = (
    Comparison("segments", 4, 0.25, 0.247, 0.2, 0.3),
    Comparison("grid", 25, 0.2, 0.18, 0.15, 0.26, 0.01, 0.09),
    Comparison("codes", 11, 0.17, 0.16, 0.12, 0.22, 0.04, 0.1),
    Comparison("plain_kmeans", 4, 0.11, 0.1, 0.07, 0.15, 0.1, 0.2),
    Comparison("boosting", None, 0.27, 0.27),
)


def proof(language: str = "en", ways: tuple[Comparison, ...] = WAYS) -> Proof:
    return Proof(
        goal=None,
        outcome="revenue",
        is_yes_no=False,
        cut=datetime(2024, 1, 1),
        until=datetime(2024, 3, 31),
        n_customers=1_000,
        mean=20.0,
        comparisons=ways,
        null_level=0.02,
        p_value=0.005,
        segments=(),
        left_out=(),
        result=None,
        language=language,
    )


def test_dots_and_lines_are_the_shares_and_intervals() -> None:
    lines = plot_proof(proof()).lines
    dots = [line for line in lines if line.get_marker() == "o"]
    assert [dot.get_xdata()[0] for dot in dots] == [0.25, 0.2, 0.17, 0.11]
    assert [same_color(dot.get_color(), MARK) for dot in dots] == [True, False, False, False]
    intervals = [tuple(line.get_xdata()) for line in lines if line.get_marker() == "None" and line.get_linewidth() > 1]
    assert intervals == [(row.low, row.high) for row in WAYS[:-1]]


def test_chance_and_limit_are_named_and_the_sentence_written() -> None:
    axes = plot_proof(proof())
    words = words_of(axes.get_figure())
    assert {"chance", "limit 27%", "the segments (4)", "25 cells, recency × orders (25)"} <= set(words)
    assert "The segments explain 25% of the differences in revenue" in words
    assert any(word.startswith(proof().sentence) for word in words)
    assert axes.patches[0].get_width() == pytest.approx(0.02)


def test_chance_is_said_in_the_title() -> None:
    words = words_of(plot_proof(replace(proof(), p_value=0.3, null_level=0.3)).get_figure())
    assert "The segments explain no more than chance of revenue" in words


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("n_ways", [1, 4, 5])
def test_few_and_many_ways_can_be_read(n_ways: int, language: str) -> None:
    assert_readable(plot_proof(proof(language, WAYS[:n_ways])).get_figure())
