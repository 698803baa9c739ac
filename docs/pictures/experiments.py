"""Draws docs/guides/experiments.png: the lift that a segment can show, by its size and the base rate."""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import FuncFormatter, NullFormatter

from custseg.proof import detectable_lift

COLORS = ("#C44E52", "#DD8452", "#55A868", "#4C72B0", "#8172B3")
TARGET = Path(__file__).parents[1] / "guides" / "experiments.png"
RATES = (0.01, 0.02, 0.05, 0.1, 0.2)
LIFTS = (0.1, 0.2, 0.5, 1.0, 2.0)
SIZES = np.unique(np.round(np.geomspace(200, 100_000, 80)).astype(int))


def main() -> None:
    """Write the picture."""
    figure, axes = plt.subplots(figsize=(8.5, 4.6), layout="constrained")
    for rate, color in zip(RATES, COLORS, strict=True):
        shows = np.array([detectable_lift(int(size), rate) for size in SIZES])
        axes.plot(SIZES, shows, color=color, linewidth=2)
        axes.text(SIZES[-1] * 1.05, shows[-1], f"{rate:.0%}", color=color, va="center", fontweight="bold")
    axes.axhline(0.5, color="#9AA3AF", linestyle="--", linewidth=1)
    axes.set(xscale="log", yscale="log", ylim=(0.03, 3), xlim=(SIZES[0], SIZES[-1] * 1.02))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda size, _: f"{size:,.0f}"))
    axes.set_yticks(LIFTS, [f"+{lift:.0%}" for lift in LIFTS])
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.set(xlabel="customers of the segment, half of them held out", ylabel="smallest rise that is shown")
    axes.set_title("base rate on the right; power 80 %, alpha 5 %", fontsize=11)
    axes.grid(color="#E5E7EB", linewidth=0.8)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(TARGET, dpi=100, metadata={"Software": None})


if __name__ == "__main__":
    main()
