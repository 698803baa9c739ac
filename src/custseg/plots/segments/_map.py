"""`plot_map`: the segments in the two dimensions in which they differ most, as named areas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.colors import to_rgba

from custseg.plots._canvas import (
    INK,
    QUIET,
    axes_or_new,
    check_kind,
    plain,
    segment_color,
    segment_dashes,
    segment_ink,
    set_title,
    wrapped,
    wrapped_note,
)
from custseg.plots._labels import name_apart
from custseg.profiling import shares_to_show
from custseg.result import Segmentation
from custseg.texts import percent, printable, text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from custseg.picture_data import MapArea, MapAxis

_WIDTH, _LOWEST, _TALLEST = 8.0, 3.6, 6.6
"""Inches of the axes."""

_LETTERS_PER_INCH, _FEW = 10, 8


def plot_map(result: Segmentation, *, ax: Axes | None = None) -> Axes:
    """Draw where the customers of each segment are, in the two dimensions in which segments differ most.

    An area holds 80 % of the customers of a segment, its dark part half of them; the name is where most of them are.
    Customers are not drawn. Directions are those of `Segmentation.segment_map`, named by the features that go with
    them.

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
        If the segments were made of one feature, which has no two dimensions.
    TypeError
        If `result` is no Segmentation, or `ax` is no matplotlib Axes.

    Examples
    --------
    >>> from custseg import fit_segments
    >>> from custseg.datasets import make_shop
    >>> from custseg.plots import plot_map
    >>> plot_map(fit_segments(make_shop(500, 0).orders)).figure.savefig("map.png")  # doctest: +SKIP
    """
    check_kind("plot_map", result, Segmentation, source="fit_segments")
    segment_map, language = result.segment_map, result.choice.language
    if segment_map is None:
        [name] = result.preparation.names
        raise ValueError(
            f"plot_map: the segments were made of one feature, {name!r}, and have no two dimensions. Draw it with "
            f"plot_distributions(result, {name!r})."
        )
    across, up = (positions[-1] - positions[0] for positions in segment_map.grid)
    height = min(_TALLEST, max(_LOWEST, _WIDTH * up / across))
    axes = axes_or_new("plot_map", ax, width=_WIDTH + 0.6, height=height + 1.2)
    for area in segment_map.areas:
        _draw_area(axes, area, segment_map.grid)
    plain(axes)
    axes.set_aspect("equal", adjustable="datalim")
    axes.spines[["left", "bottom"]].set(visible=True, color=QUIET, linewidth=0.8)
    axes.set_xticks([])
    axes.set_yticks([])
    across_words, up_words = (
        _meaning(axis, language, inches=inches) for axis, inches in zip(segment_map.axes, (_WIDTH, height), strict=True)
    )
    axes.set_xlabel(across_words, fontsize=10, color=INK, loc="right", parse_math=False)
    axes.set_ylabel(up_words, fontsize=10, color=INK, loc="top", parse_math=False)
    words = text(language, "plots")
    set_title(axes, words["map_title"])
    below = -26 - 14 * across_words.count("\n")
    note = words["map_axis"].format(share=percent(segment_map.explained, language))
    axes.annotate(wrapped_note(axes, note), (0, 0), xycoords="axes fraction", xytext=(0, below),
                  textcoords="offset points", va="top", fontsize=8.5, color=QUIET)  # fmt: skip
    _write_names(axes, result)
    return axes


def _meaning(axis: MapAxis, language: str, *, inches: float) -> str:
    """What is higher and lower towards the end of an axis of such a length."""
    words = text(language, "plots")
    ends = [
        words[key].format(features=", ".join(map(printable, features)))
        for key, features in (("axis_higher", axis.higher), ("axis_lower", axis.lower))
        if features
    ]
    return wrapped("; ".join(ends), int(_LETTERS_PER_INCH * inches)) + " →"


def _draw_area(axes: Axes, area: MapArea, grid: tuple[tuple[float, ...], tuple[float, ...]]) -> None:
    """The area with 80 % of the customers, and with half of them."""
    if area.level is None or area.level_of_half is None:
        return
    color = segment_color(area.segment)
    shades = [to_rgba(color, 0.18), to_rgba(color, 0.4)]
    axes.contourf(*grid, area.density, levels=[area.level, area.level_of_half, 1.01], colors=shades)
    axes.contour(*grid, area.density, levels=[area.level], colors=[color], linewidths=1.4,
                 linestyles=[segment_dashes(area.segment)])  # fmt: skip


def _write_names(axes: Axes, result: Segmentation) -> None:
    """Write the names, those of large segments first: these are where most of their customers are."""
    assert result.segment_map is not None
    language, rows = result.choice.language, {row.segment: row for row in result.profiles.segments}
    shares = dict(zip(rows, shares_to_show(result.profiles.segments), strict=True))
    areas = [area for area in result.segment_map.areas if area.peak is not None]
    areas.sort(key=lambda area: -rows[area.segment].size)
    name_apart(
        axes,
        [f"{wrapped(rows[area.segment].name, 22)}, {percent(shares[area.segment], language)}" for area in areas],
        [area.peak for area in areas if area.peak is not None],
        colors=[segment_ink(area.segment) for area in areas],
        size=9 if len(areas) <= _FEW else 8,
    )
