"""`plot_choice`: why so many segments, by this method."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from custseg.clustering import ClusteringChoice, method_label
from custseg.plots._canvas import (
    BASE,
    GRID,
    INK,
    MARK,
    QUIET,
    apart,
    axes_or_new,
    in_percent,
    in_units,
    plain,
    set_note,
    set_title,
    wrapped,
)
from custseg.result import Segmentation
from custseg.texts import counted, percent, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes

# The part of the axes that the bars of the samples take.
_STRIP = 0.24
MARKERS = ("o", "s", "D", "^", "v", "P")


def plot_choice(result: Segmentation | ClusteringChoice, *, ax: Axes | None = None) -> Axes:
    """Draw why a number of segments and a method were chosen.

    For each number of segments and each method what decided: the separation of the least separated segments where the
    verdict is "natural"; otherwise the silhouette gain, which is the mean silhouette less that of data without groups;
    or, for a goal, what the number is worth. Below, in how many samples of the customers each number is chosen. The
    reason is written under the picture. Candidates that could not be chosen and were not measured are not drawn.

    Parameters
    ----------
    result : Segmentation or ClusteringChoice
        The result of `fit_segments` or `select_clustering`.
    ax : matplotlib Axes, optional
        Drawn into; by default the axes of a new figure without a window.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    TypeError
        If `result` is of another type, or `ax` is no Axes.
    ValueError
        If no customers were clustered, because rules take all of them, or each stage has a choice of its own.

    Examples
    --------
    >>> from custseg import fit_segments
    >>> from custseg.datasets import make_shop
    >>> from custseg.plots import plot_choice
    >>> plot_choice(fit_segments(make_shop(500, 0).orders)).figure.savefig("choice.png")  # doctest: +SKIP
    """
    choice = checked_choice("plot_choice", result)
    axes = axes_or_new("plot_choice", ax, width=7.4, height=5.4)
    data, language = choice.plot(), choice.language
    words = text(language, "plots")
    _draw_chance(axes, data["null"])
    for index, (method, series) in enumerate(data["methods"].items()):
        _draw_method(axes, series, marker=MARKERS[index % len(MARKERS)], is_best=method == data["best"]["method"])
    _mark_chosen(axes, data, words["chosen"])
    numbers = sorted({data["best"]["n_clusters"], *(k for row in data["methods"].values() for k, *_ in _measured(row))})
    room = max(0.6, 2.5 - (max(numbers) - min(numbers)) / 2)
    axes.set_xlim(min(numbers) - room, max(numbers) + room)
    _name_methods(axes, data, language)
    plain(axes, grid="y")
    axes.yaxis.set_major_formatter(in_percent(language) if choice.criterion == "worth" else in_units("", language))
    axes.set_ylabel(words["choice_axes"][choice.criterion], fontsize=9, color=QUIET)
    axes.set_xticks(numbers)
    if len(numbers) > 1:  # of a single one there is nothing to choose
        _draw_samples(axes, data["samples"], language=language)
    segments = counted(choice.best.n_clusters, text(language, "result", "segments"), language)
    set_title(axes, words["choice_titles"][choice.decision.reason.kind].format(segments=segments))
    set_note(
        axes, "\n".join([words["numbers_axis"], choice.reason, words["choice_notes"][choice.criterion]]), beside=0.8
    )
    return axes


def checked_choice(caller: str, result: Any) -> ClusteringChoice:
    """The choice of a result, or the choice itself."""
    if isinstance(result, Segmentation):
        choices = [row.choice for row in result.clusterings]
        if len(choices) > 1:
            raise ValueError(
                f"{caller}: every stage has a choice of its own. Give one of them, such as "
                f"{caller}(result.clusterings[0].choice)."
            )
        if not choices:
            raise ValueError(f"{caller}: rules take all customers, so that no number of clusters was chosen.")
        return choices[0]
    if not isinstance(result, ClusteringChoice):
        raise TypeError(
            f"{caller}: result must be a Segmentation or a ClusteringChoice, got {type(result).__name__}. "
            "Give the result of fit_segments or select_clustering."
        )
    return result


def _draw_chance(axes: Axes, null: Mapping[str, Any]) -> None:
    """Where null data lie in nine of ten cases, for each number."""
    for number, low, high in zip(null["n_clusters"], null["low"], null["high"], strict=True):
        if number > 1:
            axes.bar(number, high - low, bottom=low, width=0.74, color=GRID)


def _measured(series: Mapping[str, Any]) -> list[tuple[int, float, float, float]]:
    """Number, criterion and its range of the candidates that have one."""
    rows = zip(series["n_clusters"], series["criterion"], series["low"], series["high"], strict=True)
    return sorted(row for row in rows if row[1] is not None and row[0] > 1)


def _draw_method(axes: Axes, series: Mapping[str, Any], *, marker: str, is_best: bool) -> None:
    rows = _measured(series)
    if rows:
        numbers, values, lows, highs = zip(*rows, strict=True)
        ranges = [
            [value - low for value, low in zip(values, lows, strict=True)],
            [high - value for value, high in zip(values, highs, strict=True)],
        ]
        axes.errorbar(numbers, values, yerr=ranges, color=INK if is_best else BASE, marker=marker, markersize=5,
                      zorder=3, linewidth=1.1, capsize=2.5)  # fmt: skip


def _mark_chosen(axes: Axes, data: Mapping[str, Any], label: str) -> None:
    """A ring around the chosen candidate; one segment with all customers has no criterion, and is at 0."""
    best = data["best"]
    rows = _measured(data["methods"][best["method"]])
    value, high = next(((value, high) for k, value, _, high in rows if k == best["n_clusters"]), (0.0, 0.0))
    number = best["n_clusters"]
    axes.plot([number], [value], marker="o", markersize=13, markerfacecolor="none", markeredgecolor=MARK,
              markeredgewidth=2.2, zorder=4)  # fmt: skip
    axes.annotate(label, (number, high), xytext=(0, 9), textcoords="offset points", ha="center", va="bottom",
                  fontsize=10, weight="bold", color=MARK, zorder=5,
                  bbox={"color": "white", "alpha": 0.8, "pad": 0.5})  # fmt: skip


def _name_methods(axes: Axes, data: Mapping[str, Any], language: str) -> None:
    """At the right, the mark and the name of each method and of the null data, as near to its last point as fits."""
    low, high = axes.get_ylim()
    axes.set_ylim(low - 0.06 * (high - low), high + 0.14 * (high - low))
    ends = [
        (rows[-1][1], MARKERS[index % len(MARKERS)], method_label(name, language))
        for index, (name, series) in enumerate(data["methods"].items())
        if (rows := _measured(series))
    ]
    chance = text(language, "plots", "by_chance")
    if data["null"]["low"]:
        ends.append(((data["null"]["low"][-1] + data["null"]["high"][-1]) / 2, "s", chance))
    names = [wrapped(name, 16) for _, _, name in ends]
    gap = 0.07 * (high - low) * max((1 + name.count("\n") for name in names), default=1)
    heights = apart([value for value, _, _ in ends], gap)
    right = axes.get_xlim()[1]
    for (_, marker, _), name, height in zip(ends, names, heights, strict=True):
        is_chance = name == wrapped(chance, 16)
        axes.plot([right], [height], marker=marker, markersize=9 if is_chance else 5, color=GRID if is_chance else INK,
                  clip_on=False)  # fmt: skip
        axes.annotate(name, (right, height), xytext=(8, 0), textcoords="offset points", va="center", fontsize=9,
                      color=QUIET if is_chance else INK, annotation_clip=False)  # fmt: skip


def _draw_samples(axes: Axes, samples: Mapping[str, Any], *, language: str) -> None:
    """Bars in a strip below the gains: in how many samples of the customers each number is chosen."""
    bottom, top = axes.get_ylim()
    ticks = [tick for tick in axes.get_yticks() if bottom <= tick <= top]
    axes.set_ylim(bottom - (top - bottom) * _STRIP / (1 - _STRIP), top)
    axes.set_yticks(ticks)
    strip = axes.get_xaxis_transform()
    for number, share in zip(samples["n_clusters"], samples["share"], strict=True):
        axes.bar(number, 0.62 * _STRIP * share, width=0.5, color=BASE, transform=strip)
        axes.text(number, 0.62 * _STRIP * share + 0.006, percent(share, language), transform=strip, ha="center",
                  fontsize=8, color=INK)  # fmt: skip
    axes.text(0.005, _STRIP - 0.005, text(language, "plots", "samples_axis"), transform=axes.transAxes, va="top",
              fontsize=9, color=QUIET)  # fmt: skip
    axes.plot([0, 1], [_STRIP + 0.01] * 2, color=QUIET, linewidth=0.8, transform=axes.transAxes)
