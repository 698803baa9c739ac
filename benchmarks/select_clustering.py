"""What does a choice by evidence cost beside the loop of a notebook?

The loop: for k = 2..10 scikit-learn's k-means with ten starts and a Gaussian mixture, and the silhouette of both.
Limit: three methods on 50,000 × 8, with stability and null, at least 20 × faster. The loop runs once, and
`--no-loop` leaves it out. Small tables, as most shops have them, have no limit.
"""

from __future__ import annotations

import argparse
import statistics
import threading
import time

import numpy as np
from _measure import interleaved_seconds, print_ratios
from min_size_kmeans import peak_bytes
from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs
from sklearn.metrics import silhouette_score
from sklearn.mixture import GaussianMixture

from custseg.clustering import select_clustering

KS = range(2, 11)
LIMIT = 1 / 20


def blobs(rows: int, columns: int) -> np.ndarray:
    """Six groups, some of which overlap."""
    return make_blobs(rows, n_features=columns, centers=6, cluster_std=3.0, random_state=0)[0]


def loop(X: np.ndarray) -> tuple[int, float]:
    """The number and the silhouette that the loop of a notebook prefers; it takes n² time for each labeling."""
    found = []
    for k in KS:
        models = KMeans(k, n_init=10, random_state=0), GaussianMixture(k, random_state=0)
        found += [(k, float(silhouette_score(X, model.fit_predict(X)))) for model in models]
    return max(found, key=lambda pair: pair[1])


def against_loop(rows: int, runs: int, *, with_loop: bool) -> None:
    """Seconds, memory and progress on a table of eight columns."""
    X = blobs(rows, 8)
    calls: list[tuple[int, int]] = []
    choice = select_clustering(X, progress=lambda done, steps: calls.append((done, steps)))
    print(f"\n{rows:,} × 8: {choice.best.method}, k = {choice.best.n_clusters}, {choice.verdict}")
    print(
        f"  memory {peak_bytes(lambda: select_clustering(X)) / 1e6:.0f} MB beyond the matrix of {X.nbytes / 1e6:.0f} MB"
    )
    print(f"  progress told {len(calls)} times, the last {calls[-1]}")
    seconds = interleaved_seconds({"select_clustering": lambda: select_clustering(X)}, runs)
    if not with_loop:
        print(f"  {statistics.median(seconds['select_clustering']):.2f} s, median of {runs} runs")
        return
    start = time.perf_counter()
    k, width = loop(X)
    slow = time.perf_counter() - start
    seconds["a notebook's loop"] = [slow]
    title = f"{rows:,} × 8, three methods, k = 2..10"
    print_ratios(title, seconds, "a notebook's loop", {"select_clustering": LIMIT})
    ours = statistics.median(seconds["select_clustering"])
    print(f"  {slow / ours:.0f} × faster; the loop prefers k = {k}, silhouette {width:.3f}")


def cancelled(rows: int) -> None:
    """How long Ctrl-C takes, and what it leaves running."""
    X, asked = blobs(rows, 8), 0.0

    def interrupt(done: int, steps: int) -> None:
        nonlocal asked
        if done > steps // 2:
            asked = time.perf_counter()
            raise KeyboardInterrupt

    before = threading.active_count()
    try:
        select_clustering(X, progress=interrupt)
    except KeyboardInterrupt:
        waited = time.perf_counter() - asked
        print(f"  cancelled half-way: back after {waited:.2f} s, {threading.active_count() - before} threads left")


def small(runs: int) -> None:
    """Tables in which hundreds of small fits are most of the work."""
    tables = {f"{n:,} × {d}": blobs(n, d) for n, d in ((300, 3), (1_000, 5), (4_000, 3))}
    calls = {name: lambda X=X: select_clustering(X, min_size=0.03) for name, X in tables.items()}
    seconds = interleaved_seconds(calls, runs)
    for name, values in seconds.items():
        print(f"  {name}: {statistics.median(values):.2f} s, median of {runs} runs")


def main() -> None:
    """Print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--no-loop", action="store_true")
    options = parser.parse_args()
    small(options.runs)
    against_loop(options.rows, options.runs, with_loop=not options.no_loop)
    cancelled(options.rows)


if __name__ == "__main__":
    main()
