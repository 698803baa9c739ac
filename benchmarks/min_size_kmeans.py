"""What does a hard minimum size cost beside k-means without one, and beside k-means-constrained?

Limits: 20,000 × 6, k = 10, minimum 5 %: at least 60 × faster than k-means-constrained, inertia at most
1.005 × its; 1,000,000 × 8, k = 8: at most 3 × scikit-learn's k-means with as many starts, `predict` at most
2 × its, memory at most 4 × the matrix.
"""

from __future__ import annotations

import argparse
import statistics
import threading
import time
from pathlib import Path

import numpy as np
from _measure import interleaved_seconds, parse_options, print_ratios
from sklearn.cluster import KMeans

from custseg.clustering import MinSizeKMeans


def shop_like(rows: int, columns: int, seed: int = 0) -> np.ndarray:
    """A crowd of one-time buyers, a middle and a few large ones: some clusters smaller than the minimum."""
    rng = np.random.default_rng(seed)
    sizes = (np.array([0.5, 0.25, 0.15, 0.06, 0.03, 0.01]) * rows).astype(int)
    sizes[0] += rows - sizes.sum()
    centers = rng.normal(size=(len(sizes), columns)) * 2.5
    spreads = [0.5, 1, 1, 1, 1.2, 2]
    parts = zip(centers, spreads, sizes, strict=True)
    X = np.concatenate([rng.normal(center, spread, (size, columns)) for center, spread, size in parts])
    return rng.permutation(X)


def peak_bytes(run) -> int:
    """The most resident memory while `run` runs, above what there was before."""

    def resident() -> int:
        return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

    start, peak, done = resident(), 0, threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.is_set():
            peak = max(peak, resident())
            time.sleep(0.002)

    watcher = threading.Thread(target=watch)
    watcher.start()
    run()
    done.set()
    watcher.join()
    return peak - start


def against_constrained(rows: int, runs: int) -> None:
    """Time and inertia beside k-means-constrained, with as many starts."""
    try:
        from k_means_constrained import KMeansConstrained
    except ImportError:
        print("\nk-means-constrained is not installed: pip install k-means-constrained")
        return
    X = shop_like(rows, 6)
    least = rows // 20
    ours = lambda seed=0: MinSizeKMeans(10, min_size=least, random_state=seed).fit(X)  # noqa: E731
    theirs = lambda seed=0: KMeansConstrained(10, size_min=least, random_state=seed).fit(X)  # noqa: E731
    inertias = statistics.median(ours(seed).inertia_ for seed in range(5))
    start = time.perf_counter()
    reference = theirs()
    slow = time.perf_counter() - start
    seconds = interleaved_seconds({"custseg": ours}, runs)
    seconds["k-means-constrained"] = [slow]
    print_ratios(f"{rows:,} × 6, k = 10, minimum {least:,}", seconds, "k-means-constrained", {"custseg": 1 / 60})
    free = KMeans(10, n_init=10, random_state=0).fit(X)
    print(f"  smallest without a minimum: {np.bincount(free.labels_).min()}")
    print(f"  inertia {inertias / reference.inertia_:.5f} × k-means-constrained's (limit 1.005)")


def against_free(rows: int, starts: int, runs: int) -> None:
    """Time and memory beside scikit-learn's k-means without a minimum."""
    X = shop_like(rows, 8)
    free = KMeans(8, n_init=starts, random_state=0)
    bound = MinSizeKMeans(8, min_size=0.05, n_init=starts, random_state=0)
    seconds = interleaved_seconds({"scikit-learn": lambda: free.fit(X), "custseg": lambda: bound.fit(X)}, runs)
    title = f"{rows:,} × 8, k = 8, {starts} starts, minimum 5 %"
    print_ratios(title, seconds, "scikit-learn", {"custseg": 3})
    print(f"  smallest {np.bincount(free.labels_).min():,} without, {bound.sizes_.min():,} with the minimum")
    print(f"  inertia {bound.inertia_ / free.inertia_:.4f} × without the minimum")
    predict = {"scikit-learn": lambda: free.predict(X), "custseg": lambda: bound.predict(X)}
    print_ratios(f"predict on {rows:,} × 8", interleaved_seconds(predict, 9), "scikit-learn", {"custseg": 2})
    print(f"  memory {peak_bytes(lambda: bound.fit(X)) / X.nbytes:.2f} × the matrix (limit 4)")


def main() -> None:
    """Print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--starts", type=int, default=10)
    parser.add_argument("--small-rows", type=int, default=20_000)
    parser.add_argument("--runs", type=int, default=3)
    options = parse_options(parser, rows=50_000, starts=2, small_rows=2_000, runs=1)
    against_free(options.rows, options.starts, options.runs)
    against_constrained(options.small_rows, options.runs)


if __name__ == "__main__":
    main()
