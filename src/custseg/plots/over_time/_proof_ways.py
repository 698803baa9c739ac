"""`plot_proof`: how much the segments told of what happened afterwards, beside other ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

from custseg.plots._canvas import (
    BASE,
    GRID,
    INK,
    MARK,
    QUIET,
    axes_or_new,
    check_kind,
    in_percent,
    plain,
    set_names,
    set_note,
    set_title,
)
from custseg.proof import Proof
from custseg.texts import number, percent, text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from custseg.proof import Comparison


def plot_proof(proof: Proof, *, ax: Axes | None = None) -> Axes:
    """Draw how much of what happened afterwards the segments explain, and how much the usual other ways do.

    A dot is the share of the outcome that lies between the groups, with its 95 % bootstrap interval; the gray area is
    what as many segments explain by chance, and the dashed line about the limit for segments made of the same columns.

    Parameters
    ----------
    proof : Proof
        The result of `custseg.proof.prove`.
    ax : matplotlib Axes, optional
        Drawn into; by default the axes of a new figure without a window.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    TypeError
        If `proof` is no Proof, or `ax` is no Axes.

    Examples
    --------
    >>> from custseg.datasets import make_shop
    >>> from custseg.plots import plot_proof
    >>> from custseg.proof import prove
    >>> shop = make_shop(400, 0)
    >>> proof = prove(shop.orders, goal="repeat_purchase", as_of=shop.as_of, horizon_days=60, method="kmeans")
    >>> plot_proof(proof).figure.savefig("proof.png")  # doctest: +SKIP
    """
    check_kind("plot_proof", proof, Proof, source="prove")
    rows = [row for row in proof.comparisons if row.low is not None]
    axes = axes_or_new("plot_proof", ax, width=7.6, height=2.3 + 0.5 * len(rows))
    language = proof.language
    words, kinds = text(language, "plots"), text(language, "proof", "kinds")
    axes.axvspan(0, proof.null_level, color=GRID, linewidth=0)
    axes.annotate(words["by_chance"], (proof.null_level, 1), xycoords=axes.get_xaxis_transform(), xytext=(0, 2),
                  textcoords="offset points", ha="right" if proof.null_level > 0.1 else "left", va="bottom", fontsize=9,
                  color=QUIET)  # fmt: skip
    for position, row in enumerate(rows):
        _draw_way(axes, row, position, language=language)
    limit = proof.comparison("boosting")
    highest = [row.high or row.share for row in rows] + ([] if limit is None else [limit.share]) + [proof.null_level]
    if limit is not None and limit.share > 0:
        axes.axvline(limit.share, color=INK, linewidth=1, linestyle="--")
        axes.annotate(f"{words['proof_limit']} {percent(limit.share, language)}", (limit.share, 1), xytext=(0, 2),
                      xycoords=axes.get_xaxis_transform(), textcoords="offset points", ha="center", va="bottom",
                      fontsize=9, color=INK)  # fmt: skip
    plain(axes, grid="x")
    set_names(axes, [f"{kinds[row.kind]} ({number(row.n_groups, language)})" for row in rows], width=26)
    axes.set_xlim(min([0.0, *(row.low or 0.0 for row in rows)]), 1.12 * max(highest))
    axes.xaxis.set_major_formatter(in_percent(language))
    outcome = text(language, "goals", "outcomes", proof.outcome)
    title = words["proof_titles"]["shown" if proof.is_shown else "not_shown"]
    title = title.format(share=percent(max(proof.share, 0.0), language), outcome=outcome)
    set_title(axes, title, beside=2.4, pad=20)
    set_note(axes, f"{proof.sentence}\n{words['proof_note']}", beside=2.4)
    return axes


def _draw_way(axes: Axes, row: Comparison, position: int, *, language: str) -> None:
    """The share of one way with its interval; the segments stand out."""
    is_own = row.kind == "segments"
    color, width = (MARK, 3.0) if is_own else (BASE, 2.0)
    axes.plot([row.low or 0.0, row.high or 0.0], [position, position], color=color, linewidth=width,
              solid_capstyle="round")  # fmt: skip
    axes.plot([row.share], [position], marker="o", markersize=9 if is_own else 7, color=color, markeredgecolor="white",
              zorder=3)  # fmt: skip
    axes.annotate(percent(max(row.share, 0.0), language), (row.share, position), xytext=(0, 7), ha="center",
                  textcoords="offset points", fontsize=9, color=INK,
                  weight="bold" if is_own else "normal")  # fmt: skip
