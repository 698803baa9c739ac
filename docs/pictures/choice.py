"""Draws docs/guides/choice.png: why the shop of the guide has so many segments."""

from __future__ import annotations

from pathlib import Path

from custseg import Orders, fit_segments
from custseg.datasets import make_shop
from custseg.plots import plot_choice

TARGET = Path(__file__).parents[1] / "guides" / "choice.png"


def main() -> None:
    """Write the picture."""
    shop = make_shop(2_000, random_state=0)
    orders = Orders(shop.orders, cancelled="cancelled", discount="discount")
    axes = plot_choice(fit_segments(orders, as_of=shop.as_of))
    axes.figure.savefig(TARGET, dpi=110, metadata={"Software": None})


if __name__ == "__main__":
    main()
