"""Names on a picture that do not cover each other: in a column (`spread`), or around what they name (`name_apart`)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from matplotlib.patheffects import withStroke

from custseg.plots._canvas import parent_figure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.text import Annotation
    from matplotlib.transforms import Bbox

# Where a name is tried, in points around its anchor: farther and farther, in so many directions.
_RADII, _DIRECTIONS = range(8, 260, 6), 16
_GAP, _NEAR = 2, 30


def spread(positions: Sequence[float], gap: float) -> list[float]:
    """Positions of labels that are at least `gap` apart, in the same order and as near to the wanted ones as may be.

    Labels that are too near form a row around the mean of their wanted positions (as isotonic regression does).
    """
    order = sorted(range(len(positions)), key=lambda index: positions[index])
    rows: list[list[float]] = []  # wanted positions less the places in the row
    for rank, index in enumerate(order):
        rows.append([positions[index] - rank * gap])
        while len(rows) > 1 and _mean(rows[-2]) >= _mean(rows[-1]):
            rows[-2:] = [rows[-2] + rows[-1]]
    means = [_mean(row) for row in rows for _ in row]
    by_index = {index: mean + rank * gap for rank, (index, mean) in enumerate(zip(order, means, strict=True))}
    return [by_index[index] for index in range(len(positions))]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def name_apart(
    axes: Axes, names: Sequence[str], anchors: Sequence[tuple[float, float]], *, colors: Sequence[str], size: float = 9
) -> None:
    """Write each name on its anchor, or as near as no name covers another, with a line to an anchor that is farther.

    The first name is written first. Call it last: it measures the picture as it is.
    """
    figure = parent_figure(axes)
    labels = [
        axes.annotate(
            name,
            anchor,
            xytext=(0, 0),
            textcoords="offset points",
            ha="center",
            va="center",
            fontsize=size,
            color=color,
            weight="bold",
            parse_math=False,
            zorder=6,
            path_effects=[withStroke(linewidth=2.5, foreground="white")],
        )
        for name, anchor, color in zip(names, anchors, colors, strict=True)
    ]
    for label in labels:
        label.set_in_layout(False)
    figure.draw_without_rendering()
    room, unit = axes.get_window_extent(), figure.dpi / 72
    occupied: list[Bbox] = []
    for index, label in enumerate(labels):
        _move_apart(label, room, occupied, unit=unit)
        if math.hypot(*label.get_position()) > _NEAR:
            axes.annotate("", anchors[index], xytext=label.get_position(), textcoords="offset points", zorder=5,
                          arrowprops={"arrowstyle": "-|>,head_width=0.15,head_length=0.3", "color": colors[index],
                                      "linewidth": 0.8, "shrinkB": 0})  # fmt: skip


def _move_apart(label: Annotation, room: Bbox, occupied: list[Bbox], *, unit: float) -> None:
    """Move a label to the nearest free position, and add it to the occupied boxes; where there is none it stays."""
    box = label.get_window_extent()
    for across, up in _offsets():
        moved = box.translated(across * unit, up * unit)
        is_inside = room.x0 <= moved.x0 and moved.x1 <= room.x1 and room.y0 <= moved.y0 and moved.y1 <= room.y1
        if is_inside and not any(moved.padded(_GAP * unit).overlaps(neighbor) for neighbor in occupied):
            label.set_position((across, up))
            occupied.append(moved)
            return
    occupied.append(box)


def _offsets() -> list[tuple[float, float]]:
    turns = [2 * math.pi * step / _DIRECTIONS for step in range(_DIRECTIONS)]
    # Names are wide: what is above or below is nearer than what is beside.
    return [(0, 0), *((1.6 * radius * math.sin(turn), radius * math.cos(turn)) for radius in _RADII for turn in turns)]
