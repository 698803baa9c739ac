"""What do rfm and rhythm cost beside hand-written polars, a pandas groupby and lifetimes?

5 million order lines of 250,000 customers. Limits: 1.3 × bare polars for the same columns; lifetimes' summary at least
15 × slower than rfm; a pandas frame at least 3 × faster than a pandas groupby for the same columns; ten times the
rows at most 11 times the time.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
from _logs import AS_OF, write_log
from _measure import interleaved_seconds, parse_options, print_ratios

from custseg.features import build_features, rfm

FAMILIES = ("rfm", "rhythm")


def bare_polars(path: Path) -> pl.DataFrame:
    """The columns of both families that one query can give, as an analyst would write it."""
    day = pl.col("ordered_at").dt.date()
    buys = pl.col("amount") > 0
    as_of = pl.lit(AS_OF).str.to_date()
    days = pl.col("day").filter(buys)
    gaps = days.unique().sort().diff().dt.total_days()
    first_day = pl.col("amount").filter(buys & (pl.col("day") == days.min())).sum()
    age = (as_of - days.min()).dt.total_days()
    late = ((as_of - days).dt.total_days() * 2 < age).sum()
    sums = (
        pl.scan_parquet(path)
        .filter(pl.col("ordered_at") < as_of.cast(pl.Datetime))
        .group_by("customer_id", "order_id")
        .agg(pl.col("amount").sum(), day.min().alias("day"))
        .group_by("customer_id")
        .agg(
            (as_of - days.max()).dt.total_days().alias("recency_days"),
            age.alias("age_days"),
            buys.sum().alias("order_count"),
            days.n_unique().alias("order_days"),
            pl.col("amount").sum().alias("revenue"),
            (days.max() - days.min()).dt.total_days().alias("recency_span_days"),
            first_day.alias("first_day"),
            pl.col("amount").filter(buys).sum().alias("spent"),
            pl.col("amount").filter(buys).std().alias("spread"),
            gaps.mean().alias("gap_days_mean"),
            (gaps.std() / gaps.mean()).alias("gap_cv"),
            late.alias("late"),
            pl.col("amount").filter(buys & pl.col("day").dt.month().is_in([11, 12])).sum().alias("peak"),
        )
        .filter(pl.col("order_count") > 0)
    )
    return (
        sums.with_columns(
            (pl.col("revenue") / pl.col("order_count")).alias("order_value"),
            (pl.col("order_count") / pl.max_horizontal("age_days", 30) * 30).alias("orders_per_30d"),
            ((pl.col("spent") - pl.col("first_day")) / (pl.col("order_days") - 1)).alias("repeat_value"),
            (pl.col("peak") / pl.col("spent")).alias("peak_share"),
            ((pl.col("late") + 0.5) / (pl.col("order_count") - pl.col("late") + 0.5)).log().alias("trend"),
            (pl.col("recency_days") / pl.col("gap_days_mean")).alias("overdue_ratio"),
        )
        .sort("customer_id")
        .collect()
    )


def pandas_groupby(log: pd.DataFrame) -> pd.DataFrame:
    """The first columns of rfm, as an analyst would write them in pandas."""
    as_of = pd.Timestamp(AS_OF)
    log = log[log["ordered_at"] < as_of]
    orders = log.groupby(["customer_id", "order_id"]).agg(amount=("amount", "sum"), at=("ordered_at", "min"))
    orders = orders.reset_index()
    orders["day"] = orders["at"].dt.normalize()
    bought = orders[orders["amount"] > 0]
    table = bought.groupby("customer_id").agg(
        last=("day", "max"), first=("day", "min"), order_count=("day", "size"), order_days=("day", "nunique")
    )
    table["recency_days"] = (as_of - table["last"]).dt.days
    table["age_days"] = (as_of - table["first"]).dt.days
    table["revenue"] = orders.groupby("customer_id")["amount"].sum()
    table["order_value"] = table["revenue"] / table["order_count"]
    return table.sort_index()


def lifetimes_summary(log: pd.DataFrame) -> object:
    """Recency, frequency, T and monetary value by lifetimes."""
    from lifetimes.utils import summary_data_from_transaction_data

    return summary_data_from_transaction_data(
        log, "customer_id", "ordered_at", monetary_value_col="amount", observation_period_end=AS_OF
    )


def both(table: object) -> object:
    """Both families by custseg."""
    return build_features(table, as_of=AS_OF, families=FAMILIES)


def main() -> None:
    """Print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=5_000_000)
    parser.add_argument("--customers", type=int, default=250_000)
    parser.add_argument("--runs", type=int, default=5)
    options = parse_options(parser, lines=200_000, customers=10_000, runs=2)
    title = f"{options.lines:,} lines, {options.customers:,} customers"
    with tempfile.TemporaryDirectory() as folder:
        path, tenth = Path(folder) / "orders.parquet", Path(folder) / "tenth.parquet"
        write_log(path, options.lines, options.customers)
        write_log(tenth, options.lines // 10, options.customers // 10)
        # An order whose lines cancel out is worth 1e-15 in floating point, and a purchase to the bare query.
        differ = bare_polars(path)["order_days"].to_numpy() != rfm(path, as_of=AS_OF)["order_days"].to_numpy()
        assert np.mean(differ) < 1e-3, np.mean(differ)
        seconds = interleaved_seconds(
            {"bare polars": lambda: bare_polars(path), "rfm + rhythm": lambda: both(path)}, options.runs
        )
        print_ratios(f"rfm + rhythm, {title}, from Parquet", seconds, "bare polars", {"rfm + rhythm": 1.3})
        log = pd.read_parquet(path)
        seconds = interleaved_seconds(
            {
                "pandas groupby": lambda: pandas_groupby(log),
                "rfm of a pandas frame": lambda: rfm(log, as_of=AS_OF),
            },
            3,
        )
        print_ratios(f"rfm, {title}, pandas frame", seconds, "pandas groupby", {"rfm of a pandas frame": 1 / 3})
        seconds = interleaved_seconds({"a tenth": lambda: both(tenth), "all rows": lambda: both(path)}, 5)
        print_ratios("growth: ten times the rows", seconds, "a tenth", {"all rows": 11})
        try:
            seconds = interleaved_seconds(
                {
                    "lifetimes": lambda: lifetimes_summary(log),
                    "rfm of a pandas frame": lambda: rfm(log, as_of=AS_OF),
                },
                1,
            )
        except ImportError:
            print("\nlifetimes is not installed: pip install lifetimes")
        else:
            print_ratios(f"against lifetimes, {title}", seconds, "lifetimes", {"rfm of a pandas frame": 1 / 15})


if __name__ == "__main__":
    main()
