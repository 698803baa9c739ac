"""`plot_transitions`: who moved between two snapshots, from which segment to which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from custseg.plots._canvas import (
    BASE,
    INK,
    QUIET,
    apart,
    axes_or_new,
    check_kind,
    parent_figure,
    segment_color,
    segment_hatch,
    set_title,
    wrapped,
    wrapped_note,
)
from custseg.texts import text
from custseg.tracking import Transitions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes


_BAR = 0.022
# Of the height: between two segments, and above the rows of new customers and those that are gone.
_GAP, _GAP_OF_OUTSIDE = 0.022, 0.05
# Inches: of the heads, of a line of names, and of the lowest flow that has its number written into it.
_HEAD, _LINE, _TALL_ENOUGH = 0.4, 0.17, 0.13
_STAYED, _MOVED = 0.22, 0.72
_MOMENTS = ("before", "after")


def plot_transitions(transitions: Transitions, *, ax: Axes | None = None) -> Axes:
    """Draw who moved between two snapshots, from which segment to which, who is new and who is gone.

    The segments before are at the left, those after at the right; a flow has the color of the segment it comes from,
    and is pale where the customers stayed. Flows that are tall enough have their number of customers at the right end;
    counts of 1 to 9 read "<10", and their height is not that of the count.

    Parameters
    ----------
    transitions : Transitions
        The result of `custseg.tracking.transitions`.
    ax : matplotlib Axes, optional
        Drawn into; by default the axes of a new figure without a window.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    TypeError
        If `transitions` is no Transitions, or `ax` is no Axes.

    Examples
    --------
    >>> import polars as pl
    >>> from custseg.plots import plot_transitions
    >>> from custseg.tracking import transitions
    >>> june = pl.DataFrame({"customer_id": range(90), "segment": [0, 1, 1] * 30, "name": ["Loyal", "New", "New"] * 30})
    >>> july = june.with_columns(segment=0, name=pl.lit("Loyal"))
    >>> plot_transitions(transitions(june, july)).figure.savefig("movement.png")  # doctest: +SKIP
    """
    check_kind("plot_transitions", transitions, Transitions, source="tracking.transitions")
    data, language = transitions.plot(), transitions.language
    words = text(language, "movement")
    axes = axes_or_new("plot_transitions", ax, width=8.6, height=2.6 + 0.55 * (len(data["segments"]) + 1))
    axes.set_axis_off()
    rows = [*data["segments"], None]
    spans = [_spans(data["flows"], moment, len(rows)) for moment in _MOMENTS]
    bottom = max(end for bars in spans for _, end in bars)
    inches = parent_figure(axes).get_figheight() * 0.75 / bottom
    axes.set(xlim=(-0.34, 1.34), ylim=(bottom * 1.01, -_HEAD / inches))
    _draw_flows(axes, data, spans, inches=inches)
    sums = {name: item.text(language) for name, item in transitions.sums().items()}
    outside = {"before": f"{words['new']} · {sums['new']}", "after": f"{words['gone']} · {sums['gone']}"}
    heads = {"before": transitions.since, "after": transitions.as_of}
    for moment, x, bars in (("before", 0.0, spans[0]), ("after", 1.0, spans[1])):
        _draw_bars(axes, rows, bars, x=x, moment=moment, outside=outside[moment], inches=inches)
        head = heads[moment] or text(language, "plots", f"flows_{moment}")
        axes.text(x, -_HEAD / inches / 2, head, ha="right" if x == 0 else "left", fontsize=10, weight="bold", color=INK)
    set_title(axes, words["sums"].format(**sums).rstrip("."), beside=1.2)
    _write_note(axes, text(language, "plots", "flows_note"))
    return axes


def _spans(flows: Sequence[Mapping[str, Any]], moment: str, n_rows: int) -> list[tuple[float, float]]:
    """Top and bottom of the bar of each segment at one moment, the last of customers who are not there then."""
    sizes = [0.0] * n_rows
    for flow in flows:
        sizes[n_rows - 1 if flow[moment] is None else flow[moment]] += flow["size"]
    total, spans, top = sum(sizes), [], 0.0
    for index, size in enumerate(sizes):
        top += _GAP_OF_OUTSIDE * total if index == n_rows - 1 else 0.0
        spans.append((top, top + size))
        top += size + _GAP * total
    return spans


def _draw_flows(
    axes: Axes, data: Mapping[str, Any], spans: Sequence[Sequence[tuple[float, float]]], *, inches: float
) -> None:
    """The flows, each beside the others of its segment in the order of the segments at the other end."""
    tops = [[top for top, _ in bars] for bars in spans]
    last = len(data["segments"])
    ends: list[list[float]] = [[0.0, 0.0] for _ in data["flows"]]
    pairs = [tuple(last if flow[key] is None else int(flow[key]) for key in _MOMENTS) for flow in data["flows"]]
    for column, free in enumerate(tops):
        by_row = [pair if column == 0 else pair[::-1] for pair in pairs]
        for index in sorted(range(len(pairs)), key=by_row.__getitem__):
            ends[index][column] = free[pairs[index][column]]
            free[pairs[index][column]] += data["flows"][index]["size"]
    # Movers over those who stayed, the smallest last.
    stayed = [start == end for start, end in pairs]
    for index in sorted(range(len(pairs)), key=lambda index: (not stayed[index], -data["flows"][index]["size"])):
        flow, (start, end) = data["flows"][index], ends[index]
        key = None if flow["before"] is None else data["segments"][flow["before"]]["key"]
        alpha = _STAYED if stayed[index] else _MOVED
        axes.add_patch(_ribbon(start, end, flow["size"], color=_color(key), alpha=alpha))
        if flow["size"] * inches >= _TALL_ENOUGH:
            axes.text(1 - _BAR - 0.008, end + flow["size"] / 2, flow["text"], ha="right", va="center", fontsize=8.5,
                      color=INK, zorder=5)  # fmt: skip


def _ribbon(start: float, end: float, size: float, *, color: str, alpha: float) -> PathPatch:
    """A band from the left bar to the right one, which leaves and arrives level."""
    left, right = _BAR, 1 - _BAR
    upper = [(left, start), (0.5, start), (0.5, end), (right, end)]
    lower = [(right, end + size), (0.5, end + size), (0.5, start + size), (left, start + size)]
    codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
    path = Path([*upper, *lower, upper[0]], codes)
    return PathPatch(path, facecolor=color, alpha=alpha, linewidth=0.4, edgecolor="white")


def _draw_bars(
    axes: Axes,
    rows: Sequence[Mapping[str, Any] | None],
    spans: Sequence[tuple[float, float]],
    *,
    x: float,
    moment: str,
    outside: str,
    inches: float,
) -> None:
    """The bars of one moment with names and sizes beside them."""
    labels = []
    for row, (top, end) in zip(rows, spans, strict=True):
        if end > top:
            key = None if row is None else row["key"]
            hatch = segment_hatch(key) if key is not None and key >= 0 else ""
            axes.add_patch(Rectangle((x - (x > 0) * _BAR, top), _BAR, end - top, facecolor=_color(key), hatch=hatch,
                                     edgecolor="white", linewidth=0))  # fmt: skip
            name = outside if row is None else f"{wrapped(row['name'], 22, lines=2)} · {row[moment]}"
            labels.append((name, (top + end) / 2, QUIET if key is None else _color(key)))
    gap = _LINE * (1 + max((name.count("\n") for name, _, _ in labels), default=0)) / inches
    heights = apart([middle for _, middle, _ in labels], gap, low=0.0, high=spans[-1][1])
    for (name, _, color), height in zip(labels, heights, strict=True):
        axes.text(x + (0.015 if x else -0.015), height, name, ha="left" if x else "right", va="center", fontsize=9,
                  color=color, parse_math=False)  # fmt: skip


def _color(key: int | None) -> str:
    """The color of a segment; gray for new customers and for those in no segment."""
    if key is None:
        return BASE
    return segment_color(key) if key >= 0 else QUIET


def _write_note(axes: Axes, note: str) -> None:
    """The note below, as a text of its own: the axes are off, and their label with them."""
    axes.annotate(wrapped_note(axes, note, beside=0.6), (0, 0), xycoords="axes fraction", xytext=(0, -4),
                  textcoords="offset points", va="top", fontsize=8.5, color=QUIET)  # fmt: skip
