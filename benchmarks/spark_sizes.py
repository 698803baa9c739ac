"""What a base in Spark costs: bytes that are shuffled, memory of a task and passes, and what they are for a large base.

An invented log of `--lines` lines per customer is measured at several numbers of customers. For each step (the data
report, the features of orders, the fit, the assignment of all customers, and the comparison of two snapshots) it
prints what Spark counted: its jobs, the bytes written to shuffles, those spilled to disk, and the memory of a task, as
the mean of the stage that needed most; and the number of rows that reached Python. Bytes per customer should be the
same at all sizes: the last column has the ratio of the largest size to the smallest.

The last table multiplies the bytes per customer of the largest size by `--target` customers. That is an extrapolation:
it holds if bytes per customer do not grow, as the tables before it show for the sizes that were measured.

It needs PySpark and Java: run it with `tools/with-java .venv-spark/bin/python benchmarks/spark_sizes.py`.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from _logs import AS_OF, write_log
from _measure import parse_options

from custseg import fit_segments
from custseg.features import build_features, data_report
from custseg.tracking import transitions

EARLIER = "2025-06-01"
_MEGA = 2**20


@dataclass
class Figures:
    """What Spark counted during one step."""

    seconds: float = 0.0
    jobs: int = 0
    shuffled: int = 0
    spilled: int = 0
    memory: int = 0
    rows_here: int = 0


def session() -> Any:
    """A local session of two cores."""
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    builder = builder.config("spark.driver.memory", "3g").config("spark.sql.shuffle.partitions", "8")
    return builder.config("spark.log.level", "ERROR").getOrCreate()


@contextmanager
def measured(spark: Any) -> Iterator[Figures]:
    """The figures of what is done meanwhile, from the status store that Spark keeps also without its pages."""
    from pyspark.sql.classic.dataframe import DataFrame

    figures, context, collect = Figures(), spark.sparkContext._jsc.sc(), DataFrame.toArrow
    scheduler = context.dagScheduler()

    def counting(frame: Any) -> Any:
        table = collect(frame)
        figures.rows_here += table.num_rows
        return table

    before, first_job, start = _last_stage(spark), scheduler.nextJobId(), time.perf_counter()
    DataFrame.toArrow = counting
    try:
        yield figures
    finally:
        DataFrame.toArrow = collect
    figures.seconds = time.perf_counter() - start
    figures.jobs = scheduler.nextJobId() - first_job
    context.listenerBus().waitUntilEmpty()
    for stage in _stages(spark):
        if stage.stageId() > before:
            figures.shuffled += stage.shuffleWriteBytes()
            figures.spilled += stage.diskBytesSpilled()
            figures.memory = max(figures.memory, stage.peakExecutionMemory() // max(stage.numTasks(), 1))


def _stages(spark: Any) -> Iterator[Any]:
    context, gateway = spark.sparkContext._jsc.sc(), spark.sparkContext._gateway
    no_quantiles = gateway.new_array(gateway.jvm.double, 0)
    stages = context.statusStore().stageList(None, False, False, no_quantiles, None)
    return (stages.apply(number) for number in range(stages.size()))


def _last_stage(spark: Any) -> int:
    return max((stage.stageId() for stage in _stages(spark)), default=-1)


def steps(spark: Any, log: Path) -> dict[str, Figures]:
    """The figures of each step, for the log in a Parquet file."""
    orders = spark.read.parquet(str(log))
    figures: dict[str, Figures] = {}

    def step(name: str, task: Callable[[], Any]) -> Any:
        with measured(spark) as figures[name]:
            return task()

    step("data report", lambda: data_report(orders, as_of=AS_OF))
    table = log.with_name("features")
    step("features", lambda: _write_features(orders, table))
    ready = spark.read.parquet(str(table))
    options: dict[str, Any] = {"method": "kmeans", "n_segments": 5, "min_size": 0.05, "progress": False}
    columns = ["recency_days", "order_count", "revenue"]
    result = step("fit", lambda: fit_segments(features=ready, columns=columns, **options))
    step("assign", lambda: _computed(result.assignments))
    before, after = (result.model.assign(features=part) for part in (ready.where("order_count > 1"), ready))
    step("transitions", lambda: transitions(before, after, since=EARLIER, as_of=AS_OF))
    return figures


def _write_features(orders: Any, table: Path) -> None:
    features = build_features(orders, as_of=AS_OF, families=["rfm", "rhythm"])
    features.frame.write.mode("overwrite").parquet(str(table))
    features.release()


def _computed(frame: Any) -> None:
    """Compute all rows and columns, and write them nowhere."""
    frame.write.format("noop").mode("overwrite").save()


def print_sizes(by_size: dict[int, dict[str, Figures]]) -> None:
    """The figures per step and number of customers."""
    smallest, largest = min(by_size), max(by_size)
    heads = ("step", "customers", "seconds", "jobs", "rows here", "spilled MB", "task MB", "shuffled MB", "B/customer")
    print(f"  {heads[0]:<12}" + "".join(f"{head:>12}" for head in heads[1:]) + "   growth")
    for name in by_size[smallest]:
        for size, steps_of_size in sorted(by_size.items()):
            row = steps_of_size[name]
            per_customer = row.shuffled / size
            first = by_size[smallest][name].shuffled / smallest
            growth = f"{per_customer / first:8.2f} ×" if size == largest and first else ""
            print(
                f"  {name:<12}{size:>12,}{row.seconds:>12.1f}{row.jobs:>12}{row.rows_here:>12,}"
                f"{row.spilled / _MEGA:>12.1f}{row.memory / _MEGA:>12.1f}{row.shuffled / _MEGA:>12.1f}"
                f"{per_customer:>12.1f}{growth}"
            )


def print_target(steps_of_size: dict[str, Figures], size: int, target: int) -> None:
    """The shuffles of a base of `target` customers, if bytes per customer stay what they are."""
    print(f"\n  extrapolated to {target:,} customers: bytes per customer × {target:,}\n")
    for name, row in steps_of_size.items():
        per_customer = row.shuffled / size
        print(f"  {name:<12}{per_customer:>10.1f} B × {target:,} = {per_customer * target / 1e9:>10,.1f} GB")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, nargs="+", default=[100_000, 200_000, 400_000])
    parser.add_argument("--lines", type=int, default=50, help="order lines per customer")
    parser.add_argument("--target", type=int, default=100_000_000, help="customers of the base to extrapolate to")
    options = parse_options(parser, customers=[5_000, 20_000], lines=10)
    if find_spec("pyspark") is None:
        print("PySpark is not installed.")
        return
    folder = Path(tempfile.mkdtemp())
    try:
        spark, by_size = session(), {}
        for size in options.customers:
            write_log(folder / "orders.parquet", size * options.lines, size)
            by_size[size] = steps(spark, folder / "orders.parquet")
        print(f"\n{options.lines} order lines per customer; figures of Spark's status store\n")
        print_sizes(by_size)
        print_target(by_size[max(by_size)], max(by_size), options.target)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
