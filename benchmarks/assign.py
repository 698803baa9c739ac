"""What does it cost to assign customers every day: a million prepared ones, five million order lines, a single one?

Limits: labels of 1,000,000 prepared customers by a k-means rule in at most 2 × the time of scikit-learn's
`KMeans.predict` on the same matrix; `SegmentModel.assign` from 5 million lines of 250,000 customers in at most 1.3 ×
that of building the same features; `assign_one` in less than a millisecond, for every method.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
from _logs import AS_OF, write_log
from _measure import interleaved_seconds, parse_options, print_ratios
from sklearn.cluster import KMeans

from custseg import Orders, SegmentModel, fit_segments
from custseg.clustering import MinSizeKMeans, method_names
from custseg.datasets import make_shop
from custseg.features import build_features

COLUMNS = ["recency_days", "order_count", "revenue"]
PREDICT, BUILD = "scikit-learn, KMeans.predict", "build_features, the families of the model"
MOST_SECONDS = 1e-3
CALLS = 1_000


def labels_part(rows: int, runs: int) -> None:
    """Labels by the rule of a fit, beside those of scikit-learn from the same centers."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(rows, 8)) + 3 * rng.integers(0, 3, (rows, 1))
    rule = MinSizeKMeans(8, min_size=0.05, n_init=1, random_state=0).fit(X[:20_000]).assignment_rule_
    peer = KMeans(8, n_init=1, init=rule.centers, max_iter=1).fit(X[:20_000])
    contenders = {PREDICT: lambda: peer.predict(X), "labels of the rule": lambda: rule.labels(X)}
    title = f"{rows:,} prepared customers × 8, 8 segments"
    print_ratios(title, interleaved_seconds(contenders, runs), PREDICT, {"labels of the rule": 2.0})


def log_part(lines: int, runs: int) -> None:
    """Assignments from a log, beside the features alone: those of `rfm`, and of `mix`, which tells all returns."""
    with tempfile.TemporaryDirectory() as folder:
        path, small = Path(folder) / "log.parquet", Path(folder) / "small.parquet"
        write_log(path, lines, lines // 20)
        write_log(small, 40_000, 2_000)
        model = fit_segments(Orders(small), as_of=AS_OF, columns=COLUMNS, method="kmeans", n_segments=5).model
        assert model.definition is not None
        families = model.definition.families
        contenders = {
            BUILD: lambda: build_features(Orders(path), as_of=AS_OF, families=families),
            "SegmentModel.assign": lambda: model.assign(Orders(path), as_of=AS_OF),
        }
        title = f"{lines:,} order lines of {lines // 20:,} customers, from Parquet"
        print_ratios(title, interleaved_seconds(contenders, runs), BUILD, {"SegmentModel.assign": 1.3})


def one_part() -> None:
    """A single customer, by the model of each method."""
    print("\nassign_one, median of 1,000 calls\n")
    shop = make_shop(3_000, 0)
    for method in method_names():
        result = fit_segments(shop.orders, as_of=shop.as_of, columns=COLUMNS, method=method)
        customer = dict.fromkeys(result.model.preparation.names, 30.0)
        seconds = statistics.median(_seconds_of_calls(result.model, customer))
        verdict = "met" if seconds < MOST_SECONDS else "MISSED"
        print(f"  {method:<18}{1e3 * seconds:6.3f} ms  limit {1e3 * MOST_SECONDS:g} ms  {verdict}", flush=True)


def _seconds_of_calls(model: SegmentModel, customer: dict[str, float | None]) -> list[float]:
    seconds = []
    for _ in range(CALLS):
        start = time.perf_counter()
        model.assign_one(customer)
        seconds.append(time.perf_counter() - start)
    return seconds


def main() -> None:
    """Print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--lines", type=int, default=5_000_000)
    parser.add_argument("--runs", type=int, default=5)
    options = parse_options(parser, rows=100_000, lines=200_000, runs=2)
    labels_part(options.rows, options.runs)
    log_part(options.lines, options.runs)
    one_part()


if __name__ == "__main__":
    main()
