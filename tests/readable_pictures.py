"""Whether a picture can be read: every text inside, no name over another."""

from functools import cache
from itertools import pairwise
from typing import Any

import matplotlib.text
import numpy as np
import polars as pl
from matplotlib.figure import Figure
from quick import quick_fit

from custseg import Segmentation
from custseg.datasets import make_shop


def words_of(figure: Figure) -> list[str]:
    """All that is written in the figure, in one line each."""
    return [" ".join(text.get_text().split()) for text in figure.findobj(matplotlib.text.Text) if text.get_text()]


def assert_readable(figure: Figure) -> None:
    """Nothing is drawn beyond the edges of the figure, and no name beside an axis over the next one."""
    figure.draw_without_rendering()
    drawn, (width, height) = figure.get_tightbbox(), figure.get_size_inches()
    assert min(drawn.x0, drawn.y0) >= -0.02, f"beyond the left or lower edge: {drawn}"
    assert max(drawn.x1 - width, drawn.y1 - height) <= 0.02, f"beyond the right or upper edge: {drawn}"
    for axes in figure.axes:
        names = [label for label in axes.get_yticklabels() if label.get_text() and label.get_visible()]
        boxes = sorted((name.get_window_extent() for name in names), key=lambda box: box.y0)
        assert all(lower.y1 <= upper.y0 + 2 for lower, upper in pairwise(boxes)), [name.get_text() for name in names]


@cache
def reassigned_result() -> Segmentation:
    """40, 40 and 10 customers around three points, and a minimum size of 20."""
    rng = np.random.default_rng(0)
    points = np.repeat([[0.0, 0.0], [6.0, 0.0], [3.0, 4.0]], [40, 40, 10], axis=0) + rng.normal(size=(90, 2))
    table = pl.DataFrame({"client": range(90), "income": points[:, 0], "visits": points[:, 1]})
    return quick_fit(features=table, n_segments=3, min_size=20)


@cache
def one_column_result(n_segments: int) -> Segmentation:
    """Sixty customers with 0 to 59 in their only column."""
    table = pl.DataFrame({"client": [f"c{number}" for number in range(60)], "spent": np.arange(60.0)})
    return quick_fit(features=table, n_segments=n_segments, min_size=5)


@cache
def awkward_result(case: str) -> Segmentation:
    """A result that is hard to draw: few or many segments, long and hostile names, one giant segment, Russian."""
    long = {0: "$x_1$ & <b>the very long name</b> of a segment that somebody typed", 1: "Δ $$$ \\frac"}
    match case:
        case "two":
            return _shop_fit(n_segments=2)
        case "eight, Russian":
            return _shop_fit(n_segments=8, min_size=5, language="ru")
        case "long names":
            return _shop_fit(n_segments=3).rename(long)
        case "fifteen":
            return quick_fit(features=_table_around(np.arange(900) % 15), n_segments=15, min_size=5)
        case "giant":
            return quick_fit(features=_table_around(np.where(np.arange(900) < 860, 0, 1)), n_segments=2, min_size=5)
    raise KeyError(case)


def _shop_fit(**arguments: Any) -> Segmentation:
    shop = _shop()
    return quick_fit(shop.orders, as_of=shop.as_of, **arguments)


@cache
def _shop() -> Any:
    return make_shop(600, 0)


def _table_around(kinds: np.ndarray) -> pl.DataFrame:
    """Customers around the center of their kind, in columns with long and odd names."""
    rng = np.random.default_rng(0)
    X = rng.normal(scale=12, size=(15, 3))[kinds] + rng.normal(size=(len(kinds), 3))
    columns = dict(zip(("income", "a_rather_long_name_of_a_column", "cost in $"), X.T, strict=True))
    return pl.DataFrame({"client": range(len(kinds)), **columns})
