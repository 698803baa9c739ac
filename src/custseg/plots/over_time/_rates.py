"""`plot_scorecard`: one measure of every segment, and how certain it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from custseg._checks import check_choice
from custseg.insights import Scorecard
from custseg.plots._canvas import (
    INK,
    QUIET,
    axes_or_new,
    check_kind,
    in_percent,
    in_units,
    plain,
    segment_color,
    set_names,
    set_note,
    set_title,
)
from custseg.texts import text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes


def plot_scorecard(card: Scorecard, measure: str = "click_rate", *, ax: Axes | None = None) -> Axes:
    """Draw one measure of every segment with its 95 % interval, and that of all segments together.

    Where a figure must not be shown, or there is not enough data, that is written instead.

    Parameters
    ----------
    card : Scorecard
        The result of `custseg.insights.scorecard`.
    measure : str, default "click_rate"
        One of those in the figures of the segments, such as "conversion_rate" or "revenue_per_customer".
    ax : matplotlib Axes, optional
        Drawn into; by default the axes of a new figure without a window.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ValueError, TypeError
        If no segment has this measure, `card` is no Scorecard, or `ax` is no Axes.

    Examples
    --------
    >>> from custseg import fit_segments
    >>> from custseg.datasets import make_shop
    >>> from custseg.insights import scorecard
    >>> from custseg.plots import plot_scorecard
    >>> shop = make_shop(500, 0)
    >>> result = fit_segments(shop.orders, as_of="2025-01-01", method="kmeans")
    >>> card = scorecard(result, shop.events, shop.orders, since="2025-01-01", until="2025-07-01")
    >>> plot_scorecard(card, "open_rate").figure.savefig("opened.png")  # doctest: +SKIP
    """
    check_kind("plot_scorecard", card, Scorecard, source="insights.scorecard")
    present = list(dict.fromkeys(name for row in card.segments for name in row.figures))
    check_choice("plot_scorecard", "measure", measure, allowed=present)
    data, language = card.plot(measure), card.language
    words, label = text(language, "plots"), text(language, "scorecard", "measures", measure)
    axes = axes_or_new("plot_scorecard", ax, width=7.2, height=1.9 + 0.5 * len(data["rows"]))
    highest = max([0.0, *(row["high"] for row in data["rows"] if row["high"] is not None)])
    axes.set_xlim(min([0.0, *(row["low"] for row in data["rows"] if row["low"] is not None)]), 1.08 * (highest or 1))
    for position, row in enumerate(data["rows"]):
        _draw_row(axes, row, position)
    if data["base"] is not None:
        axes.axvline(data["base"], color=QUIET, linewidth=1, linestyle="--", zorder=1)
        axes.annotate(words["card_base"], (data["base"], 1), xycoords=axes.get_xaxis_transform(), xytext=(0, 2),
                      textcoords="offset points", ha="center", va="bottom", fontsize=9, color=QUIET)  # fmt: skip
    plain(axes, grid="x")
    set_names(axes, [row["name"] for row in data["rows"]])
    if not highest:
        axes.set_xticks([])
    is_money = measure.startswith("revenue")
    axes.xaxis.set_major_formatter(in_units("", language) if is_money else in_percent(language))
    title = data["sentence"] or words["card_title"].format(measure=label)
    set_title(axes, title, beside=2.3, pad=20)
    set_note(axes, words["card_note"])
    return axes


def _draw_row(axes: Axes, row: Mapping[str, Any], position: int) -> None:
    """A dot and a line with the figure above; only words where there is no figure."""
    if row["value"] is None:
        axes.annotate(row["text"], (0, position), xytext=(6, 0), textcoords="offset points", va="center", fontsize=9,
                      color=QUIET)  # fmt: skip
        return
    color = QUIET if row["segment"] is None else segment_color(row["segment"])
    axes.plot([row["low"], row["high"]], [position, position], color=color, linewidth=2.4, solid_capstyle="round")
    axes.plot([row["value"]], [position], marker="o", markersize=8, color=color, markeredgecolor="white", zorder=3)
    # A figure near the left edge would run into the names.
    is_left = row["value"] < 0.15 * axes.get_xlim()[1]
    axes.annotate(row["text"], (0 if is_left else row["value"], position), xytext=(3 if is_left else 0, 7),
                  textcoords="offset points", ha="left" if is_left else "center", fontsize=8.5,
                  color=INK)  # fmt: skip
