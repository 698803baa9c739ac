"""Which groups do other clusterers find in the same tables, how long do they take, and how small is their smallest?

Mixtures of 3 to 7 Gaussian groups, 5 and 4 σ apart, and the six kinds of the seeded shop by recency, orders and money,
with a minimum size of 3 %. k-means-constrained is told the true number; the others find or choose it. Noise is a group
of its own. hdbscan, fast_hdbscan and k-means-constrained must be installed by hand, and R with mclust; without one, it
has no row.

    python benchmarks/clusterers.py --count 20
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import numpy as np
import polars as pl
from _choice_logs import RFM, bought, prepared
from _choice_tables import PLANTED
from _measure import parse_options
from sklearn.metrics import adjusted_rand_score

from custseg import Orders
from custseg.clustering import MinSizeHDBSCAN, select_clustering
from custseg.datasets import make_shop
from custseg.features import build_features

MIN_SHARE = 0.03
# Mclust reads its data by name, and its own seconds are counted without the start of R.
MCLUST = """
suppressPackageStartupMessages(library(mclust)); files <- commandArgs(TRUE)
X <- as.matrix(read.csv(files[1], header=FALSE))
seconds <- system.time(fit <- Mclust(X, G=1:9, verbose=FALSE))[["elapsed"]]
write.table(c(seconds, fit$classification), files[2], row.names=FALSE, col.names=FALSE)
"""
Labels = np.ndarray
Clusterer = Callable[[np.ndarray, int], tuple[Labels, float]]


@dataclass(frozen=True)
class Outcome:
    """What a clusterer made of one table."""

    agreement: float
    is_right_number: bool
    smallest_share: float
    noise: float
    seconds: float


def timed(fit: Callable[[np.ndarray, int], Labels]) -> Clusterer:
    """A clusterer with its seconds."""

    def run(X: np.ndarray, k: int) -> tuple[Labels, float]:
        start = time.perf_counter()
        labels = fit(X, k)
        return np.asarray(labels), time.perf_counter() - start

    return run


def mclust(X: np.ndarray, k: int) -> tuple[Labels, float]:
    """Mclust of R: shape and number by BIC."""
    with tempfile.TemporaryDirectory() as folder:
        table, labels = Path(folder, "table.csv"), Path(folder, "labels.txt")
        np.savetxt(table, X, delimiter=",")
        subprocess.run(["Rscript", "-e", MCLUST, str(table), str(labels)], check=True)
        values = np.loadtxt(labels)
    return values[1:].astype(int), float(values[0])


def clusterers() -> dict[str, Clusterer]:
    """Those that are installed."""
    of_module: dict[str, tuple[str, Callable[..., Callable[[np.ndarray, int], Labels]]]] = {
        "hdbscan": (
            "hdbscan",
            lambda module: lambda X, k: module.HDBSCAN(min_cluster_size=least(X)).fit_predict(X),
        ),
        "fast_hdbscan": (
            "fast_hdbscan",
            lambda module: lambda X, k: module.HDBSCAN(min_cluster_size=least(X)).fit_predict(X),
        ),
        "k-means-constrained, told the number": (
            "k_means_constrained",
            lambda module: lambda X, k: module.KMeansConstrained(k, size_min=least(X), random_state=0).fit_predict(X),
        ),
    }
    installed: dict[str, Clusterer] = {
        "custseg, method and number chosen": timed(lambda X, k: select_clustering(X, min_size=MIN_SHARE).best.labels),
        "custseg, MinSizeHDBSCAN": timed(lambda X, k: MinSizeHDBSCAN(min_size=MIN_SHARE).fit_predict(X)),
    }
    for name, (module, make) in of_module.items():
        try:
            installed[name] = timed(make(import_module(module)))
        except ImportError:
            print(f"{name}: not installed")
    has_mclust = (
        shutil.which("Rscript")
        and not subprocess.run(["Rscript", "-e", "library(mclust)"], capture_output=True, check=False).returncode
    )
    if has_mclust:
        installed["mclust (R)"] = mclust
    else:
        print("mclust: not installed")
    return installed


def least(X: np.ndarray) -> int:
    """The minimum size in rows."""
    return int(np.ceil(MIN_SHARE * len(X)))


def planted(kind: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """A table of Gaussian groups."""
    return PLANTED[kind](np.random.default_rng(seed))


def shop(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Recency, orders and revenue of the seeded shop as `fit_segments` standardizes them, and its kinds."""
    made = make_shop(1_500, seed)
    orders = Orders(made.orders, cancelled="cancelled", discount="discount")
    table = build_features(orders, as_of=made.as_of, families=["rfm"])
    buyers = (
        table.to_polars().filter(pl.col("order_count") > 0).join(made.kinds, on="customer_id", maintain_order="left")
    )
    return prepared(bought(table, RFM)), buyers["kind"].to_numpy()


def outcome(labels: Labels, y: np.ndarray, seconds: float) -> Outcome:
    """The measures of one labeling."""
    clusters, sizes = np.unique(labels[labels >= 0], return_counts=True)
    return Outcome(
        agreement=float(adjusted_rand_score(y, labels)),
        is_right_number=len(clusters) == len(np.unique(y)),
        smallest_share=float(sizes.min() / len(y)) if len(sizes) else 0.0,
        noise=float((labels < 0).mean()),
        seconds=seconds,
    )


def rows_of(title: str, tables: list[tuple[np.ndarray, np.ndarray]], contenders: dict[str, Clusterer]) -> None:
    """Print one line per clusterer; the tables go to each in turn."""
    print(f"\n{title}, {len(tables)} tables of {min(len(y) for _, y in tables):,} rows or more")
    print(f"  {'':38} adjusted Rand  right number  smallest  noise  median seconds")
    outcomes: dict[str, list[Outcome]] = {name: [] for name in contenders}
    for X, y in tables:
        for name, fit in contenders.items():
            labels, seconds = fit(X, len(np.unique(y)))
            outcomes[name].append(outcome(labels, y, seconds))
    for name, every in outcomes.items():
        agreement = statistics.mean(one.agreement for one in every)
        right = statistics.mean(one.is_right_number for one in every)
        smallest, noise = min(one.smallest_share for one in every), statistics.mean(one.noise for one in every)
        seconds = statistics.median(one.seconds for one in every)
        print(f"  {name:38} {agreement:13.3f} {right:13.0%} {smallest:9.1%} {noise:6.0%} {seconds:15.3f}", flush=True)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--count", type=int, default=20, help="tables of a kind, with the seeds 0, 1, ... [default: 20]"
    )
    options = parse_options(parser, count=2)
    contenders, seeds = clusterers(), range(options.count)
    warm = planted("planted", 0)[0]
    for fit in contenders.values():
        fit(warm, 3)
    for kind, title in (("planted", "groups 5 σ apart"), ("planted-close", "groups 4 σ apart")):
        rows_of(title, [planted(kind, seed) for seed in seeds], contenders)
    rows_of("six kinds of the seeded shop", [shop(seed) for seed in seeds], contenders)


if __name__ == "__main__":
    main()
