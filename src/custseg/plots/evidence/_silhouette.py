"""`plot_silhouette`: how clearly the customers of each segment belong to it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from matplotlib.ticker import FuncFormatter

from custseg.plots._canvas import (
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
from custseg.texts import DASH, localized, percent, text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from custseg.clustering import SilhouetteQuantiles

_HEIGHT = 0.8


def plot_silhouette(result: Segmentation, *, ax: Axes | None = None) -> Axes:
    """Draw how clearly the customers of each segment belong to it.

    A silhouette plot (Rousseeuw 1987) of quantiles instead of customers: the silhouettes of a segment are sorted from
    the least at the top to the greatest at the bottom, and the middle nine tenths of its customers are drawn. Those
    below 0 are nearer to another segment.

    Parameters
    ----------
    result : Segmentation
        The result of `fit_segments`, with two or more segments.
    ax : matplotlib Axes, optional
        Drawn into; by default the axes of a new figure without a window.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ValueError
        If there is only one segment, which has no silhouette.
    TypeError
        If `result` is no Segmentation, or `ax` is no Axes.

    Notes
    -----
    The silhouettes are those of the prepared clustering features, of at most 4,000 customers. A segment is compared
    with those that were clustered with it: inside a stage of the lifecycle with the others of the stage. Segments that
    are rules have none. Segments of fewer than 21 customers have a mean, but no quantiles.

    Examples
    --------
    >>> from custseg import fit_segments
    >>> from custseg.datasets import make_shop
    >>> from custseg.plots import plot_silhouette
    >>> result = fit_segments(make_shop(500, 0).orders, n_segments=4)
    >>> plot_silhouette(result).figure.savefig("silhouette.png")  # doctest: +SKIP
    """
    check_kind("plot_silhouette", result, Segmentation, source="fit_segments")
    rows, language = result.profiles.segments, result.choice.language
    if len(rows) < 2:
        raise ValueError(
            "plot_silhouette: one segment has no other to be compared with. Give a result with two or more segments, "
            "such as fit_segments(..., n_segments=4)."
        )
    axes = axes_or_new("plot_silhouette", ax, width=7.2, height=1.6 + 0.62 * len(rows))
    words = text(language, "plots")
    of_segments = {row.numbers[item.cluster]: item for row in result.clusterings for item in row.choice.silhouettes}
    for position, row in enumerate(rows):
        number = int(row.segment or 0)
        entry = of_segments.get(number)
        if entry is not None:
            _draw_segment(axes, entry, position, number=number)
        axes.annotate(_label(entry, language), (1.02, position), va="center", fontsize=8.5, color=INK,
                      xycoords=axes.get_yaxis_transform(), annotation_clip=False)  # fmt: skip
    axes.axvline(0, color=QUIET, linewidth=0.9)
    drawn = [entry.quantiles[0] for entry in of_segments.values() if entry.quantiles]
    axes.set_xlim(min([-0.1, *(value - 0.05 for value in drawn)]), 1)
    plain(axes, grid="x")
    set_names(axes, [row.name for row in rows])
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: localized(f"{value:.1f}", language)))
    set_title(axes, words["silhouette_title"], beside=2.6)
    set_note(axes, words["silhouette_note"])
    return axes


def _draw_segment(axes: Axes, entry: SilhouetteQuantiles, position: int, *, number: int) -> None:
    """The sorted silhouettes as an area from 0, and their mean as a mark."""
    color, n_steps = segment_color(number), len(entry.quantiles)
    if n_steps:
        heights = [position + _HEIGHT * (step / (n_steps - 1) - 0.5) for step in range(n_steps)]
        axes.fill_betweenx(heights, 0, entry.quantiles, facecolor=color, hatch=segment_hatch(number), linewidth=0,
                           edgecolor="white")  # fmt: skip
    axes.plot([entry.mean] * 2, [position - _HEIGHT / 2, position + _HEIGHT / 2], color=INK, linewidth=1.2)


def _label(entry: SilhouetteQuantiles | None, language: str) -> str:
    """Mean silhouette, and the share of customers that are nearer to another segment."""
    if entry is None:
        return DASH
    low, high = entry.below_zero
    share = percent(low, language)
    if low < high:
        share = (
            f"≤{percent(math.ceil(100 * high) / 100, language)}"
            if high < 1
            else (f"≥{percent(math.floor(100 * low) / 100, language)}")
        )
    mean = localized(f"{entry.mean:.2f}", language)
    return str(text(language, "plots", "silhouette_label")).format(mean=mean, share=share)
