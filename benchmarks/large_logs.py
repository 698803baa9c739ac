"""Can rfm and rhythm be built from a log that is larger than the memory one would give it?

20 million order lines of 1 million customers from a Parquet file: by polars' streaming engine, and by DuckDB under a
memory limit of 1 GB (`--memory`). Each runs in a process of its own; its seconds and its largest memory are printed.
100 million lines of 5 million customers: `--lines 100_000_000 --customers 5_000_000 --memory 4`.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from _logs import AS_OF, write_log
from _measure import parse_options

POLARS = """
import polars, resource, sys, time
from custseg.features import build_features
polars.Config.set_engine_affinity("streaming")
source = sys.argv[1]
"""
DUCKDB = """
import duckdb, resource, sys, time
from custseg.features import build_features
connection = duckdb.connect(config={"memory_limit": sys.argv[2] + "GB", "temp_directory": sys.argv[1] + ".tmp"})
source = connection.read_parquet(sys.argv[1])
"""
RUN = f"""
start = time.perf_counter()
table = build_features(source, as_of={AS_OF!r}, families=["rfm", "rhythm"])
seconds = time.perf_counter() - start
print(len(table), round(seconds, 1), round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2, 2))
"""


def main() -> None:
    """Print seconds and memory of each engine."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=20_000_000)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--memory", type=int, default=1, help="memory limit of DuckDB in GB")
    options = parse_options(parser, lines=500_000, customers=25_000)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "orders.parquet"
        write_log(path, options.lines, options.customers)
        print(f"rfm + rhythm of {options.lines:,} lines, {path.stat().st_size / 1024**2:,.0f} MB of Parquet")
        for name, code in (("polars streaming", POLARS), (f"DuckDB, {options.memory} GB", DUCKDB)):
            done = subprocess.run(
                [sys.executable, "-c", code + RUN, str(path), str(options.memory)], capture_output=True, text=True
            )
            if done.returncode:
                print(f"  {name}: FAILED\n{done.stderr.strip().splitlines()[-1]}")
                continue
            customers, seconds, gigabytes = done.stdout.split()[-3:]
            print(f"  {name:<18} {int(customers):,} customers, {seconds} s, largest memory {gigabytes} GB")


if __name__ == "__main__":
    main()
