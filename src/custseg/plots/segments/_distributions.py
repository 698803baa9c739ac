"""`plot_distributions`: one feature over the segments, in its own unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from custseg._checks import check_choice
from custseg.feature_table import distinct_phrases
from custseg.plots._canvas import (
    INK,
    axes_or_new,
    check_kind,
    in_units,
    plain,
    segment_color,
    segment_hatch,
    set_names,
    set_note,
    set_title,
    wide_scale,
)
from custseg.result import Segmentation
from custseg.texts import text, unit_beside, value_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from custseg.profiling import SegmentProfile

_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


def plot_distributions(result: Segmentation, feature: str, *, ax: Axes | None = None) -> Axes:
    """Draw the values of one feature in each segment: the middle half of the customers, and the middle nine tenths.

    The box is from the 0.25 to the 0.75 quantile, the line from the 0.05 to the 0.95 quantile, the white mark is the
    median, which is written beside it. Quantiles of fewer than 10 customers are not drawn. Values that span several
    powers of ten are on a logarithmic scale.

    Parameters
    ----------
    result : Segmentation
        The result of `fit_segments`.
    feature : str
        Name of a numeric feature, as in ``result.profiles[0].medians``.
    ax : matplotlib Axes, optional
        Drawn into; by default the axes of a new figure without a window.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    ValueError, TypeError
        If the feature does not exist or has no numbers, `result` is no Segmentation, or `ax` is no Axes.

    Examples
    --------
    >>> from custseg import fit_segments
    >>> from custseg.datasets import make_shop
    >>> from custseg.plots import plot_distributions
    >>> result = fit_segments(make_shop(500, 0).orders)
    >>> plot_distributions(result, "recency_days").figure.savefig("recency.png")  # doctest: +SKIP
    """
    check_kind("plot_distributions", result, Segmentation, source="fit_segments")
    rows, language = result.profiles.listed_segments, result.choice.language
    check_choice("plot_distributions", "feature", feature, allowed=list(rows[0].medians))
    axes = axes_or_new("plot_distributions", ax, width=7.2, height=1.3 + 0.52 * len(rows))
    described = {column.name: column for column in result.features.described}
    unit, phrase = described[feature].unit, distinct_phrases(result.features.described, language)[feature]
    for position, row in enumerate(rows):
        _draw_row(axes, position, row, feature=feature, label=value_text(row.medians[feature], unit, language))
    wide_scale(axes, _values(rows, feature))
    axes.xaxis.set_major_formatter(in_units(unit, language))
    plain(axes, grid="x")
    set_names(axes, [row.name for row in rows])
    beside = unit_beside(phrase, unit, language)
    forms = text(language, "units").get(beside, {}).get("forms")
    set_title(axes, f"{phrase}, {forms[-1]}" if forms else phrase)
    set_note(axes, text(language, "plots")["distribution_axis"])
    return axes


def _values(rows: tuple[SegmentProfile, ...], feature: str) -> list[float]:
    """All quantiles that are drawn."""
    return [value for row in rows for value in row.features[feature].quantiles.values() if value is not None]


def _draw_row(axes: Axes, position: int, row: SegmentProfile, *, feature: str, label: str) -> None:
    quantiles: Any = row.features[feature].quantiles
    low, lower, median, upper, high = (quantiles[share] for share in _QUANTILES)
    number = int(row.segment or 0)
    color = segment_color(number)
    if median is None:
        return
    if low is not None and high is not None:
        axes.plot([low, high], [position, position], color=color, linewidth=1.4, solid_capstyle="round")
    if lower is not None and upper is not None:
        (box,) = axes.barh(position, upper - lower, left=lower, height=0.42, color=color, hatch=segment_hatch(number),
                           edgecolor="white", linewidth=0)  # fmt: skip
        # Otherwise the axes would begin at a box that is the lowest, and cut its median.
        box.sticky_edges.x.clear()
    axes.plot([median], [position], marker="|", markersize=13, markeredgewidth=2.6, color="white", zorder=4)
    axes.plot([median], [position], marker="|", markersize=17, markeredgewidth=1, color=INK, zorder=3)
    axes.annotate(label, (median, position), xytext=(0, 9), textcoords="offset points", ha="center", va="bottom",
                  fontsize=8, color=INK)  # fmt: skip
