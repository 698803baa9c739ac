"""Draws docs/guides/scorecard.png: three measures of each segment with their intervals."""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from custseg import Events, Orders, fit_segments
from custseg.datasets import make_shop
from custseg.insights import Scorecard, scorecard

BLUE, GRAY = "#4C72B0", "#9AA3AF"
TARGET = Path(__file__).parents[1] / "guides" / "scorecard.png"
MEASURES = {"open_rate": "opened", "click_rate": "clicked", "conversion_rate": "bought"}


def draw(axes: Axes, card: Scorecard, measure: str, names: list[str]) -> None:
    """The rate of each segment with its interval; a bound where the rate is hidden."""
    figures = {row.name: row.figures[measure] for row in card.segments}
    for position, name in enumerate(reversed(names)):
        figure = figures[name]
        if figure.is_hidden:
            axes.text(0, position, " not shown", va="center", color=GRAY)
            continue
        axes.plot([figure.low, figure.high], [position, position], color=BLUE, linewidth=2)
        axes.plot(figure.value, position, "o", color=BLUE)
    axes.set(title=MEASURES[measure], ylim=(-0.6, len(names) - 0.4), xlim=(0, None))
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{share:.0%}"))
    axes.grid(axis="x", color="#E5E7EB", linewidth=0.8)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)


def main() -> None:
    """Write the picture."""
    shop = make_shop(2_000)
    orders = Orders(
        shop.orders,
        cancelled="cancelled",
        discount="discount",
        channel="channel",
        category="category",
        source="source",
        product="product",
    )
    events = Events(shop.events, channel="channel", campaign="campaign", machine="machine")
    result = fit_segments(orders, events=events, as_of="2025-01-01", method="kmeans")
    card = scorecard(result, events, orders, since="2025-01-01", until="2025-07-01")
    names = [row.name for row in card.segments if row.segment is not None]
    figure, panels = plt.subplots(1, 3, figsize=(12, 3), layout="constrained", sharey=True)
    for axes, measure in zip(panels, MEASURES, strict=True):
        draw(axes, card, measure, names)
    panels[0].set_yticks(range(len(names)), [name.replace(" · ", "\n") for name in reversed(names)])
    figure.savefig(TARGET, dpi=100, metadata={"Software": None})


if __name__ == "__main__":
    main()
