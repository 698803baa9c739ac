"""What do exact features cost beside a bare hand-written query for the same columns?

5 million order lines of 250,000 customers, from Parquet. Limits: features 1.5 × the bare polars query, and the
data report as much again.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import polars as pl
from _logs import AS_OF, write_log
from _measure import interleaved_seconds, print_ratios

from custseg.features import rfm
from custseg.tables import Orders, order_facts, order_report, parse_moment


def bare_query(path: Path) -> pl.DataFrame:
    """The same six columns, as an analyst would write them in polars."""
    day = pl.col("ordered_at").dt.date()
    purchase = pl.col("amount") > 0
    as_of = pl.lit(AS_OF).str.to_date()
    return (
        pl.scan_parquet(path)
        .filter(pl.col("ordered_at") < as_of.cast(pl.Datetime))
        .group_by("customer_id", "order_id")
        .agg(pl.col("amount").sum(), day.min().alias("day"))
        .group_by("customer_id")
        .agg(
            (as_of - pl.col("day").filter(purchase).max()).dt.total_days().alias("recency_days"),
            (as_of - pl.col("day").filter(purchase).min()).dt.total_days().alias("age_days"),
            purchase.sum().alias("order_count"),
            pl.col("day").filter(purchase).n_unique().alias("order_days"),
            pl.col("amount").sum().alias("revenue"),
        )
        .filter(pl.col("order_count") > 0)
        .with_columns((pl.col("revenue") / pl.col("order_count")).alias("order_value"))
        .sort("customer_id")
        .collect()
    )


def main() -> None:
    """Print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=5_000_000)
    parser.add_argument("--customers", type=int, default=250_000)
    parser.add_argument("--runs", type=int, default=9)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "orders.parquet"
        write_log(path, options.lines, options.customers)
        exact, bare = rfm(path, as_of=AS_OF), bare_query(path)
        assert exact.drop("revenue", "order_value").equals(bare.drop("revenue", "order_value").cast(pl.Int64))
        orders = Orders(path)
        snapshot = orders.dates.snapshot(parse_moment(AS_OF, "benchmark"))
        facts = order_facts(orders, snapshot, "benchmark")
        seconds = interleaved_seconds(
            {
                "bare polars": lambda: bare_query(path),
                "custseg rfm": lambda: rfm(path, as_of=AS_OF),
                "custseg data report": lambda: order_report(orders, snapshot, facts, refunds="net"),
            },
            options.runs,
        )
    print_ratios(
        f"rfm of {options.lines:,} lines, {options.customers:,} customers, from Parquet",
        seconds,
        "bare polars",
        {"custseg rfm": 1.5, "custseg data report": 1.5},
    )


if __name__ == "__main__":
    main()
