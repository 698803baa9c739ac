"""What do the silhouettes of eleven labelings cost beside scikit-learn, one labeling at a time?

Limits: 30,000 × 8, k = 2..12, Euclidean: at least 25 × faster than a loop of `silhouette_score`, memory under
400 MB; 1,000,000 × 8, squared: at most 4 × one k-means fit (k = 8, one start) on the same rows. The loop runs
once. A small table, as a search over many candidates scores it, has no limit.
"""

from __future__ import annotations

import argparse
import statistics
import time

import numpy as np
from _measure import interleaved_seconds, parse_options, print_ratios
from min_size_kmeans import peak_bytes
from sklearn.cluster import KMeans, MiniBatchKMeans
from sklearn.datasets import make_blobs
from sklearn.metrics import silhouette_score

from custseg.clustering import silhouettes

KS = range(2, 13)


def blobs(rows: int) -> np.ndarray:
    """Eight overlapping groups in eight columns."""
    return make_blobs(rows, n_features=8, centers=8, cluster_std=3.0, random_state=0)[0]


def labelings_of(X: np.ndarray) -> list[np.ndarray]:
    """One labeling for each number of clusters."""
    return [MiniBatchKMeans(k, n_init=1, random_state=0).fit_predict(X) for k in KS]


def memory(rows: int) -> None:
    """What one call takes beyond its input. Labels at random make the most cells."""
    rng = np.random.default_rng(0)
    X, labelings = rng.normal(size=(rows, 8)), [rng.integers(0, k, rows) for k in KS]
    silhouettes(X[:1000], [labels[:1000] for labels in labelings])
    extra = peak_bytes(lambda: silhouettes(X, labelings))
    print(f"\n{rows:,} × 8, {len(labelings)} labelings at random: memory {extra / 1e6:.0f} MB  limit 400 MB")


def euclidean(rows: int, runs: int) -> None:
    """All pairs of rows, against a loop of scikit-learn that runs once."""
    X = blobs(rows)
    labelings = labelings_of(X)
    start = time.perf_counter()
    theirs = [silhouette_score(X, labels) for labels in labelings]
    loop = time.perf_counter() - start
    seconds = interleaved_seconds({"silhouettes": lambda: silhouettes(X, labelings)}, runs)
    title = f"{rows:,} × 8, {len(labelings)} labelings, Euclidean"
    print_ratios(title, {"silhouette_score, a loop": [loop], **seconds}, "silhouette_score, a loop", LIMITS)
    print(f"  {loop / statistics.median(seconds['silhouettes']):.0f} × faster")
    print(f"  largest difference of a mean {abs(silhouettes(X, labelings).means - theirs).max():.1e}")


def squared(rows: int, runs: int) -> None:
    """Squared distances, against one start of k-means."""
    X = blobs(rows)
    labelings = labelings_of(X)
    contenders = {
        "k-means, k = 8, one start": lambda: KMeans(8, n_init=1, random_state=0).fit(X),
        "silhouettes, squared": lambda: silhouettes(X, labelings, metric="sqeuclidean"),
        "silhouettes of 10,000 sampled rows": lambda: silhouettes(X, labelings, max_rows=10_000),
    }
    title = f"{rows:,} × 8, {len(labelings)} labelings, squared"
    print_ratios(title, interleaved_seconds(contenders, runs), "k-means, k = 8, one start", LIMITS)


def small(runs: int) -> None:
    """A table of 2,000 rows and twenty labelings."""
    X = blobs(2_000)
    labelings = [KMeans(k, n_init=1, random_state=s).fit_predict(X) for k in range(2, 12) for s in range(2)]
    contenders = {
        "silhouette_score, a loop": lambda: [silhouette_score(X, labels) for labels in labelings],
        "silhouettes": lambda: silhouettes(X, labelings),
    }
    title = "2,000 × 8, 20 labelings, Euclidean"
    print_ratios(title, interleaved_seconds(contenders, runs), "silhouette_score, a loop", {})


LIMITS = {"silhouettes": 1 / 25, "silhouettes, squared": 4.0}


def main() -> None:
    """Print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=30_000)
    parser.add_argument("--many-rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5)
    options = parse_options(parser, rows=4_000, many_rows=50_000, runs=2)
    memory(options.rows)  # before other work leaves freed memory that hides it
    small(options.runs)
    euclidean(options.rows, options.runs)
    squared(options.many_rows, options.runs)


if __name__ == "__main__":
    main()
