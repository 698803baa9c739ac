"""What does the comparison of two snapshots cost beside one join of them?

Limit: `transitions` of two snapshots of 1,000,000 customers, with the tables of those who entered, left and stayed, in
less than 2 × one full join of the two tables in polars. A tenth of the customers are gone, as many are new, and a fifth
of the others moved. Ids are whole numbers, or text of nine characters.
"""

from __future__ import annotations

import argparse

import numpy as np
import polars as pl
from _measure import interleaved_seconds, parse_options, print_ratios

from custseg.tracking import transitions

PEER = "polars, one full join"
LIMITS = {"transitions": 2.0, "transitions and its three tables": 2.0}
NAMES = np.array(["Champions", "Loyal", "Promising", "Need attention", "At risk", "Hibernating", "Lost"])


def snapshots(customers: int, *, text: bool) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Two tables of assignments, in random order."""
    rng = np.random.default_rng(0)
    ids = np.arange(customers * 11 // 10)
    first = rng.integers(0, len(NAMES), len(ids))
    second = np.where(rng.random(len(ids)) < 0.2, rng.integers(0, len(NAMES), len(ids)), first)
    last = len(ids) - customers
    tables = []
    for segments, rows in ((first, slice(None, customers)), (second, slice(last, None))):
        order = rng.permutation(ids[rows])
        table = pl.DataFrame(
            {
                "customer_id": order,
                "segment": segments[order],
                "name": NAMES[segments[order]],
                "confidence": rng.random(customers),
            }
        )
        is_text = pl.format("C{}", pl.col("customer_id").cast(pl.String).str.zfill(8))
        tables.append(table.with_columns(customer_id=is_text) if text else table)
    return tables[0], tables[1]


def compare(customers: int, runs: int, *, text: bool) -> None:
    """The ratios for one kind of ids."""
    before, after = snapshots(customers, text=text)

    def with_tables() -> object:
        movement = transitions(before, after, as_of="2024-07-01")
        return movement.entered, movement.left, movement.stayed

    contenders = {
        PEER: lambda: before.join(after, on="customer_id", how="full", coalesce=True),
        "transitions": lambda: transitions(before, after, as_of="2024-07-01"),
        "transitions and its three tables": with_tables,
    }
    title = f"{customers:,} customers, ids as {'text' if text else 'whole numbers'}"
    print_ratios(title, interleaved_seconds(contenders, runs), PEER, LIMITS)


def main() -> None:
    """Print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5)
    options = parse_options(parser, customers=50_000, runs=3)
    for text in (False, True):
        compare(options.customers, options.runs, text=text)


if __name__ == "__main__":
    main()
