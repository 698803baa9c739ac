"""Draws docs/how_to/power_bi_tableau.png: what the tables of `export_bi` become, from the Parquet files alone."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import fill

import matplotlib.pyplot as plt
import numpy as np
import polars as pl
from matplotlib.axes import Axes

from custseg import Orders, fit_segments
from custseg.datasets import make_shop
from custseg.exports import export_bi
from custseg.plots._canvas import segment_color
from custseg.tracking import SegmentHistory

TARGET = Path(__file__).parents[1] / "how_to" / "power_bi_tableau.png"
MONTHS = [f"2025-{month:02d}-01" for month in range(1, 8)]


def export(folder: Path) -> dict[str, pl.DataFrame]:
    """The tables of a shop: a fit and six months after it."""
    shop = make_shop(2_000, 0)
    orders = Orders(shop.orders, cancelled="cancelled", discount="discount")
    fit = fit_segments(orders, as_of=MONTHS[0], method="kmeans", n_segments=4)
    export_bi(fit, folder / "bi")
    history = SegmentHistory(folder / "history")
    for as_of in MONTHS[1:]:
        history.record(fit.model.assign(orders, as_of=as_of), as_of)
    files = export_bi(history, folder / "bi").files
    return {file.stem: pl.read_parquet(file) for file in files if file.suffix == ".parquet"}


def draw_customers(axes: Axes, tables: dict[str, pl.DataFrame]) -> None:
    """Customers of each segment by snapshot, as stacked columns."""
    sizes = tables["fact_metric"].filter(measure="size")
    below = np.zeros(len(MONTHS))
    for key, name in tables["dim_segment"].filter(pl.col("segment_key") >= 0).select("segment_key", "name").rows():
        heights = sizes.filter(segment_key=key).sort("date")["value"].to_numpy()
        months, color = [month[:7] for month in MONTHS], segment_color(key)
        axes.bar(months, heights, bottom=below, color=color, width=0.75, edgecolor="white", label=name)
        below += heights
    axes.set(title="Customers by month", ylabel="customers")
    axes.legend(fontsize=9, frameon=False, loc="lower center", bbox_to_anchor=(0.5, -0.34), ncols=2)


def draw_medians(axes: Axes, tables: dict[str, pl.DataFrame]) -> None:
    """The medians of the clustered features at the fit, as a table."""
    clustered = tables["dim_feature"].filter("is_clustered")
    rows = tables["fact_metric"].filter(measure="q50").join(clustered, on="feature_key")
    segments = tables["dim_segment"].filter(pl.col("segment_key") >= 0)
    cells = [
        [f"{rows.filter(segment_key=key, label=label)['value'].item():,.0f}" for label in clustered["label"]]
        for key in segments["segment_key"]
    ]
    table = axes.table(
        cells,
        rowLabels=segments["name"].to_list(),
        colLabels=[fill(label, 12) for label in clustered["label"]],
        loc="center",
        cellLoc="right",
        bbox=(0.34, 0.1, 0.66, 0.8),
    )
    for column in range(clustered.height):
        table[0, column].set_height(1.6 * table[1, 0].get_height())
    table.auto_set_font_size(False)
    table.set_fontsize(9)
    axes.set(title="Medians at the fit")
    axes.axis("off")


def main() -> None:
    """Write the picture."""
    with TemporaryDirectory() as folder:
        tables = export(Path(folder))
    figure, (left, right) = plt.subplots(1, 2, figsize=(12, 4.2), layout="constrained")
    draw_customers(left, tables)
    draw_medians(right, tables)
    for side in ("top", "right"):
        left.spines[side].set_visible(False)
    figure.savefig(TARGET, dpi=100, metadata={"Software": None})


if __name__ == "__main__":
    main()
