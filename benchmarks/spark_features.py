"""What do the features of orders cost in Spark beside hand-written Spark SQL for the same columns?

20 million order lines of 1 million customers, from Parquet to Parquet: families `rfm` and `rhythm`. Limits: 1.3 × the
SQL, and four times the lines at most 4.4 × the time. The SQL is as an analyst would write it who knows Spark: what is
used twice is kept, the figures of the base (median gap, shrinkage of order values, weeks of the peak) are queries of
their own. All columns of both are compared before anything is timed.

It needs PySpark and Java: run it with `tools/with-java .venv-spark/bin/python benchmarks/spark_features.py`.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from _logs import AS_OF, write_log
from _measure import interleaved_seconds, parse_options, print_ratios

from custseg.features import build_features

RATIO, GROWTH = 1.3, 4.4
BY_HAND, CUSTSEG = "Spark SQL by hand", "build_features"

REVENUE = f"SELECT DATE(ordered_at) AS day, SUM(amount) AS revenue FROM {{log}} WHERE ordered_at < '{AS_OF}' GROUP BY 1"
DAYS = f"""
    WITH orders AS (
        SELECT customer_id, order_id, ROUND(SUM(amount), 2) AS net, DATE(MIN(ordered_at)) AS day,
               MAX(amount) > 0 AS placed
        FROM {{log}} WHERE ordered_at < '{AS_OF}' GROUP BY customer_id, order_id
    ), days AS (
        SELECT customer_id, IF(net > 0, day, NULL) AS day, COUNT_IF(net > 0) AS orders,
               COUNT_IF(net <= 0 AND placed) AS returned, SUM(net) AS net,
               SUM(IF(net > 0, net, 0)) AS spent, SUM(IF(net > 0, net * net, 0)) AS squares
        FROM orders GROUP BY 1, 2
    )
    SELECT *, MIN(day) OVER (PARTITION BY customer_id) AS first_day,
           DATEDIFF(day, LAG(day) OVER (PARTITION BY customer_id ORDER BY day)) AS gap
    FROM days
"""
CUSTOMERS = """
    SELECT customer_id, DATEDIFF(DATE '{as_of}', MAX(day)) AS recency_days,
           DATEDIFF(DATE '{as_of}', MIN(day)) AS age_days, SUM(orders) AS order_count, COUNT(day) AS order_days,
           SUM(net) AS revenue, SUM(spent) AS spent, SUM(squares) AS squares, SUM(returned) AS returned_orders,
           SUM(IF(day = first_day, spent, 0)) AS first_spent, COUNT(gap) AS gaps, SUM(gap) AS total,
           SUM(gap * gap) AS q,
           SUM(IF(2 * DATEDIFF(DATE '{as_of}', day) < DATEDIFF(DATE '{as_of}', first_day), orders, 0)) AS late,
           SUM(IF(LEAST((DAYOFYEAR(day) - 1) DIV 7, 51) IN ({weeks}), spent, 0)) AS peak
    FROM {{days}} GROUP BY customer_id
"""
MEDIAN_GAP = "SELECT PERCENTILE(gap, 0.5) FROM {days}"
BASE = """
    SELECT COUNT(*) AS c, SUM(order_count) AS n, SUM(order_count * order_count) AS n2, SUM(revenue) AS revenue,
           SUM(spent) AS spent, SUM(squares) AS squares, SUM(spent * spent / order_count) AS between
    FROM {customers} WHERE order_count > 0
"""
FEATURES = """
    SELECT customer_id, recency_days, age_days, order_count, order_days, ROUND(revenue, 2) AS revenue,
           revenue / order_count AS order_value,
           (revenue + {weight!r} * {value!r}) / (order_count + {weight!r}) AS order_value_shrunk,
           30 * order_count / GREATEST(age_days, 30) AS orders_per_30d,
           IF(order_count > 0, COALESCE(total, 0), NULL) AS recency_span_days, order_days - 1 AS repeat_count,
           IF(order_days > 1, (spent - first_spent) / (order_days - 1), NULL) AS repeat_value, returned_orders,
           IF(gaps > 0, total / gaps, NULL) AS gap_days_mean,
           IF(gaps > 1, SQRT(GREATEST(q - total * total / gaps, 0) / (gaps - 1)) / (total / gaps), NULL) AS gap_cv,
           (COALESCE(total, 0) + 2 * {gap!r}) / (gaps + 2) AS expected_gap_days,
           recency_days / ((COALESCE(total, 0) + 2 * {gap!r}) / (gaps + 2)) AS overdue_ratio,
           LN((late + 0.5) / (order_count - late + 0.5)) AS trend, peak / spent AS peak_share
    FROM {{customers}} WHERE order_count > 0
"""


def session() -> Any:
    """A local session of two cores."""
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    builder = builder.config("spark.driver.memory", "5g").config("spark.sql.shuffle.partitions", "8")
    return builder.config("spark.log.level", "ERROR").getOrCreate()


def peak_weeks(revenue: Any) -> list[int]:
    """The six weeks of the year with the largest mean revenue of a day."""
    table = pl.DataFrame(pl.from_arrow(revenue))
    days = pl.select(day=pl.date_range(table["day"].min(), pl.lit(AS_OF).str.to_date(), closed="left"))
    week = pl.min_horizontal((pl.col("day").dt.ordinal_day() - 1) // 7, pl.lit(51))
    means = days.join(table, on="day", how="left").group_by(week.alias("week")).agg(pl.col("revenue").sum() / pl.len())
    return means.sort("revenue", descending=True)["week"].head(6).to_list()


def by_hand(log: Path, target: Path) -> None:
    """The queries, one after the other."""
    spark = session()
    orders = spark.read.parquet(str(log))
    weeks = ", ".join(map(str, peak_weeks(spark.sql(REVENUE, log=orders).toArrow())))
    days = spark.sql(DAYS, log=orders).persist()
    customers = spark.sql(CUSTOMERS.format(as_of=AS_OF, weeks=weeks), days=days).persist()
    base = spark.sql(BASE, customers=customers).collect()[0]
    within = (base.squares - base.between) / (base.n - base.c)
    among = (base.between - base.spent**2 / base.n) / (base.c - 1)
    between = (among - within) * (base.c - 1) / (base.n - base.n2 / base.n)
    figures = {"gap": float(spark.sql(MEDIAN_GAP, days=days).collect()[0][0]), "value": base.revenue / base.n}
    # Without a variance between customers the weight is without limit.
    figures["weight"] = within / between if between > 0 else 1e18
    spark.sql(FEATURES.format(**figures), customers=customers).write.mode("overwrite").parquet(str(target))
    customers.unpersist()
    days.unpersist()


def by_custseg(log: Path, target: Path) -> None:
    """Both families by custseg."""
    features = build_features(session().read.parquet(str(log)), as_of=AS_OF, families=["rfm", "rhythm"])
    features.frame.write.mode("overwrite").parquet(str(target))
    features.release()


def check(log: Path, folder: Path) -> None:
    """Stop unless all columns of both are equal for nearly all buyers.

    An order whose lines cancel out can be worth 1e-15 in floating point; there both may differ.
    """
    by_hand(log, folder / "by_hand")
    by_custseg(log, folder / "custseg")
    expected = pl.read_parquet(folder / "by_hand" / "*.parquet").sort("customer_id")
    actual = pl.read_parquet(folder / "custseg" / "*.parquet").filter(pl.col("order_count") > 0).sort("customer_id")
    assert set(actual.columns) == set(expected.columns), set(actual.columns) ^ set(expected.columns)
    assert actual["customer_id"].equals(expected["customer_id"].cast(actual["customer_id"].dtype))
    for name in actual.columns[1:]:
        pairs = [table[name].cast(pl.Float64).to_numpy() for table in (actual, expected)]
        share = float(np.mean(np.isclose(*pairs, rtol=1e-6, atol=1e-6, equal_nan=True)))
        assert share > 0.999, (name, share)


def main() -> None:
    """Print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=20_000_000)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    options = parse_options(parser, lines=400_000, customers=20_000, runs=1)
    if find_spec("pyspark") is None:
        print("PySpark is not installed.")
        return
    folder = Path(tempfile.mkdtemp())
    try:
        log, quarter = folder / "orders.parquet", folder / "quarter.parquet"
        write_log(log, options.lines, options.customers)
        write_log(quarter, options.lines // 4, options.customers // 4)
        check(quarter, folder)
        target = folder / "target"
        title = f"rfm + rhythm, {options.lines:,} lines, {options.customers:,} customers, Parquet to Parquet"
        contenders = {
            "a quarter": lambda: by_custseg(quarter, target),
            BY_HAND: lambda: by_hand(log, target),
            CUSTSEG: lambda: by_custseg(log, target),
        }
        seconds = interleaved_seconds(contenders, options.runs)
        both = {name: seconds[name] for name in (BY_HAND, CUSTSEG)}
        print_ratios(title, both, BY_HAND, {CUSTSEG: RATIO})
        growth = {"a quarter": seconds["a quarter"], "all lines": seconds[CUSTSEG]}
        print_ratios("growth: four times the lines", growth, "a quarter", {"all lines": GROWTH})
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
