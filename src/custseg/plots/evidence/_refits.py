"""`plot_stability`: how stable segments are when other customers are segmented."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.ticker import FuncFormatter

from custseg.clustering import method_label
from custseg.plots._canvas import (
    BASE,
    GRID,
    INK,
    MARK,
    QUIET,
    check_kind,
    figure_or_new,
    plain,
    segment_color,
    set_figure_note,
    set_names,
    wrapped,
)
from custseg.plots.evidence._chosen_number import MARKERS
from custseg.result import Clustering, Segmentation
from custseg.texts import STABILITY_BOUNDS, localized, text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_BANDS = ("#f3d9d0", "#f6ecd2", "#e4efe2", "#cfe5d8")
# Below, no segment is usually seen, and from here on the bands have room for their names.
_LEAST_SHOWN = 0.4


def plot_stability(result: Segmentation, *, figure: Figure | None = None) -> Figure:
    """Draw how stable the segments are when halves of the customers are segmented separately.

    Left, for each segment, the mean Jaccard similarity with the most similar segment of a refit, and what it means
    (Hennig 2007). Right, for each number of segments that could be chosen, the mean adjusted Rand index of two refits
    with its standard error; the line is the least stability of a reproducible division.

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

    References
    ----------
    Hennig, C. (2007). Cluster-wise assessment of cluster stability. Computational Statistics and Data Analysis 52,
    258-271. doi:10.1016/j.csda.2006.11.025

    Examples
    --------
    >>> from custseg import fit_segments
    >>> from custseg.datasets import make_shop
    >>> from custseg.plots import plot_stability
    >>> plot_stability(fit_segments(make_shop(500, 0).orders)).savefig("stability.png")  # doctest: +SKIP
    """
    check_kind("plot_stability", result, Segmentation, source="fit_segments")
    n_segments = len(result.profiles.segments)
    figure = figure_or_new("plot_stability", figure, width=10.4, height=max(3.6, 1.9 + 0.58 * n_segments))
    left, right = figure.subplots(1, 2, width_ratios=[1.25, 1])
    language = result.choice.language
    _draw_segments(left, result, language)
    _draw_numbers(right, result.clusterings, language)
    set_figure_note(figure, text(language, "plots", "stability_note"))
    return figure


def _draw_segments(axes: Axes, result: Segmentation, language: str) -> None:
    """A dot for each segment, over the bands of Hennig's readings."""
    words, rows = text(language, "plots"), result.profiles.segments
    ends = [*list(STABILITY_BOUNDS.values())[1:], 1.0]
    measured = [row.stability.jaccard for row in rows if row.stability is not None]
    start = max(0.0, min([_LEAST_SHOWN, *(value - 0.1 for value in measured)]))
    levels = _levels(language)
    for color, (level, low), high in zip(_BANDS, STABILITY_BOUNDS.items(), ends, strict=True):
        axes.axvspan(low, high, color=color, linewidth=0)
        axes.text((max(low, start) + high) / 2, 1.01, levels[level], transform=axes.get_xaxis_transform(), ha="center",
                  va="bottom", fontsize=8, color=INK)  # fmt: skip
    for position, row in enumerate(rows):
        if row.stability is None:
            axes.text(start + 0.02, position, words["not_measured"], va="center", fontsize=9, color=QUIET)
            continue
        value = row.stability.jaccard
        axes.plot([value], [position], marker="o", markersize=9, color=segment_color(int(row.segment or 0)),
                  markeredgecolor="white", clip_on=False, zorder=4)  # fmt: skip
        axes.annotate(localized(f"{value:.2f}", language), (value, position), xytext=(-9, 0), ha="right", va="center",
                      textcoords="offset points", fontsize=9, color=INK)  # fmt: skip
    plain(axes)
    axes.set_xlim(start, 1)
    set_names(axes, [row.name for row in rows])
    _two_decimals(axes.xaxis, language)
    axes.set_xlabel(words["jaccard_axis"], fontsize=9, color=QUIET)
    _set_title(axes, words["jaccard_title"], language)


def _draw_numbers(axes: Axes, clusterings: Sequence[Clustering], language: str) -> None:
    """The adjusted Rand index by number of segments and method, or by stage where there are stages."""
    words = text(language, "plots")
    for required in {row.choice.decision.reason.required_stability for row in clusterings}:
        axes.axhline(required, color=MARK, linewidth=1, linestyle="--")
        axes.annotate(wrapped(words["least_stability"], 14), (1.01, required), xycoords=axes.get_yaxis_transform(),
                      va="center", fontsize=8.5, color=MARK, annotation_clip=False)  # fmt: skip
    numbers = [number for row in clusterings for number in _draw_refits(axes, row, language)]
    plain(axes, grid="y")
    axes.set_ylim(-0.05, 1.12)
    if numbers:
        room = max(0.6, 2.5 - (max(numbers) - min(numbers)) / 2)
        axes.set_xlim(min(numbers) - room, max(numbers) + room)
        axes.set_xticks(sorted(set(numbers)))
        axes.legend(loc="lower left", fontsize=8.5, frameon=False)
    else:
        axes.text(0.5, 0.4, words["not_measured"], transform=axes.transAxes, ha="center", color=QUIET)
        axes.set_xticks([])
    _two_decimals(axes.yaxis, language)
    axes.set_xlabel(words["numbers_axis"], fontsize=9, color=QUIET)
    _set_title(axes, words["rand_title"], language)
    axes.spines["bottom"].set(visible=True, color=GRID)


def _draw_refits(axes: Axes, clusters: Clustering, language: str) -> list[int]:
    """A line for each method of one choice; the numbers of segments that were compared."""
    data = clusters.choice.plot()
    numbers: list[int] = []
    for method, series in data["methods"].items():
        rows = _measured(series)
        if not rows:
            continue
        tried, values, errors = zip(*rows, strict=True)
        numbers += tried
        is_best = method == data["best"]["method"]
        name = method_label(method, language)
        of_stage = f"{clusters.stage} ({name})" if len(data["methods"]) > 2 else clusters.stage
        axes.errorbar(tried, values, yerr=errors, marker=MARKERS[len(axes.containers) % len(MARKERS)],
                      color=INK if is_best else BASE, linewidth=1.1, capsize=2.5,
                      label=wrapped(of_stage, 28) if clusters.stage else name)  # fmt: skip
    _mark_chosen(axes, data, text(language, "plots", "chosen"))
    return numbers


def _measured(series: Mapping[str, Any]) -> list[tuple[int, float, float]]:
    """Number, adjusted Rand index and its error of the candidates whose refits were compared."""
    rows = zip(series["n_clusters"], series["stability"], series["stability_error"], strict=True)
    return sorted((k, value, error or 0.0) for k, value, error in rows if value is not None)


def _mark_chosen(axes: Axes, data: Mapping[str, Any], label: str) -> None:
    """A ring around the chosen candidate, if its refits were compared."""
    best = data["best"]
    for number, value, _ in _measured(data["methods"][best["method"]]):
        if number == best["n_clusters"]:
            axes.plot([number], [value], marker="o", markersize=13, markerfacecolor="none", markeredgecolor=MARK,
                      markeredgewidth=2.2, zorder=4)  # fmt: skip
            axes.annotate(label, (number, value), xytext=(0, 11), textcoords="offset points", ha="center", va="bottom",
                          fontsize=10, weight="bold", color=MARK)  # fmt: skip


def _set_title(axes: Axes, title: str, language: str) -> None:
    """Write the title of a panel: both are at one height, above the names of the bands and the word at the ring."""
    n_lines = 1 + max(name.count("\n") for name in _levels(language).values())
    axes.set_title(title, loc="left", fontsize=12, weight="bold", color=INK, pad=8 + 12 * n_lines)


def _levels(language: str) -> dict[str, str]:
    """The names of the bands."""
    return {level: _narrow(name) for level, name in text(language, "profiling", "stability").items()}


def _narrow(name: str) -> str:
    """A name above a narrow band: one word a line, unless it is short."""
    return name if len(name) < 10 else name.replace(" ", "\n")


def _two_decimals(axis: Any, language: str) -> None:
    axis.set_major_formatter(FuncFormatter(lambda value, _: localized(f"{value:.2g}", language)))
