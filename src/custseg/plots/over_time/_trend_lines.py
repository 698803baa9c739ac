"""`plot_trend`: sizes of the segments over the snapshots of a history, and their revenue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from custseg.plots._canvas import (
    INK,
    QUIET,
    apart,
    check_kind,
    figure_or_new,
    in_units,
    parent_figure,
    plain,
    segment_color,
    segment_dashes,
    set_figure_note,
    wide_scale,
    wrapped,
)
from custseg.texts import calendar_date, number, text
from custseg.tracking import Trend

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


_MOST_TICKS = 6
# Inches of a name of two lines at the end of a line.
_LABEL = 0.31


def plot_trend(trend: Trend, *, figure: Figure | None = None) -> Figure:
    """Draw how many customers each segment had in every snapshot, and its revenue where there is any.

    A line is interrupted where a size is hidden, because it is that of 1 to 9 customers or would give such a one away.

    Parameters
    ----------
    trend : Trend
        The result of `custseg.tracking.trend`.
    figure : matplotlib Figure, optional
        Drawn into, after it was emptied; by default a new one without a window.

    Returns
    -------
    matplotlib Figure

    Raises
    ------
    TypeError
        If `trend` is no Trend, or `figure` is no matplotlib Figure.

    Examples
    --------
    >>> import polars as pl
    >>> from custseg.plots import plot_trend
    >>> from custseg.tracking import SegmentHistory, trend
    >>> june = pl.DataFrame({"customer_id": range(60), "segment": [0, 1, 1] * 20, "name": ["Loyal", "New", "New"] * 20})
    >>> history = SegmentHistory("history")
    >>> history.record(june, "2024-06-01")
    True
    >>> plot_trend(trend(history)).savefig("trend.png")  # doctest: +SKIP
    """
    check_kind("plot_trend", trend, Trend, source="tracking.trend")
    words = text(trend.language, "plots")
    series: dict[str, Sequence[Sequence[float | None]]] = {words["trend_sizes"]: trend.sizes}
    if trend.revenues is not None:
        series[words["trend_revenues"]] = trend.revenues
    height = max(3.2, 1.2 + _LABEL * 1.15 * len(trend.segments))
    figure = figure_or_new("plot_trend", figure, width=8.6, height=0.4 + height * len(series))
    panels = figure.subplots(len(series), 1, sharex=True, squeeze=False)[:, 0]
    for axes, (title, values) in zip(panels, series.items(), strict=True):
        _draw_lines(axes, trend, values)
        axes.set_title(title, loc="left", fontsize=12, weight="bold", color=INK)
    _name_moments(panels[-1], trend.moments, trend.language)
    set_figure_note(figure, words["trend_note"])
    return figure


def _draw_lines(axes: Axes, trend: Trend, values: Sequence[Sequence[float | None]]) -> None:
    """A line for each segment, with its name and last value at the right."""
    ends, days = [], days_since_first(trend.moments)
    for item, series in zip(trend.segments, values, strict=True):
        color = QUIET if item.segment is None else segment_color(item.segment)
        dashes = "-" if item.segment is None else segment_dashes(item.segment)
        heights = [float("nan") if value is None else value for value in series]
        axes.plot(days, heights, color=color, linestyle=dashes, linewidth=1.8, marker="o", markersize=4)
        present = [value for value in series if value is not None]
        if present:
            last = f" · {number(series[-1], trend.language)}" if series[-1] is not None else ""
            ends.append((wrapped(item.name, 24, lines=2) + last, present[-1], color))
    plain(axes, grid="y")
    every = [value for row in values for value in row if value is not None] or [1.0]
    wide_scale(axes, every, axis="y")
    axes.set_ylim(min(0.0, *every), max(every) * 1.06 or 1)
    axes.yaxis.set_major_formatter(in_units("", trend.language))
    _name_lines(axes, ends, last=days[-1], n_panels=1 if trend.revenues is None else 2)


def _name_lines(axes: Axes, ends: Sequence[tuple[str, float, str]], *, last: float, n_panels: int) -> None:
    """Names at the right, one below the other, each with a line to the end of its own."""
    inches = parent_figure(axes).get_figheight() / n_panels - 1.0
    n_lines = max((1 + name.count("\n") for name, _, _ in ends), default=1)
    to_fraction = (axes.transScale + axes.transLimits).transform
    wanted = [float(to_fraction((0, value))[1]) for _, value, _ in ends]
    heights = apart(wanted, _LABEL * (1 + n_lines) / 3 / inches, low=-0.03, high=1.05)
    for (name, value, color), height in zip(ends, heights, strict=True):
        axes.annotate(name, (last, value), xytext=(1.03, height), textcoords="axes fraction",
                      va="center", fontsize=8.5, color=color, annotation_clip=False, parse_math=False,
                      arrowprops={"arrowstyle": "-", "color": color, "linewidth": 0.5, "relpos": (0, 0.5),
                                  "shrinkA": 0})  # fmt: skip


def days_since_first(moments: Sequence[datetime]) -> list[float]:
    """When the snapshots were, in days after the first one."""
    return [(moment - moments[0]).total_seconds() / 86_400 for moment in moments]


def _name_moments(axes: Axes, moments: Sequence[datetime], language: str) -> None:
    """Dates below, the last one and those before that have room; with the time where it is not midnight."""
    days = days_since_first(moments)
    ticks: list[int] = []
    for index in range(len(days) - 1, -1, -1):
        if not ticks or days[ticks[-1]] - days[index] >= days[-1] / _MOST_TICKS:
            ticks.append(index)
    dates = [calendar_date(moments[index].date(), language) for index in ticks]
    hours = [f"\n{moments[index]:%H:%M}".removesuffix("\n00:00") for index in ticks]
    axes.set_xticks([days[index] for index in ticks], [date + hour for date, hour in zip(dates, hours, strict=True)])
    margin = 0.02 * days[-1] or 0.5
    axes.set_xlim(-margin, days[-1] + margin)
