"""Draws docs/guides/segments.png: the segments of the example in README.md."""

from __future__ import annotations

from pathlib import Path

from custseg import Orders, fit_segments
from custseg.datasets import make_shop
from custseg.plots import plot_segments

TARGET = Path(__file__).parents[1] / "guides" / "segments.png"


def main() -> None:
    """Write the picture."""
    shop = make_shop(2_000, random_state=0)
    result = fit_segments(Orders(shop.orders, cancelled="cancelled", discount="discount"), as_of=shop.as_of)
    plot_segments(result).savefig(TARGET, dpi=100, metadata={"Software": None})


if __name__ == "__main__":
    main()
