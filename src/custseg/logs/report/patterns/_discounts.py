"""Discounts that are rates or percentages instead of money."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from custseg._frames import MONEY_UNIT
from custseg.logs.report._findings import Finding, FindingWriter, column_name

_SMALL = 10
_OFTEN = 0.05
_STEP = 5
_FEWEST = 2


def discount_sums(lines: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """One row: number of lines with a discount, properties of the discounts, and sums of discounts and amounts."""
    col = nw.col
    off = col("discount").abs()
    marks = {
        "fractions": off < MONEY_UNIT,
        "uneven": off % (_STEP * MONEY_UNIT) != 0,
        "above": off > col("money").abs(),
    }
    discounted = lines.filter(off > 0).with_columns(
        off.cast(nw.Float64).alias("off"),
        col("money").abs().cast(nw.Float64).alias("size"),
        *(nw.when(mark).then(nw.lit(1)).alias(name) for name, mark in marks.items()),
    )
    return discounted.select(
        col("off").count().alias("lines"),
        *(col(name).count() for name in marks),
        col("off").n_unique().alias("different"),
        col("off").max().alias("largest"),
        col("off").sum(),
        col("size").sum(),
    )


def discount_findings(write: FindingWriter, column: str, sums: nw.DataFrame[Any]) -> list[Finding]:
    """Findings if discounts look like rates or percentages, and as money are out of proportion to the amounts.

    Rates are at most 1, percentages multiples of 5 up to 100. As money they would be negligible compared
    with the amounts; percentages may also exceed the amount paid on many lines.
    """
    row = sums.rows(named=True)[0]
    count = int(row["lines"])
    if not count:
        return []
    small = row["size"] > _SMALL * row["off"]
    rates = bool(row["fractions"]) and row["largest"] <= MONEY_UNIT and small
    even = not row["uneven"] and row["largest"] <= 100 * MONEY_UNIT and row["different"] >= _FEWEST
    percentages = even and (small or row["above"] > _OFTEN * count)
    fields = {"column": column_name(column)}
    return [
        *write("discount_rates", count if rates else 0, "warning", **fields),
        *write("discount_percentages", count if percentages else 0, "warning", **fields),
    ]
