"""What do exact features cost beside a bare hand-written query for the same columns?

5 million order lines of 250,000 customers, from Parquet. Limits: features 1.5 × the bare polars query, and the
data report as much again.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np
import polars as pl
from _logs import AS_OF, write_log
from _measure import interleaved_seconds, parse_options, print_ratios

from custseg.features import rfm
from custseg.logs import described_logs, report_on


def six_columns(path: Path) -> pl.LazyFrame:
    """Recency, age, orders, order days, revenue and order value, as an analyst would write them in polars."""
    return _customers(path).with_columns((pl.col("revenue") / pl.col("order_count")).alias("order_value"))


def all_columns(path: Path) -> pl.LazyFrame:
    """The same and the other columns of rfm: rates, shrunk order value, repeat purchases."""
    days = pl.col("day").filter(pl.col("amount") > 0)
    bought = pl.col("amount").filter(pl.col("amount") > 0)
    first_day = pl.col("amount").filter((pl.col("amount") > 0) & (pl.col("day") == days.min())).sum()
    more = [
        (days.max() - days.min()).dt.total_days().alias("recency_span_days"),
        bought.sum().alias("spent"),
        first_day.alias("first_day"),
        (bought**2).sum().alias("squares"),
    ]
    n, mean = pl.col("order_count"), pl.col("spent") / pl.col("order_count")
    within = (pl.col("squares") - n * mean**2).sum() / (n.sum() - pl.len())
    grand = pl.col("spent").sum() / n.sum()
    typical = (n.sum() - (n**2).sum() / n.sum()) / (pl.len() - 1)
    between = ((n * (mean - grand) ** 2).sum() / (pl.len() - 1) - within) / typical
    base, weight = pl.col("revenue").sum() / n.sum(), within / between
    repeats = pl.col("order_days").cast(pl.Int64) - 1
    return _customers(path, *more).with_columns(
        (pl.col("revenue") / n).alias("order_value"),
        ((pl.col("revenue") + weight * base) / (n + weight)).alias("order_value_shrunk"),
        (30 * n / pl.max_horizontal("age_days", 30)).alias("orders_per_30d"),
        repeats.alias("repeat_count"),
        ((pl.col("spent") - pl.col("first_day")) / repeats).alias("repeat_value"),
    )


def _customers(path: Path, *more: pl.Expr) -> pl.LazyFrame:
    day = pl.col("ordered_at").dt.date()
    purchase = pl.col("amount") > 0
    as_of = pl.lit(AS_OF).str.to_date()
    days = pl.col("day").filter(purchase)
    return (
        pl.scan_parquet(path)
        .filter(pl.col("ordered_at") < as_of.cast(pl.Datetime))
        .group_by("customer_id", "order_id")
        .agg(pl.col("amount").sum(), day.min().alias("day"))
        .group_by("customer_id")
        .agg(
            (as_of - days.max()).dt.total_days().alias("recency_days"),
            (as_of - days.min()).dt.total_days().alias("age_days"),
            purchase.sum().alias("order_count"),
            days.n_unique().alias("order_days"),
            pl.col("amount").sum().alias("revenue"),
            *more,
        )
        .filter(pl.col("order_count") > 0)
        .sort("customer_id")
    )


def main() -> None:
    """Print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=5_000_000)
    parser.add_argument("--customers", type=int, default=250_000)
    parser.add_argument("--runs", type=int, default=9)
    options = parse_options(parser, lines=200_000, customers=10_000, runs=3)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "orders.parquet"
        write_log(path, options.lines, options.customers)
        _check(rfm(path, as_of=AS_OF), all_columns(path).collect())
        logs = described_logs(path, None, as_of=AS_OF, caller="benchmark")
        _ = logs.order_counts  # counted once, outside the measured calls
        seconds = interleaved_seconds(
            {
                "bare polars, same columns": lambda: all_columns(path).collect(),
                "bare polars, six columns": lambda: six_columns(path).collect(),
                "custseg rfm": lambda: rfm(path, as_of=AS_OF),
                "custseg data report": lambda: report_on(logs),
            },
            options.runs,
        )
    print_ratios(
        f"rfm of {options.lines:,} lines, {options.customers:,} customers, from Parquet",
        seconds,
        "bare polars, same columns",
        {"custseg rfm": 1.5, "custseg data report": 1.5},
    )


def _check(exact: pl.DataFrame, bare: pl.DataFrame) -> None:
    """Both say the same, but where floating point makes an order of lines that cancel out a purchase of 1e-15."""
    both = exact.join(bare, on="customer_id", suffix="_bare")
    # All customers of this log are alike, so that the weight of the shrunk value is a ratio to next to nothing.
    for name in exact.drop("customer_id", "order_value_shrunk").columns:
        ours, theirs = (both[column].cast(pl.Float64).fill_null(0.0).to_numpy() for column in (name, f"{name}_bare"))
        near = np.isclose(ours, np.nan_to_num(theirs, posinf=0.0), rtol=1e-3, atol=1e-3)
        assert near.mean() > 0.999, (name, near.mean())


if __name__ == "__main__":
    main()
