"""`plot_profile`: how each segment differs from all other customers, one panel per segment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from custseg.feature_table import distinct_phrases
from custseg.plots._canvas import (
    BASE,
    GRID,
    INK,
    QUIET,
    check_has_numbers,
    check_kind,
    figure_or_new,
    plain,
    segment_color,
    segment_hatch,
    set_figure_note,
    set_figure_title,
    wrapped,
)
from custseg.profiling import SegmentProfile, shares_to_show
from custseg.result import Segmentation
from custseg.texts import number, percent, text, value_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


_MOST_COLUMNS = 4
# An effect is named and colored from here: "medium" for Cliff's delta (Romano et al. 2006).
_MARKED = 0.33


def plot_profile(result: Segmentation, *, figure: Figure | None = None) -> Figure:
    """Draw how each segment differs from all other customers.

    One panel per segment, after the segment profile plot of Dolnicar and Leisch (2014). A bar is Cliff's delta of a
    feature: P(member > other) - P(member < other), from -1 to 1. Bars of at least 0.33, positive or negative, have the
    color of the segment and the median of its customers beside them.

    Parameters
    ----------
    result : Segmentation
        The result of `fit_segments`.
    figure : matplotlib Figure, optional
        Drawn into, after it was emptied; by default a new one without a window.

    Returns
    -------
    matplotlib Figure

    Raises
    ------
    ValueError
        If the segments differ in categories alone.
    TypeError
        If `result` is no Segmentation, or `figure` is no matplotlib Figure.

    References
    ----------
    Dolnicar, S. and Leisch, F. (2014). Using graphical statistics to better understand market segmentation solutions.
    International Journal of Market Research 56, 207-230. doi:10.2501/IJMR-2013-073.

    Examples
    --------
    >>> from custseg import fit_segments
    >>> from custseg.datasets import make_shop
    >>> from custseg.plots import plot_profile
    >>> plot_profile(fit_segments(make_shop(500, 0).orders)).savefig("profile.png")  # doctest: +SKIP
    """
    check_kind("plot_profile", result, Segmentation, source="fit_segments")
    check_has_numbers("plot_profile", result.telling_features)
    rows = result.profiles.listed_segments
    features = result.telling_features
    n_lines = -(-len(rows) // _MOST_COLUMNS)
    n_columns = -(-len(rows) // n_lines)
    figure = figure_or_new(
        "plot_profile", figure, width=2.3 + 2.4 * n_columns, height=0.9 + n_lines * (0.9 + 0.32 * len(features))
    )
    panels = figure.subplots(n_lines, n_columns, sharex=True, sharey=True, squeeze=False)
    for panel, row in zip(panels.flat, rows, strict=False):
        _draw_segment(panel, row, features=features, result=result)
    for panel in panels.flat[len(rows) :]:
        panel.set_axis_off()
    words = text(result.choice.language, "plots")
    set_figure_title(figure, words["profile_title"])
    set_figure_note(figure, words["profile_axis"])
    return figure


def _draw_segment(axes: Axes, row: SegmentProfile, *, features: list[str], result: Segmentation) -> None:
    language, segment = result.choice.language, int(row.segment or 0)
    described = {feature.name: feature for feature in result.features.described}
    phrases = distinct_phrases(result.features.described, language)
    effects: list[Any] = [row.effects[name] or 0.0 for name in features]
    marked = [abs(effect) >= _MARKED for effect in effects]
    colors = [segment_color(segment) if is_marked else BASE for is_marked in marked]
    bars = axes.barh(range(len(features)), effects, height=0.62, color=colors)
    for position, (bar, name, effect) in enumerate(zip(bars, features, effects, strict=True)):
        if marked[position]:
            bar.set(hatch=segment_hatch(segment), edgecolor="white", linewidth=0)
            label = value_text(row.medians[name], described[name].unit, language)
            side = -1 if effect > 0 else 1
            axes.text(0.04 * side, position, label, va="center", ha="right" if side < 0 else "left", fontsize=8,
                      color=INK, parse_math=False)  # fmt: skip
    axes.axvline(0, color=QUIET, linewidth=0.8)
    axes.set_xlim(-1.05, 1.05)
    axes.set_xticks([-1, -0.5, 0, 0.5, 1])
    axes.xaxis.set_major_formatter(lambda value, _: number(value, language))
    axes.set_yticks(range(len(features)), [wrapped(phrases[name], 26, lines=2) for name in features], parse_math=False)
    axes.set_ylim(len(features) - 0.4, -0.6)
    plain(axes, grid="x")
    axes.grid(axis="x", color=GRID)
    rows = result.profiles.segments
    share = percent(shares_to_show(rows)[rows.index(row)], language)
    axes.set_title(wrapped(f"{row.name} · {share}", 23, lines=4), loc="left", fontsize=10, weight="bold",
                   color=segment_color(segment), parse_math=False)  # fmt: skip
