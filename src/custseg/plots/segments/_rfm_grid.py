"""`plot_rfm_grid`: the grid of recency and frequency scores, and which segment is in each cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle

from custseg._privacy import SMALLEST_GROUP, bound_text
from custseg.feature_table import distinct_phrases
from custseg.plots._canvas import (
    GRID,
    INK,
    QUIET,
    axes_or_new,
    check_kind,
    plain,
    segment_color,
    segment_hatch,
    set_title,
    wrapped,
    wrapped_note,
)
from custseg.result import Segmentation
from custseg.texts import number, printable, text, unit_beside, value_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from custseg.classical_rfm import RFMCell, RFMGrid

_WIDTH, _HEIGHT = 1.55, 1.0
"""Inches of a cell."""


def plot_rfm_grid(
    result: Segmentation,
    *,
    recency: str = "recency_days",
    frequency: str = "order_count",
    bins: int = 5,
    ax: Axes | None = None,
) -> Axes:
    """Draw the grid of recency and frequency scores: how many customers each cell has, and the segment of most of them.

    Parameters
    ----------
    result : Segmentation
        The result of `fit_segments`.
    recency, frequency : str
        The two features; recency is better when smaller.
    bins : int, default 5
        Number of scores, 2 to 9. Scores that no customer has are left out.
    ax : matplotlib Axes, optional
        Drawn into; by default the axes of a new figure without a window.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    DataError
        If a feature does not exist, has no numbers, or no customer has both values.
    TypeError, ValueError
        If an argument is of the wrong type or value.

    Examples
    --------
    >>> from custseg import fit_segments
    >>> from custseg.datasets import make_shop
    >>> from custseg.plots import plot_rfm_grid
    >>> plot_rfm_grid(fit_segments(make_shop(500, 0).orders)).figure.savefig("rfm_grid.png")  # doctest: +SKIP
    """
    check_kind("plot_rfm_grid", result, Segmentation, source="fit_segments")
    grid, language = result.rfm_grid(recency=recency, frequency=frequency, bins=bins), result.choice.language
    columns, rows = (sorted(grid.bounds[name]) for name in (recency, frequency))
    axes = axes_or_new("plot_rfm_grid", ax, width=1.4 + _WIDTH * len(columns), height=1.9 + _HEIGHT * len(rows))
    names = {row.segment: row.name for row in result.profiles.segments}
    for cell in grid.cells:
        corner = columns.index(cell.recency), rows.index(cell.frequency)
        _draw_cell(axes, corner, cell, name=names.get(cell.segment, ""), language=language)
    plain(axes)
    axes.set_xlim(0, len(columns))
    axes.set_ylim(0, len(rows))
    _set_scales(axes, result, grid)
    words = text(language, "plots")
    set_title(axes, words["grid_title"])
    axes.annotate(wrapped_note(axes, words["grid_axis"]), (0, 0), xycoords="axes fraction", xytext=(0, -42),
                  textcoords="offset points", va="top", fontsize=8.5, color=QUIET)  # fmt: skip
    return axes


def _draw_cell(axes: Axes, corner: tuple[int, int], cell: RFMCell, *, name: str, language: str) -> None:
    """The color of the segment; its name, the customers of the cell, and the share of them that are in it."""
    is_named = cell.segment is not None
    color = segment_color(cell.segment) if cell.segment is not None else GRID
    red, green, blue = to_rgb(color)
    light = tuple(0.35 * part + 0.65 for part in (red, green, blue)) if is_named else color
    hatch = segment_hatch(cell.segment) if cell.segment is not None else ""
    axes.add_patch(Rectangle(corner, 1, 1, facecolor=light, edgecolor="white", linewidth=2.5, hatch=hatch))
    x, y = corner[0] + 0.5, corner[1]
    hidden = bound_text(1 if cell.is_small else SMALLEST_GROUP)
    size = hidden if cell.size is None else number(cell.size, language)
    if share := cell.share.get(language):
        size = text(language, "plots")["of_cell"].format(size=size, share=share)
    axes.text(x, y + (0.2 if is_named else 0.5), size, ha="center", va="center", fontsize=9,
              color=INK if is_named else QUIET)  # fmt: skip
    axes.text(x, y + 0.63, wrapped(name, 20), ha="center", va="center", fontsize=8, color=INK, weight="bold",
              parse_math=False)  # fmt: skip


def _set_scales(axes: Axes, result: Segmentation, grid: RFMGrid) -> None:
    """Write the range of values beside each score, and what the features are."""
    language = result.choice.language
    phrases = distinct_phrases(result.features.described, language)
    units = {feature.name: feature.unit for feature in result.features.described}
    for name, axis in ((grid.recency, axes.xaxis), (grid.frequency, axes.yaxis)):
        ranges = [_range(grid.bounds[name][score], units[name], language) for score in sorted(grid.bounds[name])]
        axis.set_ticks([position + 0.5 for position in range(len(ranges))], ranges, fontsize=9, color=INK)
        beside = unit_beside(phrases[name], units[name], language)
        forms = text(language, "units").get(beside, {}).get("forms")
        axis.set_label_text(printable(f"{phrases[name]}, {forms[-1]}" if forms else phrases[name]), fontsize=10,
                            color=INK, parse_math=False)  # fmt: skip


def _range(bounds: tuple[float | None, float | None], unit: str, language: str) -> str:
    """The values of a score: "≤ 14", "15 – 34", "1", "≥ 283"."""
    low, high = (None if bound is None else value_text(bound, unit, language) for bound in bounds)
    if low is None or high is None:
        return str(text(language, "plots")["any_value"]) if low == high else f"≤ {high}" if low is None else f"≥ {low}"
    return low if low == high else f"{low} – {high}"
