"""`plot_minimum_size`: sizes of the segments before and after the minimum size was enforced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from custseg._privacy import bound_text, group_size
from custseg.plots._canvas import (
    BASE,
    INK,
    QUIET,
    axes_or_new,
    check_kind,
    plain,
    segment_color,
    segment_hatch,
    set_names,
    set_note,
    set_title,
)
from custseg.result import Segmentation
from custseg.texts import number, text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from custseg.picture_data import SizeChange


def plot_minimum_size(result: Segmentation, *, ax: Axes | None = None) -> Axes:
    """Draw the size of each segment, what it would be without a minimum size, and the minimum as a line.

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
    TypeError
        If `result` is no Segmentation, or `ax` is no matplotlib Axes.

    Examples
    --------
    >>> from custseg import fit_segments
    >>> from custseg.datasets import make_shop
    >>> from custseg.plots import plot_minimum_size
    >>> result = fit_segments(make_shop(500, 0).orders)
    >>> plot_minimum_size(result).figure.savefig("minimum_size.png")  # doctest: +SKIP
    """
    check_kind("plot_minimum_size", result, Segmentation, source="fit_segments")
    language, changes = result.choice.language, result.size_changes
    words = text(language, "plots")
    axes = axes_or_new("plot_minimum_size", ax, width=7.2, height=1.7 + 0.52 * len(changes))
    names = {row.segment: row.name for row in result.profiles.segments}
    longest = max(max(change.before or 0, change.after or 0) for change in changes)
    for position, change in enumerate(changes):
        _draw_change(axes, position, change, language=language)
    minimum = result.min_size
    axes.axvline(minimum, color=INK, linewidth=1.2, linestyle="--")
    plain(axes)
    set_names(axes, [words["merged"] if change.segment is None else names[change.segment] for change in changes])
    axes.set_xlim(0, max(longest, minimum) * 1.28)
    axes.set_xticks([minimum], [words["minimum_line"].format(minimum=number(minimum, language))])
    set_title(axes, words["minimum_moved" if result.reassignments else "minimum_not_moved"])
    set_note(axes, words["minimum_axis"])
    return axes


def _draw_change(axes: Axes, position: int, change: SizeChange, *, language: str) -> None:
    """The bar of a segment, the outline of what it would be, and both numbers."""
    color = BASE if change.segment is None else segment_color(change.segment)
    hatch = "" if change.segment is None else segment_hatch(change.segment)
    after, before = change.after or 0, change.before or 0
    axes.barh(position, after, height=0.5, color=color, hatch=hatch, edgecolor="white", linewidth=0)
    label = group_size(change.after, language)
    if change.before != change.after or change.is_bound:
        axes.barh(position, before, height=0.72, facecolor="none", edgecolor=INK, linewidth=1)
        was = bound_text(before) if change.before is None else number(before, language)
        label = text(language, "plots")["was"].format(before=f"≥{was}" if change.is_bound else was, after=label)
    axes.annotate(label, (max(after, before), position), xytext=(5, 0), textcoords="offset points", va="center",
                  fontsize=9, color=INK if change.segment is not None else QUIET)  # fmt: skip
