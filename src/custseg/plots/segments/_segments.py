"""`plot_segments`: shares of customers and revenue, and medians of the main features."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from matplotlib.colors import LinearSegmentedColormap

from custseg._privacy import with_count
from custseg.feature_table import distinct_phrases
from custseg.plots._canvas import (
    INK,
    check_kind,
    figure_or_new,
    plain,
    segment_ink,
    set_figure_note,
    set_figure_title,
    set_names,
)
from custseg.profiling import shares_to_show
from custseg.result import Segmentation
from custseg.texts import YEAR, counted, number, percent, printable, text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


_CUSTOMERS = "#b8c4d6"
_REVENUE = "#2f4b7c"
_USUAL = ("recency_days", "order_count", "revenue", "order_value")
"""Features that are shown wherever a result has all of them."""

_MAX_FEATURES = 6
_COLORS = LinearSegmentedColormap.from_list("low to high", ["#8fb8de", "#ffffff", "#f2b880"])


def plot_segments(result: Segmentation, *, figure: Figure | None = None) -> Figure:
    """Draw the segments: shares of customers and revenue, and the median of the main features.

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
    TypeError
        If `result` is no Segmentation, or `figure` is no matplotlib Figure.

    Examples
    --------
    >>> from custseg import fit_segments
    >>> from custseg.datasets import make_shop
    >>> from custseg.plots import plot_segments
    >>> plot_segments(fit_segments(make_shop(500, 0).orders)).savefig("segments.png")  # doctest: +SKIP
    """
    check_kind("plot_segments", result, Segmentation, source="fit_segments")
    rows = result.profiles.segments
    features = _main_features(result)
    width, height = 4.6 + 1.35 * max(len(features), 1) + 2.6, 2.3 + 0.72 * len(rows)
    figure = figure_or_new("plot_segments", figure, width=width, height=height)
    bars, cells = figure.subplots(1, 2, width_ratios=[4.2, 1.25 * max(len(features), 1)])
    _draw_shares(bars, result)
    if features:
        _draw_medians(cells, result, features)
    else:
        cells.set_axis_off()
    set_figure_title(figure, _title(result))
    set_figure_note(figure, _footnote(result))
    return figure


def _main_features(result: Segmentation) -> list[str]:
    """The usual four features where the result has them, then those used for clustering; six at most."""
    usual = list(_USUAL) if set(_USUAL) <= result.profiles[0].medians.keys() else []
    return list(dict.fromkeys([*usual, *result.model.preparation.number_names]))[:_MAX_FEATURES]


def _draw_shares(axes: Axes, result: Segmentation) -> None:
    rows, language = result.profiles.listed_segments, result.choice.language
    words = text(language, "plots")
    money = any(row.revenue_share is not None for row in rows)
    height = 0.36 if money else 0.6
    shares = shares_to_show(rows)
    longest = max(max(share or 0, row.revenue_share or 0) for row, share in zip(rows, shares, strict=True)) or 1
    for position, row in enumerate(rows):
        shown = shares[position]
        bars = [] if shown is None else [(shown, _CUSTOMERS, -height / 2 if money else 0.0)]
        if money:
            bars.append((row.revenue_share or 0.0, _REVENUE, height / 2))
        for share, color, shift in bars:
            axes.barh(position + shift, max(share, 0), height=height, color=color)
            axes.text(max(share, 0) + 0.02 * longest, position + shift, percent(share, language),
                      va="center", fontsize=9, color=INK)  # fmt: skip
    plain(axes)
    set_names(axes, [row.name for row in rows])
    for label, row in zip(axes.get_yticklabels(), rows, strict=True):
        label.set_color(segment_ink(int(row.segment or 0)))
    axes.set_xlim(0, longest * 1.25)
    axes.set_xticks([])
    axes.text(0, -0.72, words["customers_share"], color="#7487a6", fontsize=10, weight="bold")
    if money:
        axes.text(longest * 0.62, -0.72, words["revenue_share"], color=_REVENUE, fontsize=10, weight="bold")


def _draw_medians(axes: Axes, result: Segmentation, features: list[str]) -> None:
    rows, language = result.profiles.listed_segments, result.choice.language
    phrases = distinct_phrases(result.features.described, language)
    units = {feature.name: feature.unit for feature in result.features.described}
    effects = [[row.effects[name] or 0.0 for name in features] for row in rows]
    axes.imshow(effects, cmap=_COLORS, vmin=-1, vmax=1, aspect="auto")
    for position, row in enumerate(rows):
        for column, name in enumerate(features):
            median = number(row.medians[name], language, grouped=units[name] != YEAR)
            axes.text(column, position, median, ha="center", va="center", fontsize=11, color=INK)
    # Names of columns can break at underscores, labels at spaces.
    titles = [textwrap.fill(printable(phrases[name]).replace("_", " "), 14) for name in features]
    plain(axes)
    axes.set_xticks(range(len(features)), titles, fontsize=10, parse_math=False)
    axes.xaxis.tick_top()
    axes.set_yticks([])
    axes.set_ylim(len(rows) - 0.45, -0.55)


def _title(result: Segmentation) -> str:
    """How many customers and segments, and when."""
    words, as_of = text(result.choice.language, "plots"), result.as_of
    when = ""
    if as_of:
        when = words["as_of"].format(day=as_of.day, month=words["months"][as_of.month - 1], year=as_of.year)
    rows = result.profiles.segments
    customers, segments = _counted(result, sum(row.size for row in rows), "customers"), len(rows)
    return str(words["title"]).format(customers=customers, segments=_counted(result, segments, "segments"), as_of=when)


def _footnote(result: Segmentation) -> str:
    words = text(result.choice.language, "plots")
    outside = [row for row in result.profiles if row.segment is None]
    if not outside:
        return str(words["footnote"])
    language = result.choice.language
    customers = with_count(outside[0].size, text(language, "result", "customers"), language)
    return f"{words['footnote']} {words['outside'].format(customers=customers, name=outside[0].name)}"


def _counted(result: Segmentation, count: int, noun: str) -> str:
    language = result.choice.language
    return counted(count, text(language, "result", noun), language)
