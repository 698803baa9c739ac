"""What do segments of the past tell about what happened afterwards? One table per shop.

Each cell stands at a cut, makes segments of what was known then by `custseg.proof.prove`, and looks at the revenue
until the end of the period: η² of log(1 + revenue), negative revenue as 0, with the adjusted η² beside it. The number
of segments and the method are chosen by the library, at most 8, seed 0. The logs are in the folder `CUSTSEG_DATA` (by
default `../shared/data` beside the repository); those that are not there are left out.

    python benchmarks/out_of_time.py                # the cells with a limit, and the shop
    python benchmarks/out_of_time.py --part other   # other cuts of the same shops, which the limits do not name
    python benchmarks/out_of_time.py --part weights # other weights of foresight
    python benchmarks/out_of_time.py --part shop    # a planted and a shuffled outcome
    python benchmarks/out_of_time.py --part lifecycle # stages of the lifecycle first, beside no stages
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import polars as pl
from _choice_logs import LOGS, present
from _measure import parse_options

from custseg.datasets import make_shop
from custseg.goals import GOALS, Goal
from custseg.proof import Proof, prove

REVENUE = GOALS["revenue"]
WEIGHTS = (0.5, 1.0, 2.0, 3.0)
SHOP_CUSTOMERS, SHOP_HORIZON = 400, 60


@dataclass(frozen=True)
class Cell:
    """A shop, a cut and a period, and the η² to reach."""

    log: str
    cut: str
    until: str
    limit: float | None = None

    @property
    def days(self) -> int:
        return (date.fromisoformat(self.until) - date.fromisoformat(self.cut)).days


LIMITED = (
    Cell("Online Retail", "2011-09-01", "2011-12-01", 0.260),
    Cell("Online Retail", "2011-10-01", "2011-12-10", 0.251),
    Cell("CDNOW", "1997-10-01", "1998-07-01", 0.297),
    Cell("Complete Journey", "2017-10-01", "2018-01-01", 0.455),
)
OTHER = (
    Cell("Online Retail", "2011-07-01", "2011-09-30"),
    Cell("Online Retail", "2011-08-01", "2011-10-31"),
    Cell("Online Retail", "2011-11-01", "2011-12-10"),
    Cell("CDNOW", "1997-07-01", "1997-12-28"),
    Cell("CDNOW", "1998-01-01", "1998-07-01"),
    Cell("Complete Journey", "2017-07-01", "2017-09-30"),
    Cell("Complete Journey", "2017-09-01", "2017-12-01"),
)


def proof_of(cell: Cell, goal: Goal | None) -> Proof:
    """The proof of one cell."""
    return prove(LOGS[cell.log].orders(), goal=goal, as_of=cell.until, horizon_days=cell.days)


def cells(which: tuple[Cell, ...]) -> Iterator[str]:
    """A table for each cell: without a goal, for later revenue, for repeat purchases, and all that they are beside."""
    logs = present(tuple(dict.fromkeys(cell.log for cell in which)))
    for cell in which:
        if cell.log not in logs:
            continue
        plain, proof = proof_of(cell, None), proof_of(cell, REVENUE)
        yield f"{cell.log}, cut {cell.cut}, to {cell.until}: {proof.n_customers:,} customers"
        yield line("segments without a goal", plain)
        yield line("segments for revenue", proof)
        for row in proof.comparisons[1:]:
            behind = "" if row.behind_low is None else f"   difference {row.behind_low:+.3f} to {row.behind_high:+.3f}"
            yield f"  {row.kind:<28}{row.n_groups or '':>3}  {row.share:.3f}  {row.adjusted:.3f}{behind}"
        yield f"  {'chance':<28}     {proof.null_level:.3f}"
        grid = proof.comparison("grid")
        assert grid is not None
        verdicts = [("above the grid", proof.share > grid.share), ("not worse", proof.share > plain.share - 0.005)]
        if cell.limit is not None:
            verdicts.append((f"at least {cell.limit:.3f}", proof.share >= cell.limit))
        yield "  " + ", ".join(f"{words}: {'yes' if holds else 'NO'}" for words, holds in verdicts)


def line(name: str, proof: Proof) -> str:
    """The segments of a proof as a line of the table."""
    row = proof.comparisons[0]
    method = proof.result.choice.best.method
    interval = f"{row.low:.3f} to {row.high:.3f}"
    return f"  {name:<28}{row.n_groups:>3}  {row.share:.3f}  {row.adjusted:.3f}   {interval}  {method}"


def weights() -> Iterator[str]:
    """η² with other weights of foresight."""
    logs = present(tuple(dict.fromkeys(cell.log for cell in LIMITED)))
    for cell in (*LIMITED, *OTHER):
        if cell.log in logs:
            goals = [replace(REVENUE, weights={"foresight": weight}) for weight in WEIGHTS]
            proofs = [proof_of(cell, goal) for goal in goals]
            shares = (f"{w:g}: {p.share:.3f} (k {len(p.segments)})" for w, p in zip(WEIGHTS, proofs, strict=True))
            yield f"{cell.log}, {cell.cut}: {', '.join(shares)}"


def lifecycle() -> Iterator[str]:
    """Segments inside stages of the lifecycle beside segments without stages, by k-means."""
    logs = present(tuple(dict.fromkeys(cell.log for cell in LIMITED)))
    yield f"{'shop':<18}{'cut':<12}{'stages first':>16}{'without':>16}   difference, 95 % interval"
    for cell in (*LIMITED, *OTHER):
        if cell.log not in logs:
            continue
        orders = LOGS[cell.log].orders()
        proof = prove(orders, as_of=cell.until, horizon_days=cell.days, lifecycle=True, method="kmeans")
        flat = proof.comparison("flat")
        assert flat is not None
        shares = [f"{row.share:.3f} ({row.n_groups})" for row in (proof.comparisons[0], flat)]
        difference = f"{proof.share - flat.share:+.3f}   {flat.behind_low:+.3f} to {flat.behind_high:+.3f}"
        yield f"{cell.log:<18}{cell.cut:<12}{shares[0]:>16}{shares[1]:>16}   {difference}"


def shop(seeds: range) -> Iterator[str]:
    """In the seeded shop: is the planted outcome told from chance, and the shuffled one not?

    The kinds of the shop decide who orders, so that its own orders are the planted outcome. For the shuffled one the
    customers of the period after the cut are exchanged at random.
    """
    planted = shuffled = 0
    for seed in seeds:
        made = make_shop(SHOP_CUSTOMERS, seed)
        cut = made.as_of - timedelta(days=SHOP_HORIZON)
        # Five segments, since the number decides nothing here.
        options = {"goal": "repeat_purchase", "as_of": made.as_of, "horizon_days": SHOP_HORIZON, "method": "kmeans",
                   "n_segments": 5}  # fmt: skip
        planted += prove(made.orders, **options).is_shown
        shuffled += not prove(exchanged(made.orders, cut, seed), **options).is_shown
    yield (
        f"seeds {seeds[0]} to {seeds[-1]}: planted outcome found {planted} of {len(seeds)}; "
        f"shuffled outcome inside the null {shuffled} of {len(seeds)}"
    )


def exchanged(orders: pl.DataFrame, cut: object, seed: int) -> pl.DataFrame:
    """The log with the orders after the cut given to other customers who were known before it."""
    is_later = pl.col("ordered_at") >= cut
    before, later = orders.filter(~is_later), orders.filter(is_later & pl.col("customer_id").is_not_null())
    known = before["customer_id"].drop_nulls().unique().sort()
    dealt = np.random.default_rng(seed).permutation(known.to_numpy())
    return pl.concat([before, later.with_columns(pl.col("customer_id").replace(known, dealt))])


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--part", choices=["limits", "other", "weights", "shop", "lifecycle"], nargs="+", default=["limits", "shop"]
    )
    parser.add_argument("--count", type=int, default=100, help="seeds of the shop")
    parser.add_argument("--first", type=int, default=0, help="first seed of the shop")
    options = parse_options(parser, part=["shop"], count=2)
    print("columns of cells: groups, η², adjusted η², 95 % interval")
    start = time.perf_counter()
    seeds = range(options.first, options.first + options.count)
    parts = {
        "limits": lambda: cells(LIMITED),
        "other": lambda: cells(OTHER),
        "weights": weights,
        "shop": lambda: shop(seeds),
        "lifecycle": lifecycle,
    }
    for part in options.part:
        for text in parts[part]():
            print(text, flush=True)
    print(f"{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
