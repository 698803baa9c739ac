"""Writes the month ends side by side into docs/online_retail.md: `python tools/month_ends.py online_retail.parquet`."""

from __future__ import annotations

import re
import sys
from datetime import date
from pathlib import Path

import numpy as np
from sklearn.metrics import adjusted_rand_score

from custseg import Orders, Segmentation, fit_segments
from custseg.datasets import load_online_retail

PAGE = Path(__file__).resolve().parents[1] / "docs" / "online_retail.md"
SECTION = re.compile(r"(?<=<!-- month ends -->\n).*?(?=<!-- end of month ends -->)", re.DOTALL)
DATES = ("2011-09-01", "2011-10-01", "2011-11-01", "2011-12-01")


def fitted(file: str | Path | None) -> list[Segmentation]:
    """The segments of the shop at each month end, by the defaults."""
    orders = Orders(
        load_online_retail(file),
        customer="CustomerID",
        order="InvoiceNo",
        date="InvoiceDate",
        quantity="Quantity",
        price="UnitPrice",
    )
    return [fit_segments(orders, as_of=as_of) for as_of in DATES]


def agreement(before: Segmentation, after: Segmentation) -> float:
    """Adjusted Rand index of both models' segments of the customers of the later date."""
    labels = [result.model.labels(after.features) for result in (before, after)]
    inside = np.logical_and(labels[0] >= 0, labels[1] >= 0)
    return float(adjusted_rand_score(labels[0][inside], labels[1][inside]))


def row(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def size_cell(result: Segmentation, name: str) -> str:
    """Number and share of the customers in the segment of that name, a dash without one."""
    sizes = {segment.name: segment.size for segment in result.profiles.segments}
    return f"{sizes[name]:,} ({sizes[name] / sum(sizes.values()):.0%})" if name in sizes else "–"


def section(file: str | Path | None = None) -> str:
    """The table of the month ends, a column per date; names are in the order in which the dates have them."""
    results = fitted(file)
    choices = [result.choice for result in results]
    clustered = [sum(segment.size for segment in result.profiles.segments) for result in results]
    before = [None, *results[:-1]]
    agreements = [
        "–" if earlier is None else f"{agreement(earlier, result):.2f}"
        for earlier, result in zip(before, results, strict=True)
    ]
    names = dict.fromkeys(segment.name for result in results for segment in result.profiles.segments)
    lines = [
        row("as of", *(f"{day.day} {day:%B %Y}" for day in map(date.fromisoformat, DATES))),
        row("---", *("---:" for _ in DATES)),
        row("customers", *(f"{n:,}" for n in clustered)),
        row("segments", *(len(result.profiles.segments) for result in results)),
        row("verdict", *(choice.verdict for choice in choices)),
        row("agreement with the month before", *agreements),
        *(row(name, *(size_cell(result, name) for result in results)) for name in names),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(
        SECTION.sub(lambda _: section(*sys.argv[1:2]), PAGE.read_text(encoding="utf-8"), count=1), encoding="utf-8"
    )
