"""What does the choice cost: of a real shop, of a million customers, of wide tables, and beside the loop of a notebook?

Every part runs alone by `--part`, on all cores, warm (after one fit of a small shop), and prints medians beside limits.
The shops are those of `choice_quality.py`: a million customers of the seeded shop are drawn in blocks of 50,000.

    python benchmarks/choice_speed.py --part shop wide
"""

from __future__ import annotations

import argparse
import gc
import os
import statistics
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
from _choice_logs import LOGS, RFM, bought, log_table, shop_block, shop_values
from _choice_tables import sparse_log_normal, spending
from _measure import parse_options
from min_size_kmeans import peak_bytes
from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs
from sklearn.metrics import silhouette_score
from sklearn.mixture import GaussianMixture
from sklearn.preprocessing import StandardScaler

from custseg import fit_segments
from custseg.clustering import select_clustering
from custseg.datasets import make_shop

NUMBERS = range(2, 11)
# Seconds, but for the last one; the earlier figures are of the rule before.
LIMITS = {
    "Online Retail": (2.5, "9 s"),
    "200,000 × 3": (6, "35 s"),
    "1,000,000 × 3": (15, "131 to 207 s"),
    "50,000 × 8": (6, "18 s"),
    "500 × 15": (3, "28 s"),
    "2,240 × 22": (6, "90 s"),
    "memory": (0.7, "1.8 GB"),
}


def blobs(rows: int, columns: int) -> np.ndarray:
    """Six groups, some of which overlap."""
    return make_blobs(rows, n_features=columns, centers=6, cluster_std=3.0, random_state=0)[0]


def table_of(values: dict[str, np.ndarray]) -> pl.DataFrame:
    """A ready feature table."""
    n = len(next(iter(values.values())))
    return pl.DataFrame({"customer_id": np.arange(n), **values})


def wide_table(X: np.ndarray) -> pl.DataFrame:
    """A ready feature table of unnamed columns."""
    return table_of({f"column {j}": column for j, column in enumerate(X.T)})


def timed(run: Callable[[], Any], runs: int) -> tuple[Any, float, float]:
    """The result, and the medians of seconds and of processor seconds."""
    seconds, processor = [], []
    for _ in range(runs):
        gc.collect()
        start = time.perf_counter(), time.process_time()
        result = run()
        seconds.append(time.perf_counter() - start[0])
        processor.append(time.process_time() - start[1])
    return result, statistics.median(seconds), statistics.median(processor)


def against_limit(key: str, value: float) -> str:
    """The limit beside a value, and whether it is met."""
    bound, earlier = LIMITS[key]
    return f"limit {bound:g}, {'met' if value <= bound else 'MISSED'}; earlier {earlier}"


def fitted_line(key: str, run: Callable[[], Any], runs: int, *, by_processor: bool = False) -> None:
    """Print what a fit costs, and what it finds."""
    result, seconds, processor = timed(run, runs)
    choice = getattr(result, "choice", result)
    decisive = processor if by_processor else seconds
    print(
        f"  {key}: {seconds:.2f} s, {processor:.2f} s of processor, median of {runs} runs "
        f"({'processor: ' if by_processor else ''}{against_limit(key, decisive)}); "
        f"{choice.best.method} {choice.best.n_clusters}, {choice.verdict}",
        flush=True,
    )


def loop(X: np.ndarray, numbers: range) -> tuple[int, float]:
    """The number and the silhouette that the loop of a notebook prefers; it takes n² time for each labeling."""
    results = []
    for k in numbers:
        models = KMeans(k, n_init=10, random_state=0), GaussianMixture(k, random_state=0)
        results += [(k, float(silhouette_score(X, model.fit_predict(X)))) for model in models]
    return max(results, key=lambda pair: pair[1])


def shop_part(runs: int) -> None:
    """Online Retail from the log, beside the loop that it replaces, which starts with a finished matrix."""
    log = LOGS["Online Retail"]
    if not log.path.exists():
        print(f"  left out: no {log.path.name}; set CUSTSEG_DATA to the folder of the logs")
        return
    fitted_line("Online Retail", lambda: fit_segments(log.orders()), runs)
    values = bought(log_table("Online Retail", log.end), RFM)
    X = StandardScaler().fit_transform(np.log1p(np.column_stack(list(values.values())).clip(0)))
    (k, width), seconds, _ = timed(lambda: loop(X, range(3, 9)), runs)
    print(f"  the loop of a notebook, 3 to 8: {seconds:.2f} s; it prefers k = {k}, silhouette {width:.3f}", flush=True)


def large_part(runs: int) -> None:
    """200,000 and 1,000,000 customers from a ready table, and the memory beyond the table."""
    blocks = [shop_block(seed) for seed in range(20)]
    for rows in (200_000, 1_000_000):
        table = table_of(shop_values(blocks, rows))
        fitted_line(f"{rows:,} × 3", lambda table=table: fit_segments(features=table), runs)
    gigabytes = peak_bytes(lambda: fit_segments(features=table)) / 1e9
    print(f"  memory of the last: {gigabytes:.2f} GB beyond the table ({against_limit('memory', gigabytes)})")


def loop_part(runs: int, *, with_loop: bool) -> None:
    """50,000 × 8, three methods, 2 to 10 clusters; the loop takes ten minutes and runs by `--with-loop` alone."""
    X = blobs(50_000, 8)
    fitted_line("50,000 × 8", lambda: select_clustering(X, n_clusters=NUMBERS), runs)
    print(f"  memory {peak_bytes(lambda: select_clustering(X)) / 1e6:.0f} MB beyond the matrix of {X.nbytes / 1e6:.0f}")
    if with_loop:
        (k, width), seconds, _ = timed(lambda: loop(X, NUMBERS), 1)
        print(f"  the loop of a notebook: {seconds:.0f} s, one run; it prefers k = {k}, silhouette {width:.3f}")


def wide_part(runs: int) -> None:
    """Wide tables in which zeros make a pattern of almost every row."""
    rng = np.random.default_rng(0)
    tables = {"500 × 15": wide_table(sparse_log_normal(rng)), "2,240 × 22": wide_table(spending(rng))}
    for key, table in tables.items():
        fitted_line(key, lambda table=table: fit_segments(features=table), runs, by_processor=True)


def small_part(runs: int) -> None:
    """Tables in which hundreds of small fits are most of the work; they have no limit."""
    for rows, columns in ((300, 3), (1_000, 5), (4_000, 3)):
        X = blobs(rows, columns)
        _, seconds, _ = timed(lambda X=X: select_clustering(X, min_size=0.03), runs)
        print(f"  {rows:,} × {columns}: {seconds:.2f} s, median of {runs} runs", flush=True)


def cancel_part() -> None:
    """How often progress is told, how long Ctrl-C takes, and what it leaves running."""
    X, asked = blobs(50_000, 8), 0.0
    calls: list[tuple[int, int]] = []

    def interrupt(done: int, steps: int) -> None:
        nonlocal asked
        calls.append((done, steps))
        if done > steps // 2:
            asked = time.perf_counter()
            raise KeyboardInterrupt

    before = threading.active_count()
    try:
        select_clustering(X, progress=interrupt)
    except KeyboardInterrupt:
        waited = time.perf_counter() - asked
        left = threading.active_count() - before
        print(f"  half-way, after {len(calls)} calls of progress: back after {waited:.2f} s, {left} threads left")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = ("shop", "large", "three-methods", "wide", "small", "cancel")
    parser.add_argument("--part", choices=names, nargs="+", default=names)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--with-loop", action="store_true", help="three-methods: also the loop, about ten minutes")
    options = parse_options(parser, part=["small"], runs=1)
    parts: dict[str, Callable[[], None]] = {
        "shop": lambda: shop_part(options.runs),
        "large": lambda: large_part(options.runs),
        "three-methods": lambda: loop_part(options.runs, with_loop=options.with_loop),
        "wide": lambda: wide_part(options.runs),
        "small": lambda: small_part(options.runs),
        "cancel": cancel_part,
    }
    fit_segments(make_shop(500, 0).orders)
    print(f"{os.cpu_count()} cores")
    for part in options.part:
        print(f"\n{part}", flush=True)
        parts[part]()


if __name__ == "__main__":
    main()
