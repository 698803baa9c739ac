"""Is a fit in Spark the fit of one machine, within a small memory, and does assigning cost no more than a copy?

Limits: of 5,000,000 customers in Spark, the process of Python that fits needs less than 2 GB; the segments of all
customers equal those of a fit of all of them on one machine to an adjusted Rand index of .98 or more; each has the
minimum size among all customers; and assigning them takes at most 1.5 × reading and writing the table.

The medians of the profiles are those of the sample. Beside them stand quantile sketches of all customers
(`percentile_approx`, accuracy 10,000) with the seconds that they take more: printed is how far both are from the median
of all members, as a share of these: the mean and the largest of all segments and columns.

The fit and the copy in memory run in processes of their own, whose largest resident sets are compared. It needs PySpark
and Java: run it with `tools/with-java .venv-spark/bin/python benchmarks/spark_fit.py`.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import shutil
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from _measure import interleaved_seconds, parse_options, print_ratios
from sklearn.metrics import adjusted_rand_score

from custseg import SegmentModel, fit_segments

MEMORY, RAND, RATIO = 2.0, 0.98, 1.5
COPY, ASSIGN = "read and write the table", "assign, from Parquet to Parquet"
N_SEGMENTS = 5
COLUMNS = ("recency_days", "order_count", "revenue", "discount_share", "days_on_site")
MIN_SIZE = 0.15
"""Of five segments: large enough that it binds, so that offsets have to be solved."""


def write_customers(path: Path, count: int) -> None:
    """Customers of an invented shop: recency, orders and money as they are spread, without gaps between groups."""
    rng = np.random.default_rng(0)
    strength = rng.normal(size=count)
    orders = 1 + rng.poisson(np.exp(0.4 + 0.9 * strength))
    columns = {
        "customer_id": np.arange(count),
        "recency_days": np.minimum(1 + rng.exponential(np.exp(4.6 - 0.5 * strength)), 730).astype(np.int32),
        "order_count": orders.astype(np.int32),
        "revenue": (orders * np.exp(3.5 + 0.4 * rng.normal(size=count))).round(2),
        "discount_share": rng.beta(2, 5, count).round(3),
        "days_on_site": rng.poisson(np.exp(1.0 + 0.5 * strength + 0.4 * rng.normal(size=count))).astype(np.int32),
    }
    pl.DataFrame(columns).write_parquet(path, row_group_size=250_000)


def session() -> Any:
    """A local session of two cores."""
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    builder = builder.config("spark.driver.memory", "2g").config("spark.sql.shuffle.partitions", "8")
    return builder.config("spark.log.level", "ERROR").getOrCreate()


def fit_in_spark(folder: Path) -> dict[str, float]:
    """The fit in Spark; the model and all segments are written into the folder."""
    frame = session().read.parquet(str(folder / "customers.parquet"))
    start = time.perf_counter()
    result = fit_segments(features=frame, method="kmeans", n_segments=N_SEGMENTS, min_size=MIN_SIZE, progress=False)
    seconds = time.perf_counter() - start
    result.model.save(folder / "model.json")
    result.assignments.select("customer_id", "segment").write.parquet(str(folder / "segments"))
    return {"seconds": seconds, "passes": result.whole.passes, "seconds_of_sketches": write_medians(result, folder)}


def write_medians(result: Any, folder: Path) -> float:
    """The medians of the profiles, and those of sketches, whose seconds are returned."""
    rows = [{"segment": row.segment, **{name: row.medians[name] for name in COLUMNS}} for row in result.profiles]
    pl.DataFrame(rows, infer_schema_length=None).write_parquet(folder / "sample_medians.parquet")
    start = time.perf_counter()
    sketches = ", ".join(f"PERCENTILE_APPROX({name}, 0.5, 10000) AS {name}" for name in COLUMNS)
    query = f"SELECT segment, {sketches} FROM {{features}} JOIN {{segments}} USING (customer_id) GROUP BY segment"
    sketched = session().sql(query, features=result.whole.features.native, segments=result.assignments)
    pl.from_arrow(sketched.toArrow()).write_parquet(folder / "sketched_medians.parquet")
    return time.perf_counter() - start


def rank_errors(folder: Path, medians: str) -> tuple[float, float]:
    """The mean and the largest distance of medians from the middle rank of all members of their segments."""
    customers = pl.read_parquet(folder / "customers.parquet")
    segments = pl.read_parquet(folder / "segments" / "*.parquet")
    table = customers.join(segments, on="customer_id")
    errors = []
    for row in pl.read_parquet(folder / medians).to_dicts():
        members = table.filter(pl.col("segment") == row["segment"])
        for name in COLUMNS:
            below, up_to = (members[name] < row[name]).mean(), (members[name] <= row[name]).mean()
            errors.append(max(0.0, float(below) - 0.5, 0.5 - float(up_to)))
    return sum(errors) / len(errors), max(errors)


def fit_in_memory(folder: Path) -> dict[str, float]:
    """The fit of all customers in memory."""
    start = time.perf_counter()
    table = pl.read_parquet(folder / "customers.parquet")
    result = fit_segments(features=table, method="kmeans", n_segments=N_SEGMENTS, min_size=MIN_SIZE, progress=False)
    seconds = time.perf_counter() - start
    result.to_polars().select("customer_id", "segment").write_parquet(folder / "in_memory.parquet")
    return {"seconds": seconds}


def in_own_process(task: Callable[[Path], dict[str, float]], folder: Path) -> dict[str, float]:
    """What the task returns, with the largest resident set of its process in GB."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_measured, (task, folder))


def _measured(task: Callable[[Path], dict[str, float]], folder: Path) -> dict[str, float]:
    figures = task(folder)
    return {**figures, "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6}


def fit_part(folder: Path, count: int) -> None:
    """Memory, agreement and the minimum size."""
    spark, memory = in_own_process(fit_in_spark, folder), in_own_process(fit_in_memory, folder)
    segments = pl.read_parquet(folder / "segments" / "*.parquet").sort("customer_id")
    expected = pl.read_parquet(folder / "in_memory.parquet").sort("customer_id")
    rand = adjusted_rand_score(expected["segment"], segments["segment"])
    smallest, minimum = int(segments["segment"].value_counts()["count"].min() or 0), int(np.ceil(MIN_SIZE * count))
    print(f"\n{count:,} customers × 5 columns, {N_SEGMENTS} segments of {MIN_SIZE:.0%} or more\n")
    print(f"  in Spark   {spark['seconds']:7.1f} s, Python needs {spark['memory']:.2f} GB, {spark['passes']} passes")
    print(f"  in memory  {memory['seconds']:7.1f} s, Python needs {memory['memory']:.2f} GB")
    _print("memory of Python, GB", spark["memory"], f"below {MEMORY:g}", met=spark["memory"] < MEMORY)
    _print("adjusted Rand index", rand, f"{RAND:g} or more", met=rand >= RAND)
    _print("customers of the smallest segment", smallest, f"{minimum:,} or more", met=smallest >= minimum)
    for name, seconds in (("sample", 0.0), ("sketched", spark["seconds_of_sketches"])):
        mean, largest = rank_errors(folder, f"{name}_medians.parquet")
        print(
            f"  medians, {name:<9} off by {mean:.3%} of the members on average, {largest:.3%} at most; {seconds:.1f} s"
        )


def _print(measure: str, value: float, limit: str, *, met: bool) -> None:
    print(f"  {measure:<34}{value:>12,.4g}  limit {limit}  {'met' if met else 'MISSED'}", flush=True)


def assign_part(folder: Path, count: int, runs: int) -> None:
    """Assigning beside a copy of the table."""
    model = SegmentModel.load(folder / "model.json")
    frame = session().read.parquet(str(folder / "customers.parquet"))
    target = str(folder / "copy")

    contenders = {
        COPY: lambda: frame.write.mode("overwrite").parquet(target),
        ASSIGN: lambda: model.assign(features=frame).write.mode("overwrite").parquet(target),
    }
    print_ratios(f"{count:,} customers", interleaved_seconds(contenders, runs), COPY, {ASSIGN: RATIO})


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=5_000_000)
    parser.add_argument("--runs", type=int, default=3)
    options = parse_options(parser, customers=300_000, runs=1)
    if find_spec("pyspark") is None:
        print("PySpark is not installed.")
        return
    folder = Path(tempfile.mkdtemp())
    try:
        write_customers(folder / "customers.parquet", options.customers)
        fit_part(folder, options.customers)
        assign_part(folder, options.customers, options.runs)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
