"""What all plots share: colors of segments, axes without a window, wrapped names, and numbers in the reader's language.

Start at `axes_or_new`. A segment keeps its color in every picture, because the color depends on its number alone.
"""

from __future__ import annotations

import io
import math
import textwrap
from typing import TYPE_CHECKING, Any

from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from custseg.texts import amount, printable, value_text

if TYPE_CHECKING:
    from collections.abc import Sequence

INK = "#22262e"
QUIET = "#6b7280"
GRID = "#e3e6eb"
BASE = "#9aa1ab"
"""All customers, in pictures that compare a segment with them."""
MARK = "#c2410c"
"""What the picture is about, in pictures without segments: the chosen number, the segments beside other ways."""

# Okabe and Ito (2008), which color-blind readers can tell apart; the yellow is darker, to be seen on white.
_PALETTE = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b58900", "#56b4e9", "#7a3e9d", "#5c5c5c")
# More segments than colors: the same colors with a pattern.
_HATCHES = ("", "///", "...", "xx")
# Of notes in their font size; names beside the axes take two inches.
_LETTERS_PER_INCH, _WIDTH_OF_NAMES = 13, 2.0
# The largest value is more than so many times one that a quarter of them do not reach: on a linear scale these are one.
_WIDE = 100
_DASHES = ("-", "--", ":", "-.")


def segment_color(segment: int) -> str:
    """The color of the segment with this number, in every picture."""
    return _PALETTE[segment % len(_PALETTE)]


def segment_ink(segment: int) -> str:
    """The same, darker, for words on a light ground."""
    red, green, blue = (0.68 * light for light in to_rgb(segment_color(segment)))
    return to_hex((red, green, blue))


def segment_hatch(segment: int) -> str:
    """The pattern of its areas: none for the first eight numbers, one for each further eight."""
    return _HATCHES[segment // len(_PALETTE) % len(_HATCHES)]


def segment_dashes(segment: int) -> str:
    """The style of its lines, which differs where colors repeat."""
    return _DASHES[segment // len(_PALETTE) % len(_DASHES)]


class WindowlessFigure(Figure):
    """A figure that no window shows, but a notebook does."""

    def _repr_png_(self) -> bytes:
        picture = io.BytesIO()
        self.savefig(picture, format="png")
        return picture.getvalue()


class WindowlessAxes(Axes):
    """Axes that a notebook shows as the whole figure; pyplot would show those of its own figures by itself."""

    def _repr_png_(self) -> bytes | None:
        figure = parent_figure(self)
        return figure._repr_png_() if isinstance(figure, WindowlessFigure) else None


def check_kind(caller: str, value: object, kind: type, *, source: str) -> None:
    """TypeError unless the value that is drawn is of this kind; `source` is the function that returns one."""
    if not isinstance(value, kind):
        raise TypeError(
            f"{caller}: the first argument must be a {kind.__name__}, got {type(value).__name__}. "
            f"Give what {source} returns."
        )


def check_has_numbers(caller: str, features: Sequence[str]) -> None:
    """ValueError unless the segments differ in numeric features; `features` are these."""
    if not features:
        raise ValueError(
            f"{caller}: the segments differ in categories alone, and no numeric feature can be drawn. Their shares are "
            "in the profiles; draw plot_segments(result) or plot_map(result)."
        )


def axes_or_new(caller: str, ax: Any, *, width: float, height: float) -> Axes:
    """The given axes, or those of a new figure without a window; sizes in inches.

    Raises
    ------
    TypeError
        If `ax` is no matplotlib Axes.
    """
    if ax is None:
        return figure_or_new(caller, None, width=width, height=height).add_subplot(axes_class=WindowlessAxes)
    if not isinstance(ax, Axes):
        raise TypeError(f"{caller}: ax must be a matplotlib Axes such as plt.gca(), got {type(ax).__name__}.")
    return ax


def figure_or_new(caller: str, figure: Any, *, width: float, height: float) -> Figure:
    """The given figure, emptied, or a new one without a window; sizes in inches.

    Raises
    ------
    TypeError
        If `figure` is no matplotlib Figure.
    """
    if figure is None:
        return WindowlessFigure(figsize=(width, height), dpi=150, layout="constrained")
    if not isinstance(figure, Figure):
        raise TypeError(
            f"{caller}: figure must be a matplotlib Figure such as plt.figure(), got {type(figure).__name__}."
        )
    figure.clear()
    if figure.get_layout_engine() is None:
        figure.set_layout_engine("constrained")
    return figure


def parent_figure(axes: Axes) -> Figure:
    """The figure of the axes, also where they are in a subfigure."""
    # matplotlib before 3.10 has no get_figure(root=True); the canvas of a subfigure is that of the figure.
    return axes.figure.canvas.figure


def wrapped(name: str, width: int = 24, *, lines: int = 3) -> str:
    """A name in short lines, broken between traits, at spaces and at underscores; shortened after the last line."""
    # A space after each underscore lets it end a line; where it does not, both are taken out again.
    spaced = printable(name).replace("_", "_\0 ")
    broken = [line for trait in spaced.split(" · ") for line in textwrap.wrap(trait, width) or [""]]
    broken = [line.replace("\0 ", "").replace("\0", "") for line in broken]
    if len(broken) > lines:
        broken = [*broken[: lines - 1], textwrap.shorten(" ".join(broken[lines - 1 :]), width, placeholder=" …")]
    return "\n".join(broken)


def in_units(unit: str, language: str) -> FuncFormatter:
    """Ticks as values of a feature: with separated thousands, shares as percentages, years as they are."""
    return FuncFormatter(lambda value, _: value_text(value, unit, language))


def in_percent(language: str) -> FuncFormatter:
    """Ticks as percentages of the language."""
    return FuncFormatter(lambda value, _: amount(value, "share", language))


def set_names(axes: Axes, names: Sequence[str], *, width: int = 24) -> None:
    """Write names beside the rows 0, 1, ... of the axes, the first at the top."""
    axes.set_yticks(range(len(names)), [wrapped(name, width) for name in names], fontsize=10, parse_math=False)
    axes.set_ylim(len(names) - 0.45, -0.55)
    axes.tick_params(axis="y", length=0, colors=INK)


def wide_scale(axes: Axes, values: Sequence[float], *, axis: str = "x") -> None:
    """A logarithmic scale where the positive values span more than two powers of ten; linear up to the least."""
    positive = sorted(value for value in values if value > 0)
    if positive and min(values) >= 0 and positive[-1] / positive[len(positive) // 4] > _WIDE:
        scale = {"linthresh": max(positive[0], positive[-1] / 1e4), "linscale": 0.3 if axis == "x" else 0.8}
        (axes.set_xscale if axis == "x" else axes.set_yscale)("symlog", **scale)


def apart(positions: Sequence[float], gap: float, *, low: float = -math.inf, high: float = math.inf) -> list[float]:
    """The positions in the same order, moved as little as needed to be `gap` apart, and inside the ends if they fit."""
    # Labels that touch are one block, centered on where its labels belong.
    blocks: list[tuple[float, list[int]]] = []
    for index in sorted(range(len(positions)), key=lambda index: positions[index]):
        members, middle = [index], _between(positions[index], low + gap / 2, high - gap / 2)
        while blocks and blocks[-1][0] + gap * len(blocks[-1][1]) / 2 > middle - gap * len(members) / 2:
            members = [*blocks.pop()[1], *members]
            half = gap * len(members) / 2
            middle = _between(sum(positions[member] for member in members) / len(members), low + half, high - half)
        blocks.append((middle, members))
    moved = list(positions)
    for middle, members in blocks:
        for rank, member in enumerate(members):
            moved[member] = middle + gap * (rank - (len(members) - 1) / 2)
    return moved


def _between(value: float, low: float, high: float) -> float:
    return (low + high) / 2 if low > high else min(max(value, low), high)


def set_title(axes: Axes, title: str, *, beside: float | None = None, pad: float = 6) -> None:
    """Write the title at the left, in lines that fit the axes, or the figure without so many inches for names.

    `pad` is the distance from the axes in points, where there are labels between them.
    """
    figure_width = parent_figure(axes).get_figwidth()
    width = figure_width * axes.get_position().width if beside is None else figure_width - beside
    axes.set_title(textwrap.fill(printable(title), max(24, int(width * 9))), loc="left", fontsize=12, weight="bold",
                   color=INK, parse_math=False, pad=pad)  # fmt: skip


def set_note(axes: Axes, note: str, *, beside: float = _WIDTH_OF_NAMES) -> None:
    """Write how to read the picture below the axes, in lines that fit beside the names, which take so many inches."""
    axes.set_xlabel(wrapped_note(axes, note, beside=beside), fontsize=8.5, color=QUIET, loc="left", parse_math=False)


def wrapped_note(axes: Axes, note: str, *, beside: float = _WIDTH_OF_NAMES) -> str:
    """A note in lines that fit below the axes, beside names that take so many inches; its own line breaks stay."""
    width = max(24, int(_LETTERS_PER_INCH * (parent_figure(axes).get_figwidth() - beside)))
    return "\n".join(textwrap.fill(line, width) for line in note.split("\n"))


def set_figure_title(figure: Figure, title: str) -> None:
    """Write the title above all panels at the left, in lines that fit the figure."""
    width = max(24, int(8.5 * figure.get_figwidth()))
    figure.suptitle(textwrap.fill(printable(title), width), x=0.01, ha="left", fontsize=13, weight="bold", color=INK,
                    parse_math=False)  # fmt: skip


def set_figure_note(figure: Figure, note: str) -> None:
    """Write how to read the picture below all panels, in lines that fit the figure."""
    width = int(_LETTERS_PER_INCH * figure.get_figwidth())
    figure.supxlabel(textwrap.fill(note, max(24, width)), x=0.01, ha="left", fontsize=8.5, color=QUIET)


def plain(axes: Axes, *, grid: str = "") -> None:
    """Leave the axes without frame, with faint grid lines across the given axis ("x", "y", or none)."""
    axes.spines[:].set_visible(False)
    axes.tick_params(colors=INK, length=0, labelsize=9)
    if grid:
        axes.grid(axis="x" if grid == "x" else "y", color=GRID, linewidth=0.8)
        axes.set_axisbelow(True)
