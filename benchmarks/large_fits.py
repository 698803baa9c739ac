"""Does a fit of ten million customers stay within the memory of a laptop?

Four planted kinds of customers in five columns, from a Parquet file. The fit chooses method and number; it runs in a
process of its own, whose seconds and largest memory are printed, the table included.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import polars as pl
from _measure import is_small, parse_options

MOST_GIGABYTES = 4

RUN = """
import polars, resource, sys, time
from sklearn.metrics import adjusted_rand_score
from custseg import fit_segments
table = polars.read_parquet(sys.argv[1])
start = time.perf_counter(), time.process_time()
result = fit_segments(features=table.drop("kind"), customer_column="customer_id", progress=False)
seconds, processor = time.perf_counter() - start[0], time.process_time() - start[1]
largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
agreement = adjusted_rand_score(table["kind"], result.labels)
print(len(result.profiles), round(agreement, 3), round(seconds), round(processor), round(largest, 2))
"""


def write_customers(path: Path, count: int) -> None:
    """Lapsed, new, loyal and middling customers, with a column that tells nothing."""
    rng = np.random.default_rng(0)
    kind = rng.integers(0, 4, count, dtype=np.int8)
    pl.DataFrame(
        {
            "customer_id": np.arange(count),
            "recency_days": rng.gamma(2.0, 20.0, count) + 150.0 * (kind == 3),
            "order_count": 1.0 + rng.poisson(np.array([1, 4, 12, 2])[kind]),
            "revenue": np.array([40.0, 300, 900, 100])[kind] * np.exp(0.3 * rng.normal(size=count)),
            "visits": rng.poisson(np.array([2, 9, 20, 1])[kind]).astype(np.float64),
            "open_rate": rng.beta(2, 5, count),
            "kind": kind,
        }
    ).write_parquet(path)


def main() -> None:
    """Print what the fit found, its seconds and its largest memory."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=10_000_000)
    options = parse_options(parser, customers=200_000)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "customers.parquet"
        write_customers(path, options.customers)
        done = subprocess.run([sys.executable, "-c", RUN, str(path)], capture_output=True, text=True, check=True)
    segments, agreement, seconds, processor, gigabytes = done.stdout.split()[-5:]
    verdict = "" if is_small() else "  met" if float(gigabytes) <= MOST_GIGABYTES else "  MISSED"
    print(f"fit of {options.customers:,} customers × 5 columns: {segments} segments, adjusted Rand {agreement}")
    print(f"  {seconds} s ({processor} processor seconds)")
    print(f"  largest memory {gigabytes} GB, limit {MOST_GIGABYTES} GB{verdict}")


if __name__ == "__main__":
    main()
