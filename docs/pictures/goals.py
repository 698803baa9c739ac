"""Draws docs/guides/goals.png: what segments told about the next 60 days, beside the usual ways, and by segment."""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt
from matplotlib.axes import Axes

from custseg.datasets import make_shop
from custseg.proof import Proof, prove

BLUE, GRAY, ORANGE = "#4C72B0", "#9AA3AF", "#DD8452"
TARGET = Path(__file__).parents[1] / "guides" / "goals.png"
WAYS = {
    "segments": "the segments",
    "grid": "25 cells,\nrecency × orders",
    "codes": "map of 125 codes",
    "plain_kmeans": "k-means on\nplain z-scores",
    "boosting": "boosting,\ncross-validated",
}


def draw_ways(axes: Axes, proof: Proof) -> None:
    """The share that each way explains with its interval, and what chance gives."""
    rows = list(reversed(proof.comparisons))
    for position, row in enumerate(rows):
        groups = "" if row.n_groups is None else f" ({row.n_groups})"
        axes.barh(position, row.share, color=BLUE if row.kind == "segments" else GRAY, height=0.6)
        if row.low is not None and row.high is not None:
            axes.plot([row.low, row.high], [position, position], color="black", linewidth=1.5)
        axes.text(0.01, position, f"{row.share:.0%}", va="center", color="white", fontweight="bold")
        axes.text(-0.01, position, WAYS[row.kind] + groups, va="center", ha="right")
    axes.axvline(proof.null_level, color=ORANGE, linestyle="--")
    axes.text(proof.null_level, len(rows) - 0.45, " chance", color=ORANGE, va="bottom")
    axes.set(title="share explained of the orders of the next 60 days", yticks=[], xticks=[], ylim=(-0.6, len(rows)))
    axes.spines[:].set_visible(False)


def draw_segments(axes: Axes, proof: Proof) -> None:
    """The mean of each segment with its interval, and that of all customers."""
    rows = list(reversed(proof.segments))
    for position, row in enumerate(rows):
        if row.mean is None:
            axes.text(0, position, " not shown", va="center", color=GRAY)
            continue
        if row.low is not None and row.high is not None:
            axes.plot([row.low, row.high], [position, position], color=BLUE, linewidth=2)
        axes.plot(row.mean, position, "o", color=BLUE)
    axes.axvline(proof.mean, color=GRAY, linestyle="--")
    axes.text(proof.mean, len(rows) - 0.45, " all customers", color=GRAY, va="bottom")
    axes.set_yticks(range(len(rows)), [row.name.replace(" · ", "\n") for row in rows])
    axes.set(title="orders per customer in the next 60 days", ylim=(-0.6, len(rows)), xlim=(0, None))
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)


def main() -> None:
    """Write the picture."""
    shop = make_shop(500, 0)
    proof = prove(shop.orders, goal="repeat_purchase", as_of=shop.as_of, horizon_days=60, method="kmeans")
    figure, (left, right) = plt.subplots(1, 2, figsize=(12, 3.9), layout="constrained")
    draw_ways(left, proof)
    draw_segments(right, proof)
    figure.savefig(TARGET, dpi=100, metadata={"Software": None})


if __name__ == "__main__":
    main()
