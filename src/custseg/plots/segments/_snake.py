"""`plot_snake`: the mean of each segment in the telling features, one line per segment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from custseg.feature_table import distinct_phrases
from custseg.plots._canvas import (
    BASE,
    GRID,
    INK,
    QUIET,
    axes_or_new,
    check_has_numbers,
    check_kind,
    plain,
    segment_color,
    segment_dashes,
    segment_ink,
    set_note,
    set_title,
    wrapped,
)
from custseg.plots._labels import spread
from custseg.result import Segmentation
from custseg.texts import number, text, value_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes


_NAME_HEIGHT, _PER_FEATURE = 0.5, 0.98
"""Inches of a name of three lines, and of a feature."""


def plot_snake(result: Segmentation, *, ax: Axes | None = None) -> Axes:
    """Draw one line per segment through its means in the telling features, all on one scale.

    The scale is standard deviations of all customers, after skewed features were transformed as for clustering; 0 is
    the mean of all. The feature in which segments differ most comes first. At each feature the highest and the lowest
    segment have their median beside them, in the unit of the feature.

    Parameters
    ----------
    result : Segmentation
        The result of `fit_segments`.
    ax : matplotlib Axes, optional
        Drawn into; by default the axes of a new figure without a window.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ValueError
        If the segments differ in categories alone.
    TypeError
        If `result` is no Segmentation, or `ax` is no matplotlib Axes.

    Examples
    --------
    >>> from custseg import fit_segments
    >>> from custseg.datasets import make_shop
    >>> from custseg.plots import plot_snake
    >>> plot_snake(fit_segments(make_shop(500, 0).orders)).figure.savefig("snake.png")  # doctest: +SKIP
    """
    check_kind("plot_snake", result, Segmentation, source="fit_segments")
    check_has_numbers("plot_snake", result.telling_features)
    rows, means, language = result.profiles.segments, result.segment_means, result.choice.language
    n_features = len(means.features)
    height = max(3.4, _NAME_HEIGHT * len(rows))
    axes = axes_or_new("plot_snake", ax, width=3.2 + _PER_FEATURE * n_features, height=1.8 + height)
    lines = {row.segment: means.means[int(row.segment or 0)] for row in rows}
    axes.axhline(0, color=BASE, linewidth=1.6)
    for segment, line in lines.items():
        axes.plot(range(n_features), [float("nan") if mean is None else mean for mean in line], marker="o",
                  markersize=4.5, linewidth=2, color=segment_color(int(segment or 0)),
                  linestyle=segment_dashes(int(segment or 0)))  # fmt: skip
    _set_scales(axes, result)
    _write_names(axes, result, height=height)
    _write_medians(axes, result)
    words = text(language, "plots")
    set_title(axes, words["snake_title"])
    set_note(axes, words["snake_axis"])
    return axes


def _set_scales(axes: Axes, result: Segmentation) -> None:
    means, language = result.segment_means, result.choice.language
    phrases = distinct_phrases(result.features.described, language)
    plain(axes, grid="y")
    axes.grid(axis="x", color=GRID, linewidth=0.8)
    axes.set_xticks(range(len(means.features)), [wrapped(phrases[name], 13, lines=5) for name in means.features],
                    fontsize=9, parse_math=False)  # fmt: skip
    axes.set_xlim(-0.25, len(means.features) - 0.75)
    axes.yaxis.tick_right()
    axes.yaxis.set_major_formatter(lambda value, _: number(value, language))
    values = [mean for line in means.means.values() for mean in line if mean is not None]
    low, high = min([*values, -1.0]), max([*values, 1.0])
    axes.set_ylim(low - 0.12 * (high - low), high + 0.12 * (high - low))
    axes.yaxis.set_label_position("right")
    axes.set_ylabel(text(language, "plots")["snake_scale"], fontsize=9, color=QUIET)


def _write_names(axes: Axes, result: Segmentation, *, height: float) -> None:
    """Write each name at the left, as near to the beginning of its line as the others leave room."""
    rows, means = result.profiles.segments, result.segment_means.means
    low, high = axes.get_ylim()
    begins = [next((mean for mean in means[int(row.segment or 0)] if mean is not None), 0.0) for row in rows]
    for row, begin, position in zip(rows, begins, spread(begins, _NAME_HEIGHT * (high - low) / height), strict=True):
        color = segment_ink(int(row.segment or 0))
        axes.annotate(wrapped(row.name, 26), (0, begin), xytext=(-0.22, position), textcoords="data",
                      ha="right", va="center", fontsize=9, color=color, parse_math=False, annotation_clip=False,
                      arrowprops={"arrowstyle": "-", "color": color, "linewidth": 0.7, "shrinkB": 3})  # fmt: skip


def _write_medians(axes: Axes, result: Segmentation) -> None:
    """Write the medians of the highest and the lowest segment at each feature."""
    language, means = result.choice.language, result.segment_means
    units = {feature.name: feature.unit for feature in result.features.described}
    medians = {row.segment: row.medians for row in result.profiles.segments}
    for position, name in enumerate(means.features):
        at = [(line[position], segment) for segment, line in means.means.items() if line[position] is not None]
        for (mean, segment), above in ((max(at), True), (min(at), False)) if len(at) > 1 else ():
            axes.annotate(value_text(medians[segment][name], units[name], language), (position, mean or 0.0),
                          xytext=(0, 7 if above else -7), textcoords="offset points", ha="center",
                          va="bottom" if above else "top", fontsize=8, color=INK)  # fmt: skip
