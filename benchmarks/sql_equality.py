"""Do `to_sql` and Python assign 300,000 customers to the same segments, for every method and database?

The customers have missing, infinite, huge and tiny values, and values on every bound. 0 differences are allowed where
the two best costs differ by more than a relative 1e-9; the others are counted. SQLite with HDBSCAN: 30,000 customers.
PostgreSQL is asked if there is a server: `tools/with-postgres .venv/bin/python benchmarks/sql_equality.py`.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

from _measure import parse_options

# The tables, models and databases are those of the tests.
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from sql_databases import Agreement, agreement
from sql_models import MODELS, fitted, hard_customers

CUSTOMERS, FEW_CUSTOMERS = 300_000, 30_000
# A join of all customers with all cores needs memory.
AT_ONCE = 30_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dialects", nargs="+", default=["duckdb", "sqlite", "postgres"])
    parser.add_argument("--models", nargs="+", default=MODELS)
    parser.add_argument("--customers", type=int, default=CUSTOMERS)
    arguments = parse_options(parser, customers=2_000)
    print(
        f"{'model':34}{'database':10}{'customers':>10}{'differ':>8}{'nearly equal':>14}{'confidence':>12}{'seconds':>9}"
    )
    for name in arguments.models:
        for dialect in arguments.dialects:
            if dialect == "postgres" and "PGPORT" not in os.environ:
                print(f"{name:34}{dialect:10}  skipped: no server")
                continue
            start = time.perf_counter()
            total = compared(name, dialect, arguments.customers)
            seconds = time.perf_counter() - start
            print(
                f"{name:34}{dialect:10}{total.customers:10,}{total.differences:8,}{total.nearly_equal:14,}"
                f"{total.confidence:12.1e}{seconds:9.1f}",
                flush=True,
            )


def compared(name: str, dialect: str, customers: int) -> Agreement:
    """The agreement over all customers, in parts where they are joined with the cores."""
    model = fitted(name)
    joins = model.rule.kind == "cores"
    if joins and dialect == "sqlite":
        customers = min(customers, FEW_CUSTOMERS)
    table = hard_customers(model, customers, seed=3)
    size = AT_ONCE if joins else customers
    results = [
        agreement(model, dialect, table[start : start + size], returns=["revenue"])
        for start in range(0, customers, size)
    ]
    return Agreement(
        customers=sum(result.customers for result in results),
        differences=sum(result.differences for result in results),
        nearly_equal=sum(result.nearly_equal for result in results),
        confidence=max(result.confidence for result in results),
    )


if __name__ == "__main__":
    main()
